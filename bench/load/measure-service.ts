import type Redis from 'ioredis';
import { measureServing, type Posts, type Serving } from '../lab/poster.js';
import type { Env } from '../lab/process.js';
import { type BenchRedisOptions, startBenchRedis } from '../lab/redis.js';
import { startServer } from '../lab/server.js';
import { ACCOUNTS } from './account.js';

/** One of `processes/` that serves HTTP beside a Redis, and what is posted to it. */
export type Service = {
  readonly name: string;
  readonly env: Env;
  readonly redis: BenchRedisOptions;
  posts(origin: string, redis: Redis): Promise<Posts>;
};

/** Starts a service on a Redis of its own, posts to it, and clears both away. */
export async function measureService(
  { name, env, ...service }: Service,
  /** Of Node, for the server. */
  nodeArgs: readonly string[] = [],
): Promise<Serving> {
  const redis = await startBenchRedis(service.redis);
  try {
    const own = {
      REDIS_URL: redis.url,
      WAYBILL_ACCOUNTS: ACCOUNTS,
      WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
    };
    const server = await startServer(name, { env: { ...own, ...env }, nodeArgs });
    try {
      const posts = await service.posts(server.origin, redis.client);
      return await measureServing(posts, { server: server.process, redisPid: redis.pid });
    } finally {
      await server.process.close();
    }
  } finally {
    await redis.close();
  }
}
