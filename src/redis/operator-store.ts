import type { Actor } from '../domain/operation.js';
import { isStatus, type Status } from '../domain/status.js';
import { accountKeys } from './keys.js';
import { readReply, unexpectedReply } from './reply.js';
import { createRunOnDelivery, type DeliveryRef, type StoreOptions } from './run-on-delivery.js';
import { createScriptRunner } from './script.js';
import { operationFields } from './timeline.js';

/** Whether an operator may say what became of a delivery's attempt. Epoch milliseconds. */
export type Resolvable =
  | { readonly kind: 'no'; readonly status: Status | null }
  /** Until then its sender may still be at work. */
  | { readonly kind: 'early'; readonly horizonAt: number }
  | {
      readonly kind: 'yes';
      readonly attempt: string;
      readonly startedAt: number;
      /** Nobody asks any more, and its job has ended. */
      readonly isFinal: boolean;
    };

export type Tied =
  | { readonly kind: 'tied'; readonly madeId: string }
  | { readonly kind: 'refused'; readonly status: Status | null };

export type OperatorStore = ReturnType<typeof createOperatorStore>;

/** What the operator's verbs ask of the records. */
export function createOperatorStore(options: StoreOptions) {
  const { redis, prefix } = options;
  const run = createRunOnDelivery(options);
  const runScript = createScriptRunner(redis);
  return {
    async resolvable(ref: DeliveryRef): Promise<Resolvable> {
      const reply = await run('resolvable', ref);
      switch (reply.code) {
        case 'no':
          return { kind: 'no', status: statusOrNull(reply.text(1)) };
        case 'early':
          return { kind: 'early', horizonAt: reply.number(1) };
        case 'yes': {
          const [attempt, startedAt, isFinal] = [reply.text(1), reply.number(2), reply.text(3) === '1'];
          return { kind: 'yes', attempt, startedAt, isFinal };
        }
        default:
          return unexpectedReply('resolvable', reply.code);
      }
    },

    /** Ties a delivery to the one that is made of it; the answer tells which one that is by now. */
    async tie({ from, id }: DeliveryRef, madeId: string, by?: Actor): Promise<Tied> {
      const keys = accountKeys(prefix, from);
      const named = { ...keys.fixed, record: keys.record(id), made: keys.record(madeId) };
      const reply = readReply(
        await runScript('tie', named, { id, madeId, operation: operationFields('resend', by) }),
      );
      if (reply.code === 'refused') return { kind: 'refused', status: statusOrNull(reply.text(1)) };
      if (reply.code !== 'tied') return unexpectedReply('tie', reply.code);
      return { kind: 'tied', madeId: reply.text(1) };
    },

    /** Nothing came of the delivery that was to be made. */
    async untie({ from, id }: DeliveryRef): Promise<void> {
      await redis.hdel(accountKeys(prefix, from).record(id), 'resentAs');
    },
  };
}

function statusOrNull(text: string): Status | null {
  return isStatus(text) ? text : null;
}
