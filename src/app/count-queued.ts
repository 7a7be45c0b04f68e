import type { DeliveryObserver } from '../observe/observer.js';
import type { BulkAnswer, BulkOptions, BulkRecord } from '../producer/bulk/record.js';
import type { EnqueuedOrError } from '../producer/enqueue.js';
import type { NamedAccount } from './accounts.js';
import type { Client } from './client.js';

type Enqueues = Pick<Client['waybill'], 'enqueue' | 'enqueueStream'> & Pick<Client['operator'], 'resend'>;

export type CountDeps = {
  readonly find: (fromOrName: string) => Promise<NamedAccount | undefined>;
  readonly observer: Pick<DeliveryObserver, 'deliveryMoved'>;
};

/** The same, but each new delivery is told of. The library, inside of other apps, has nobody to tell. */
export function countQueued(
  { enqueue, enqueueStream, resend }: Enqueues,
  { find, observer }: CountDeps,
): Enqueues {
  async function count(request: unknown, answer: EnqueuedOrError): Promise<void> {
    if ('error' in answer || answer.duplicate) return;
    const { from, to } = namesIn(request);
    // What was taken is taken: that Redis has just gone must not turn the answer into a refusal.
    const account = await find(from).catch(() => undefined);
    if (account === undefined) return;
    const subject = { account: account.name, deliveryId: answer.id, recipient: to };
    observer.deliveryMoved({ ...subject, from: null, to: 'queued', reason: null });
  }

  async function* counted<Source extends BulkRecord>(
    source: AsyncIterable<readonly Source[]>,
    options?: BulkOptions,
  ): AsyncIterable<readonly BulkAnswer<Source>[]> {
    for await (const some of enqueueStream(source, options)) {
      for (const { record, answer } of some) if ('request' in record) await count(record.request, answer);
      yield some;
    }
  }

  return {
    async enqueue(request) {
      const enqueued = await enqueue(request);
      await count(request, enqueued);
      return enqueued;
    },
    enqueueStream: counted,
    async resend(...asked) {
      const resent = await resend(...asked);
      await count(resent, resent);
      return resent;
    },
  };
}

function namesIn(request: unknown): { readonly from: string; readonly to: string } {
  const { from = '', to = '' }: Partial<Record<'from' | 'to', unknown>> =
    typeof request === 'object' && request !== null ? request : {};
  return { from: String(from), to: String(to) };
}
