import type { Billing } from '../domain/account.js';
import type { Actor } from '../domain/operation.js';
import type { Outcome } from '../domain/outcome.js';
import type { Status } from '../domain/status.js';
import { IllegalStateError } from '../errors.js';
import type { Attempt, AttemptStore } from '../redis/attempt-store.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { OperatorStore, Resolvable } from '../redis/operator-store.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';

/** What an operator says became of an attempt whose outcome is unknown. */
export type Resolution =
  | {
      /** It was sent. */
      readonly kind: 'sent';
      /** The provider's id of the message, where the operator knows it. */
      readonly unique: string | null;
    }
  | {
      /** It was not sent, and shall be: the delivery goes on. */
      readonly kind: 'resend';
    }
  | {
      /** It was not sent, and shall not be: the delivery has failed. */
      readonly kind: 'close';
    };

export type Resolving = {
  readonly ref: DeliveryRef;
  readonly resolution: Resolution;
  readonly by: Actor;
};

/** The delivery after `resolve`. */
export type Resolved = {
  /** The delivery's id. */
  readonly id: string;
  /** The account's number. */
  readonly from: string;
  /** Its status now. */
  readonly status: Status;
};

export type ResolveDeps = {
  readonly operators: OperatorStore;
  readonly attempts: AttemptStore;
  readonly store: DeliveryStore;
  readonly billingOf: (from: string) => Promise<Billing>;
};

/**
 * Ends an unknown outcome by an operator's word.
 * @throws IllegalStateError when the outcome is not unknown, or its attempt's horizon has not passed
 */
export async function resolve(resolving: Resolving, deps: ResolveDeps): Promise<Resolved> {
  const { ref, resolution } = resolving;
  const found = await deps.operators.resolvable(ref);
  if (found.kind !== 'yes') throw notYet(found);
  if (found.isFinal && resolution.kind === 'resend') {
    throw refusal('unknown', 'its job has ended: close it, then make a new delivery of it with resend');
  }
  const status = await write(resolving, found, deps);
  return { id: ref.id, from: ref.from, status };
}

type Found = Extract<Resolvable, { readonly kind: 'yes' }>;

function notYet(found: Exclude<Resolvable, Found>): IllegalStateError {
  if (found.kind === 'no') return refusal(found.status ?? 'gone', 'only an unknown outcome is resolved');
  const horizon = new Date(found.horizonAt).toISOString();
  return refusal('unknown', `its attempt may still be on its way until ${horizon}`);
}

function refusal(status: string, detail: string): IllegalStateError {
  return new IllegalStateError('resolve', status, { detail });
}

function write({ ref, resolution, by }: Resolving, found: Found, deps: ResolveDeps): Promise<Status> {
  const attempt = { ...ref, attempt: found.attempt };
  switch (resolution.kind) {
    case 'sent':
      return settleAsSent(attempt, { unique: resolution.unique, by, startedAt: found.startedAt }, deps);
    case 'resend':
      return sendAgain(attempt, by, deps);
    case 'close':
      return close(attempt, by, deps);
    default:
      return resolution satisfies never;
  }
}

type Sent = { readonly unique: string | null; readonly by: Actor; readonly startedAt: number };

async function settleAsSent(
  attempt: Attempt,
  { unique, by, startedAt }: Sent,
  { attempts, billingOf }: ResolveDeps,
): Promise<Status> {
  // The provider's time is not known: it took the message soon after the attempt began.
  const acceptance = { unique, timestamp: startedAt, windowLeftMs: null };
  const account = { billing: await billingOf(attempt.from) };
  const context = { account, reason: 'operator', gate: null, by };
  const settled = await attempts.prove(attempt, { kind: 'accepted', reason: 'ok', acceptance }, context);
  if (settled.kind === 'settled') return settled.status;
  throw settled.status === 'unknown'
    ? refusal('unknown', 'this unique is the message of another delivery')
    : refusal(settled.status ?? 'gone', MOVED_ON);
}

const MOVED_ON = 'something else settled it just now';

async function sendAgain(attempt: Attempt, by: Actor, { attempts, store }: ResolveDeps): Promise<Status> {
  const next = { status: 'waiting', reason: 'backoff', delayMs: 0, gate: null, by } as const;
  const postponed = await attempts.postpone(attempt, NOT_SENT, next);
  if (postponed.kind === 'stale') throw refusal(postponed.status ?? 'gone', MOVED_ON);
  // Its job sleeps until the next reading of the history: now it goes to the front.
  await store.look(attempt);
  return 'waiting';
}

async function close(attempt: Attempt, by: Actor, { attempts, billingOf }: ResolveDeps): Promise<Status> {
  const account = { billing: await billingOf(attempt.from) };
  const context = { account, reason: 'closed_by_operator', gate: null, by };
  const settled = await attempts.settle(attempt, NOT_SENT, context);
  if (settled.kind === 'stale') throw refusal(settled.status ?? 'gone', MOVED_ON);
  return settled.status;
}

const NOT_SENT: Outcome = { kind: 'not_sent', reason: 'operator', detail: '' };
