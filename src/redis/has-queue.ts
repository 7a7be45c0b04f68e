import type { Redis } from './connection.js';
import { queueMetaKey } from './keys.js';

/** Whether somebody has opened a queue by this name: one that is not an account's number has no worker. */
export async function hasQueueNamed(redis: Redis, prefix: string, name: string): Promise<boolean> {
  return (await redis.exists(queueMetaKey(prefix, name))) === 1;
}
