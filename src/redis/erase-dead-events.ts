import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createPushStore } from './push-store.js';

type Of = { readonly from: string; readonly ids: ReadonlySet<string> };

/** Takes away what endpoints did not take of these deliveries: it shows their metadata. How many there were. */
export async function eraseDeadEvents(redis: Redis, prefix: string, { from, ids }: Of): Promise<number> {
  const store = createPushStore(redis, prefix);
  // Also those that are configured nowhere any more.
  const endpoints = await redis.hkeys(accountKeys(prefix, from).fixed.pushed);
  let count = 0;
  for (const endpoint of endpoints) {
    for await (const { id, event } of store.dead(endpoint)) {
      if (event.data.from !== from || !('deliveryId' in event.data)) continue;
      if (!ids.has(event.data.deliveryId)) continue;
      await store.exhume(endpoint, id);
      count += 1;
    }
  }
  return count;
}
