import type { Delivery } from '../domain/delivery.js';
import type { Actor } from '../domain/operation.js';
import { isStatus, type Status } from '../domain/status.js';
import { fingerprintArgs } from './accept-args.js';
import { accountKeys } from './keys.js';
import { unexpectedReply } from './reply.js';
import { createRunOnDelivery, type DeliveryRef, type StoreOptions } from './run-on-delivery.js';
import { operationFields } from './timeline.js';

/** The request as it stood, and as it is to stand: its job's data as JSON, and what that comes to. */
export type Amendment = {
  readonly before: string;
  readonly after: string;
  readonly delivery: Delivery;
  /** It goes at another time. */
  readonly isRescheduled: boolean;
  readonly by?: Actor | undefined;
};

export type AmendReply =
  | { readonly kind: 'amended'; readonly status: Status }
  /** It cannot be amended any more; null: its record has gone. */
  | { readonly kind: 'refused'; readonly status: Status | null }
  /** A worker has it in its hands, or somebody else has amended it meanwhile: to be tried again. */
  | { readonly kind: 'again' };

export type AmendStore = ReturnType<typeof createAmendStore>;

/** What amending asks of the records. */
export function createAmendStore(options: StoreOptions) {
  const { redis, prefix } = options;
  const run = createRunOnDelivery(options);
  return {
    /** The request's JSON; null when its job has gone. */
    async readRequest({ from, id }: Pick<DeliveryRef, 'from' | 'id'>): Promise<string | null> {
      const keys = accountKeys(prefix, from);
      const job = await redis.hget(keys.record(id), 'job');
      return redis.hget(keys.job(job ?? `d-${id}`), 'data');
    },

    async amend(ref: DeliveryRef, amendment: Amendment): Promise<AmendReply> {
      const { before, after, delivery, isRescheduled, by } = amendment;
      const { sendAt, expiresAt } = delivery;
      const reply = await run('amend', ref, {
        before,
        after,
        ...fingerprintArgs(delivery, options.sealer),
        sendAt: isRescheduled ? sendAt : '',
        expiresAt,
        operation: operationFields('amend', by),
      });
      switch (reply.code) {
        case 'amended':
          return { kind: 'amended', status: statusOrNull(reply.text(1)) ?? 'queued' };
        case 'refused':
        case 'unseen':
          return { kind: 'refused', status: statusOrNull(reply.text(1)) };
        case 'busy':
        case 'changed':
          return { kind: 'again' };
        default:
          return unexpectedReply('amend', reply.code);
      }
    },
  };
}

function statusOrNull(text: string): Status | null {
  return isStatus(text) ? text : null;
}
