import type { Account } from '../domain/account.js';
import { type Aftermath, aftermathOf, type GateChange } from '../domain/aftermath.js';
import type { RetryPolicy } from '../domain/backoff.js';
import type { Meeting } from '../domain/blame.js';
import type { Delivery, SendKind } from '../domain/delivery.js';
import type { Outcome } from '../domain/outcome.js';
import type { AttemptStore, Doubted, Postponed, Settled } from '../redis/attempt-store.js';
import type { JobEnd } from './job-end.js';

/** One attempt, as it was claimed. */
export type ClaimedAttempt = {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly attempt: string;
  /** Counted from 1. */
  readonly number: number;
  readonly send: SendKind;
  /** When it might first have gone, and when it was claimed: epoch milliseconds. */
  readonly dueAt: number;
  readonly claimedAt: number;
  readonly windowClosesAt: number | null;
};

export type SettleDeps = {
  readonly attempts: AttemptStore;
  readonly retry: RetryPolicy;
  readonly random: () => number;
};

/** What was written, for those who watch. */
export type Settlement = {
  /** Null: a new claim decides what to do about it, as with a window that was found closed. */
  readonly end: JobEnd | null;
  readonly after: Aftermath['do'];
  readonly gate: GateChange | null;
  readonly written: Settled | Postponed | Doubted;
};

type Step = { readonly claimed: ClaimedAttempt; readonly outcome: Outcome };

/** Writes what an attempt came to, and says how its job's run ends. */
export async function settle(step: Step, { attempts, retry, random }: SettleDeps): Promise<Settlement> {
  const meeting = step.outcome.kind === 'account_error' ? await meetingOf(step, attempts) : null;
  const after = aftermathOf(step.outcome, { attempt: step.claimed.number, retry, random: random(), meeting });
  switch (after.do) {
    case 'accept':
      return accept(step, attempts);
    case 'fail':
      return fail({ ...step, outcome: blamed(step.outcome) }, after, attempts);
    case 'retry':
      return postpone(step, { ...after, status: 'waiting', reason: 'backoff' }, attempts);
    case 'hold_account':
      return postpone(
        step,
        { ...after, delayMs: 0, status: 'held', reason: 'account', counts: false },
        attempts,
      );
    case 'set_aside':
      return postpone(
        step,
        { ...after, gate: null, status: 'waiting', reason: 'backoff', counts: false },
        attempts,
      );
    case 'close_window':
      return postpone(step, { ...after, delayMs: 0, gate: null, status: 'held', reason: 'window' }, attempts);
    case 'doubt':
      return doubt(step, attempts);
    default:
      return after satisfies never;
  }
}

/** Of the answers that pause an account; the others need no such question. */
async function meetingOf({ claimed, outcome }: Step, attempts: AttemptStore): Promise<Meeting> {
  const remembered = await attempts.remembered(refOf(claimed));
  return { ...remembered, reason: outcome.reason, startedAt: claimed.claimedAt };
}

/** An account error that was the delivery's fault is a rejection like any other. */
function blamed(outcome: Outcome): Outcome {
  if (outcome.kind !== 'account_error') return outcome;
  return { ...outcome, kind: 'rejected', mapped: true };
}

async function accept({ claimed, outcome }: Step, attempts: AttemptStore): Promise<Settlement> {
  const { account, delivery } = claimed;
  const written = await attempts.settle(refOf(claimed), outcome, { account, reason: 'ok', gate: null });
  const unique = outcome.kind === 'accepted' ? outcome.acceptance.unique : null;
  if (written.kind === 'stale') return { end: GIVEN_BACK, after: 'accept', gate: null, written };
  const result = { id: delivery.id, unique, status: written.status };
  return { end: { kind: 'completed', result }, after: 'accept', gate: null, written };
}

async function fail(
  { claimed, outcome }: Step,
  { reason, gate }: { readonly reason: string; readonly gate: GateChange | null },
  attempts: AttemptStore,
): Promise<Settlement> {
  const written = await attempts.settle(refOf(claimed), outcome, { account: claimed.account, reason, gate });
  if (written.kind === 'stale') return { end: GIVEN_BACK, after: 'fail', gate, written };
  const end: JobEnd = { kind: 'failed', reason: failureText(reason, outcome) };
  return { end, after: 'fail', gate, written };
}

type Next = Parameters<AttemptStore['postpone']>[2] & { readonly do: Aftermath['do'] };

async function postpone({ claimed, outcome }: Step, next: Next, attempts: AttemptStore): Promise<Settlement> {
  const { gate, delayMs, do: after } = next;
  const written = await attempts.postpone(refOf(claimed), outcome, next);
  if (written.kind === 'stale') return { end: GIVEN_BACK, after, gate, written };
  if (next.reason === 'window') return { end: null, after, gate, written };
  if (next.reason === 'account') return { end: { kind: 'paused' }, after, gate, written };
  const until = Math.min(written.now + delayMs, claimed.delivery.expiresAt);
  return { end: { kind: 'delayed', until, status: 'waiting' }, after, gate, written };
}

/** A new claim says when to ask what became of it. */
async function doubt({ claimed, outcome }: Step, attempts: AttemptStore): Promise<Settlement> {
  const detail = outcome.kind === 'accepted' ? '' : outcome.detail;
  const written = await attempts.doubt(refOf(claimed), outcome.reason, detail);
  return { end: written.kind === 'stale' ? GIVEN_BACK : null, after: 'doubt', gate: null, written };
}

/** Where the record is another writer's by now, the job goes back and the next claim finds how it stands. */
const GIVEN_BACK: JobEnd = { kind: 'given_back' };

function refOf({ delivery: { from, id, to }, attempt }: ClaimedAttempt) {
  return { from, id, to, attempt };
}

/** For `failedReason`: the word first, for programs; then what a person would want to know. */
function failureText(reason: string, outcome: Outcome): string {
  const detail = outcome.kind === 'accepted' ? '' : outcome.detail;
  const cause = reason === outcome.reason ? '' : `last outcome ${outcome.kind} ${outcome.reason}`;
  return [`${outcome.kind === 'rejected' ? 'REJECTED' : 'FAILED'} ${reason}`, cause, detail]
    .filter(Boolean)
    .join(': ');
}
