import { DAY } from '../../src/domain/time.js';
import { quarantineKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { openBench, PREFIX } from './bench.js';

const redis = withRedis();
const { quarantine, quarantineRows } = quarantineKeys(PREFIX);
const keep = (raw: string, name = 'hook_unlisted') => openBench(redis.client).callbacks.keepUnread(name, raw);
const rows = async () =>
  Object.values(await redis.client.hgetall(quarantineRows)).map((row) => JSON.parse(row));

it('keeps a text with the word for it, once', async () => {
  await expect(keep('{}')).resolves.toBe('kept');
  await expect(keep('{}')).resolves.toBe('duplicate');
  await expect(keep('{}', 'not_json')).resolves.toBe('kept');
  await expect(rows()).resolves.toEqual(
    expect.arrayContaining([
      { name: 'hook_unlisted', raw: '{}' },
      { name: 'not_json', raw: '{}' },
    ]),
  );
  await expect(redis.client.zcard(quarantine)).resolves.toBe(2);
});

it('keeps the newest thousand', async () => {
  const full = redis.client.pipeline();
  for (let index = 0; index < 1000; index += 1) {
    full.zadd(quarantine, Date.now() - 1000 + index, `d${index}`).hset(quarantineRows, `d${index}`, '{}');
  }
  await full.exec();
  await keep('the newest');
  await expect(redis.client.zcard(quarantine)).resolves.toBe(1000);
  await expect(redis.client.hlen(quarantineRows)).resolves.toBe(1000);
  await expect(redis.client.hexists(quarantineRows, 'd0')).resolves.toBe(0);
  await expect(redis.client.hexists(quarantineRows, 'd1')).resolves.toBe(1);
});

it('forgets each after thirty days, and all when nothing comes any more', async () => {
  await keep('old');
  const [digest = ''] = await redis.client.zrange(quarantine, '0', '0');
  await redis.client.zadd(quarantine, Date.now() - 30 * DAY - 1, digest);
  await expect(keep('old')).resolves.toBe('kept');
  await expect(keep('new')).resolves.toBe('kept');
  await expect(rows()).resolves.toHaveLength(2);
  for (const key of [quarantine, quarantineRows]) {
    expect(await redis.client.pttl(key)).toBeGreaterThan(29 * DAY);
  }
});
