import { createWaybill } from '../../src/index.js';
import { ACCOUNT_NAME, FROM } from '../load/account.js';
import type { SendRequest } from '../load/requests.js';
import { asJob, openPlainQueue } from './plain-queue.js';

/** What an app puts its requests into a queue with. */
export type Producer = {
  readonly one: (request: SendRequest) => Promise<unknown>;
  readonly many: (requests: readonly SendRequest[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

export type OpenProducer = (redisUrl: string) => Producer;

const MOST_TRIES = 5;

/** Waybill's library. */
export function openWaybill(redisUrl: string): Producer {
  const waybill = createWaybill({ redis: redisUrl, accounts: [{ from: FROM, name: ACCOUNT_NAME }] });
  return {
    one: waybill.enqueue,
    async many(some) {
      for (let tries = 1; ; tries += 1) {
        const answers = await waybill.enqueueMany(some);
        const [error] = answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
        if (error === undefined) return;
        // As an app does: the same ids again. A Redis with gigabytes stands still while it rewrites its journal.
        if (error.code !== 'UNAVAILABLE' || tries === MOST_TRIES) throw error;
      }
    },
    close: waybill.close,
  };
}

/** BullMQ's Queue. */
export function openPlain(redisUrl: string): Producer {
  const { queue, close } = openPlainQueue(redisUrl);
  return {
    one: (request) => queue.add('send-file', request, { jobId: request.id }),
    many: (some) => queue.addBulk(some.map((data) => asJob(data))),
    close,
  };
}
