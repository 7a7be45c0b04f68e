import type { Redis } from './connection.js';
import { accountKeys, deadEventsKey } from './keys.js';
import { readDead } from './push-store.js';

type Of = { readonly from: string; readonly ids: ReadonlySet<string> };

/** Takes away what endpoints did not take of these deliveries: it shows their metadata. How many there were. */
export async function eraseDeadEvents(redis: Redis, prefix: string, { from, ids }: Of): Promise<number> {
  // Also those that are configured nowhere any more.
  const endpoints = await redis.hkeys(accountKeys(prefix, from).fixed.pushed);
  let count = 0;
  for (const endpoint of endpoints) {
    const key = deadEventsKey(prefix, endpoint);
    for await (const { id, event } of readDead(redis, key)) {
      if (event.data.from !== from || !ids.has(String(event.data.deliveryId))) continue;
      await redis.xdel(key, id);
      count += 1;
    }
  }
  return count;
}
