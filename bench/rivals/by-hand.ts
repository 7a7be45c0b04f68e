import Redis from 'ioredis';
import { chunks, type SendRequest } from '../load/requests.js';
import { asJob, openPlainQueue, PLAIN_QUEUE } from './plain-queue.js';
import type { Rival } from './rival.js';

const AT_ONCE = 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Where a worker with the rules written by hand keeps what it knows. */
export const HAND_KEYS = {
  window: (to: string) => `window:${to}`,
  lane: (to: string) => `lane:${to}`,
  session: (to: string) => `session:${to}`,
  delivery: (id: string) => `delivery:${id}`,
  unique: (unique: string) => `unique:${unique}`,
  pace: (second: number) => `pace:${second}`,
  budget: (day: string) => `budget:${day}`,
  ledger: (month: string) => `ledger:${month}`,
};

/** BullMQ with the same rules, each written down where it comes up, and Node's own fetch. */
export const BY_HAND: Rival = {
  name: 'rules by hand',
  worker: 'by-hand-worker',
  env: ({ redisUrl, providerUrl, concurrency }) => ({
    REDIS_URL: redisUrl,
    PROVIDER_URL: providerUrl,
    CONCURRENCY: String(concurrency),
  }),
  async fill(redisUrl, requests) {
    const { queue, close } = openPlainQueue(redisUrl);
    const redis = new Redis(redisUrl);
    for (const some of chunks(requests, AT_ONCE)) {
      await writeDown(redis, some);
      await queue.addBulk(some.map((data) => asJob(data)));
    }
    redis.disconnect();
    await close();
  },
  finished: (redis) => redis.zcard(`bull:${PLAIN_QUEUE}:completed`),
};

async function writeDown(redis: Redis, requests: readonly SendRequest[]): Promise<void> {
  const commands = redis.pipeline();
  for (const { id, to } of requests) {
    commands.set(HAND_KEYS.window(to), Date.now(), 'PX', DAY_MS);
    commands.hset(HAND_KEYS.delivery(id), { to, status: 'queued', queuedAt: Date.now() });
  }
  await commands.exec();
}
