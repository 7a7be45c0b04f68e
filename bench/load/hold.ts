import Redis from 'ioredis';
import { measureBacklog } from '../../src/redis/backlog.js';
import { clientsWrite, enqueueAll, WAYBILL } from '../rivals/waybill.js';
import { FROM } from './account.js';
import type { SendRequest } from './requests.js';
import { work } from './work.js';

const DAY_MS = 24 * 3600 * 1000;

/** The clients wrote two days ago: a worker takes each delivery up once, and holds it. */
export async function holdAll(redisUrl: string, all: readonly SendRequest[]): Promise<void> {
  const clients = all.map(({ to }) => to);
  await clientsWrite(redisUrl, clients, Date.now() - 2 * DAY_MS);
  await enqueueAll(redisUrl, all);
  const redis = new Redis(redisUrl);
  await work(WAYBILL, redisUrl, {
    what: `${all.length} held deliveries`,
    isDone: async () => (await measureBacklog(redis, 'waybill', FROM)).heldByWindow === all.length,
  });
  redis.disconnect();
}
