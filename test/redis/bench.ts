import { ACCOUNT_DEFAULTS, type Account } from '../../src/domain/account.js';
import type { Receipt, ReceiptCallback } from '../../src/domain/callback.js';
import type { Delivery, SendKind } from '../../src/domain/delivery.js';
import type { Acceptance, Outcome } from '../../src/domain/outcome.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { createAttemptStore, type Postponement } from '../../src/redis/attempt-store.js';
import { createCallbackStore } from '../../src/redis/callback-store.js';
import type { Redis } from '../../src/redis/connection.js';
import { createDeliveryStore } from '../../src/redis/delivery-store.js';
import { accountKeys } from '../../src/redis/keys.js';
import { PLAIN } from '../support/sealing.js';

export const FROM = '972771234567';
export const CLIENT = '972501234567';
export const FROM_ID = 'IL.1605856887361213';
export const PREFIX = 'waybill';
export const RETENTION = { recordMs: 7 * DAY, idMs: 30 * DAY };

export type Bench = ReturnType<typeof openBench>;

type Try = {
  readonly attempt?: string;
  readonly send?: SendKind;
  readonly horizonMs?: number;
  readonly maxAttempts?: number;
  readonly account?: Account;
  readonly jobAt?: number;
  readonly retryWaitMs?: number;
  readonly preflight?: string;
};

type End = { readonly outcome?: Outcome; readonly attempt?: string; readonly account?: Account };

const RETRY: Postponement = { status: 'waiting', reason: 'backoff', delayMs: 0, gate: null };

/** The stores on one connection, with short ways to call them. */
export function openBench(redis: Redis, random = () => 0) {
  const shared = { redis, prefix: PREFIX, retention: RETENTION, sealer: PLAIN };
  const store = createDeliveryStore(shared);
  const attempts = createAttemptStore({ ...shared, random });
  const callbacks = createCallbackStore({ redis, prefix: PREFIX, isAccount: async (from) => from === FROM });
  const keys = accountKeys(PREFIX, FROM);

  return {
    redis,
    store,
    attempts,
    callbacks,
    keys,
    accept: (delivery: Delivery, jobAt = JOB_AT) =>
      store.accept({ delivery, job: jobOf(delivery, jobAt), data: JSON.stringify({ to: delivery.to }) }),
    /** A worker takes its job in hand. */
    async take({ id }: { readonly id: string }): Promise<void> {
      const { bullWait, bullActive } = keys.fixed;
      await redis.multi().lrem(bullWait, 0, `d-${id}`).lpush(bullActive, `d-${id}`).exec();
    },
    /** As an earlier version left it between its two calls: the record has the request, and a job is not there yet. */
    async acceptAsBefore(delivery: Delivery, data = JSON.stringify({ to: delivery.to })): Promise<void> {
      await store.accept({ delivery, job: jobOf(delivery), data });
      const { bullWait, bullDelayed, bullPrioritized, wake } = keys.fixed;
      const job = `d-${delivery.id}`;
      await redis
        .multi()
        .lrem(bullWait, 0, job)
        .zrem(bullDelayed, job)
        .zrem(bullPrioritized, job)
        .del(keys.job(job))
        .hset(keys.record(delivery.id), 'request', data)
        .zadd(wake, Date.now() + 5 * SECOND, delivery.id)
        .exec();
    },
    claim(delivery: Delivery, { jobAt = JOB_AT, ...more }: Try = {}) {
      const asked = {
        account: account(),
        attempt: 'a1',
        send: 'file' as const,
        horizonMs: MINUTE,
        maxAttempts: 8,
        retryWaitMs: 5000,
      };
      return store.claim(delivery, jobOf(delivery, jobAt), { ...asked, ...more, now: Date.now() });
    },
    settle: (
      delivery: Delivery,
      { outcome = accepted(), attempt = 'a1', account: of = account() }: End = {},
    ) =>
      attempts.settle({ ...delivery, attempt }, outcome, { account: of, reason: outcome.reason, gate: null }),
    postpone: (
      delivery: Delivery,
      { outcome = notSent(), attempt = 'a1', ...next }: End & Partial<Postponement> = {},
    ) => attempts.postpone({ ...delivery, attempt }, outcome, { ...RETRY, ...next }),
    doubt: (delivery: Delivery, attempt = 'a1') =>
      attempts.doubt({ ...delivery, attempt }, 'timeout', 'no answer'),
    holdForWindow: (delivery: Delivery) => store.park(delivery, { status: 'held', reason: 'window' }),
    record: (id: string) => redis.hgetall(keys.record(id)),
    status: async (id: string) => (await redis.hget(keys.record(id), 'status')) ?? '',
    conversation: (recipient = CLIENT) => redis.hgetall(keys.conv(recipient)),
    lane: (recipient = CLIENT) => redis.zrange(keys.lane(recipient), '0', '-1'),
    held: (recipient = CLIENT) => redis.zrange(keys.held(recipient), '0', '-1'),
    wakes: () => redis.zrange(keys.fixed.wake, '0', '-1'),
    /** The client writes. */
    inbound: (more: Partial<Parameters<typeof callbacks.applyInbound>[0]> = {}) =>
      callbacks.applyInbound({ ...inbound(), ...more }),
    closeWindow: (recipient = CLIENT) => redis.hset(keys.conv(recipient), 'closesAt', Date.now() - HOUR),
  };
}

/** Everything was asked for at the same time, long enough ago for any clock. */
export const JOB_AT = Date.now() - HOUR;

export function jobOf({ id }: { readonly id: string }, timestamp = JOB_AT) {
  return { id: `d-${id}`, timestamp };
}

export function delivery(id: string, more: Partial<Delivery> = {}): Delivery {
  return {
    id,
    from: FROM,
    to: CLIENT,
    fileUrl: `https://files.example.com/${id}.pdf`,
    mediaType: 'document',
    caption: null,
    replyTo: null,
    localStorage: false,
    showRequest: false,
    sendAt: JOB_AT,
    expiresAt: JOB_AT + DAY,
    priority: 'normal',
    strictOrder: false,
    onClosedWindow: null,
    onUnknown: null,
    template: null,
    metadata: {},
    ...more,
  };
}

export function account(more: Partial<Account> = {}): Account {
  return { ...ACCOUNT_DEFAULTS, from: FROM, name: 'shop', ratePerSecond: 1000, ...more };
}

export function accepted(more: Partial<Acceptance> = {}): Outcome {
  const acceptance = { unique: 'u1', timestamp: null, windowLeftMs: null, ...more };
  return { kind: 'accepted', reason: 'ok', acceptance };
}

export function notSent(): Outcome {
  return { kind: 'not_sent', reason: 'refused', detail: 'connection refused' };
}

export function windowClosed(): Outcome {
  return { kind: 'window_closed', reason: '7', detail: 'over 24 h', windowLeftMs: null };
}

export function rejected(): Outcome {
  return { kind: 'rejected', reason: '4', mapped: true, detail: 'recipient malformed' };
}

let messages = 0;

export function inbound() {
  messages += 1;
  return {
    kind: 'inbound' as const,
    account: FROM,
    number: CLIENT as string | null,
    fromId: null as string | null,
    unique: `in-${messages}`,
    timestamp: null as number | null,
    windowLeftMs: null as number | null,
    quotedUnique: null,
  };
}

/** A failure says why by its code, or by its code and words. */
export function receipt(
  name: Receipt,
  unique = 'u1',
  failure: string | null | Pick<ReceiptCallback, 'code' | 'reason'> = null,
) {
  const said = typeof failure === 'object' && failure !== null ? failure : { code: failure, reason: null };
  return {
    kind: 'receipt' as const,
    account: FROM,
    recipient: null,
    unique,
    receipt: name,
    ...said,
    timestamp: null,
  };
}
