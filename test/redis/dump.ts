import type { Redis } from 'ioredis';

export type Dump = Readonly<Record<string, unknown>>;

/** Every key of the server with its value and whether it will ever go: equal dumps, equal states. */
export async function dump(redis: Redis): Promise<Dump> {
  const names = (await redis.keys('*')).sort();
  const entries = await Promise.all(names.map(async (name) => [name, await read(redis, name)] as const));
  return Object.fromEntries(entries);
}

async function read(redis: Redis, name: string): Promise<unknown> {
  const [type, ttl] = await Promise.all([redis.type(name), redis.pttl(name)]);
  return { type, expires: ttl >= 0, value: await contentOf(redis, name, type) };
}

function contentOf(redis: Redis, name: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(name);
    case 'hash':
      return redis.hgetall(name);
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'zset':
      return redis.zrange(name, '0', '-1', 'WITHSCORES');
    case 'set':
      return redis.smembers(name);
    case 'stream':
      return redis.xrange(name, '-', '+');
    case 'none': // it expired since it was listed
      return Promise.resolve(null);
    default:
      throw new Error(`no script makes a ${type}`);
  }
}
