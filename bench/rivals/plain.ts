import { chunks } from '../load/requests.js';
import { asJob, openPlainQueue, PLAIN_QUEUE } from './plain-queue.js';
import type { Rival } from './rival.js';

const AT_ONCE = 1000;

/** BullMQ and undici's pool, and no rules at all. */
export const PLAIN: Rival = {
  name: 'plain BullMQ',
  worker: 'plain-worker',
  env: ({ redisUrl, providerUrl, concurrency }) => ({
    REDIS_URL: redisUrl,
    PROVIDER_URL: providerUrl,
    CONCURRENCY: String(concurrency),
  }),
  async fill(redisUrl, requests) {
    const { queue, close } = openPlainQueue(redisUrl);
    for (const some of chunks(requests, AT_ONCE)) await queue.addBulk(some.map((data) => asJob(data)));
    await close();
  },
  finished: (redis) => redis.zcard(`bull:${PLAIN_QUEUE}:completed`),
};
