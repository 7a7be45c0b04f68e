import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../lab/provider.js';
import type { Producer } from '../rivals/producer.js';
import { recipient, requests } from './requests.js';

export type Feeding = {
  readonly producer: Producer;
  /** So many more than the provider has had are enqueued, until `total` are. */
  readonly ahead: number;
  readonly total: number;
  /** Of the first client; each request has one of its own. */
  readonly firstRecipient: number;
};

const BATCH = 250;
const PAUSE_MS = 5;

/** Enqueues as the provider is sent: the queue stays as long as it is. */
export async function feed(provider: Provider, feeding: Feeding): Promise<void> {
  const { producer, ahead, total, firstRecipient } = feeding;
  for (let fed = 0; fed < total; ) {
    const { count } = await provider.total();
    const wanted = Math.min(BATCH, total - fed);
    if (count + ahead - fed < wanted) {
      await sleep(PAUSE_MS);
      continue;
    }
    const first = firstRecipient + fed;
    await producer.many(requests(wanted, (index) => recipient(first + index), `fed-${first}`));
    fed += wanted;
  }
}
