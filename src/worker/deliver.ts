import type { Job as QueueJob } from 'bullmq';
import type { Account } from '../domain/account.js';
import type { Claim } from '../domain/claim.js';
import { type Decision, decide } from '../domain/decide.js';
import type { Delivery, SendKind } from '../domain/delivery.js';
import type { DeliveryRef, DeliveryStore, Job } from '../redis/delivery-store.js';
import { createAge, type Effects } from './clock.js';
import type { JobEnd } from './job-end.js';
import { readJob } from './read-job.js';
import { horizonOf, type SendDeps, send } from './send.js';
import { type SettleDeps, settle } from './settle.js';
import { type DelivererObserver, subjectOf, tellAttempt } from './tell.js';

/** A delivery that claims this often in one run is going in circles: it takes a breath. */
const MOST_CLAIMS = 20;
const BREATH_MS = 1000;

export type DeliverDeps = SendDeps &
  SettleDeps & {
    readonly store: DeliveryStore;
    readonly effects: Effects;
    readonly observer: DelivererObserver;
    readonly isDraining: () => boolean;
  };

/** One run of one job. */
type Run = {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly job: Job;
  readonly request: unknown;
  readonly signal: AbortSignal;
};

type Claimed = { readonly attempt: string; readonly claim: Claim; readonly age: () => number };

/** How a run ended, and of which delivery. */
export type Delivered = { readonly end: JobEnd; readonly ref: DeliveryRef };

/** The pipeline: read, claim, decide, act; again while the act calls for a new claim. */
export async function deliver(
  job: QueueJob,
  { account, signal }: { readonly account: Account; readonly signal: AbortSignal },
  deps: DeliverDeps,
): Promise<Delivered> {
  const queued = { id: job.id ?? '', timestamp: job.timestamp };
  const read = readJob(job, account);
  if (!read.ok) return refuse({ ...read, account, job: queued }, deps);
  const run = { delivery: read.delivery, account, job: queued, request: job.data, signal };
  return { ref: read.delivery, end: await claimAndAct(run, deps) };
}

async function claimAndAct(run: Run, deps: DeliverDeps): Promise<JobEnd> {
  let kind: SendKind = 'file';
  for (let claims = 0; claims < MOST_CLAIMS; claims += 1) {
    if (deps.isDraining()) return { kind: 'given_back' };
    const claimed = await claim(run, kind, deps);
    const decision = decide(claimed.claim, policyOf(run));
    tellClaim(run, { claim: claimed.claim, decision }, deps);
    if (decision.do === 'claim_again') {
      kind = decision.send;
      continue;
    }
    const end = await act({ run, claimed, decision }, deps);
    if (end !== null) return end;
    kind = 'file';
  }
  return { kind: 'delayed', until: deps.effects.now() + BREATH_MS, status: 'waiting' };
}

async function claim(run: Run, kind: SendKind, { store, effects, timeouts }: DeliverDeps): Promise<Claimed> {
  const age = createAge(effects);
  const attempt = effects.newId();
  const asked = { account: run.account, attempt, send: kind, horizonMs: horizonOf(run.delivery, timeouts) };
  return { attempt, age, claim: await store.claim(run.delivery, run.job, asked) };
}

type Step = { readonly run: Run; readonly claimed: Claimed; readonly decision: Decision };

/** Null: claim again. */
async function act({ run, claimed, decision }: Step, deps: DeliverDeps): Promise<JobEnd | null> {
  const { delivery } = run;
  switch (decision.do) {
    case 'send':
      return sendAndSettle({ run, claimed, decision }, deps);
    case 'claim_again':
      return null;
    case 'accept':
      await deps.store.accept(delivery, run.job, JSON.stringify(run.request));
      return null;
    case 'wait':
      return park({ run, status: 'waiting', decision }, deps);
    case 'hold':
      return park({ run, status: 'held', decision }, deps);
    case 'rest':
      return { kind: 'rest', ms: decision.until - redisTime(claimed.claim, decision.until) };
    case 'pause':
      return { kind: 'paused' };
    case 'end':
      return conclude(run, decision, deps);
    case 'finish':
      return finish(delivery.id, decision);
    case 'conflict':
      deps.observer.deliveryFlagged({ ...subjectOf(run), flag: 'conflict', detail: null });
      return { kind: 'failed', reason: CONFLICT, status: 'failed' };
    case 'doubt':
      await deps.attempts.doubt(
        { ...delivery, attempt: decision.attempt },
        'worker_lost',
        'its worker never told',
      );
      deps.observer.deliveryMoved({
        ...subjectOf(run),
        from: 'sending',
        to: 'unknown',
        reason: 'worker_lost',
      });
      return null;
    case 'keep_unknown':
      return { kind: 'delayed', until: decision.until, status: 'unknown' };
    case 'end_unknown':
      await deps.store.resign(delivery);
      return { kind: 'failed', reason: 'UNKNOWN unresolved', status: 'unknown' };
    default:
      return decision satisfies never;
  }
}

const CONFLICT = 'CONFLICT: this id already belongs to a delivery with another payload or of a later time';

async function sendAndSettle({ run, claimed, decision }: Step, deps: DeliverDeps): Promise<JobEnd | null> {
  const { claim: granted, attempt, age } = claimed;
  if (granted.kind !== 'go' || decision.do !== 'send') return null;
  const begun = deps.effects.monotonic();
  const { delivery, account, signal } = run;
  const sending = { delivery, account, signal, age, send: granted.send, paceMs: granted.paceMs };
  const outcome = await send(sending, deps);
  const durationMs = deps.effects.monotonic() - begun;
  const attempted = {
    delivery,
    account,
    attempt,
    number: granted.facts.attempts,
    send: granted.send,
    dueAt: granted.dueAt,
    claimedAt: granted.facts.now,
    windowClosesAt: granted.facts.window.closesAt,
  };
  const settlement = await settle({ claimed: attempted, outcome }, deps);
  tellAttempt({ claimed: attempted, outcome, settlement, durationMs }, deps.observer);
  return settlement.end;
}

/** Rests are counted from the time at which the claim was refused, by the same clock. */
function redisTime(claim: Claim, fallback: number): number {
  return claim.kind === 'refused' ? claim.facts.now : fallback;
}

type Parking = {
  readonly run: Run;
  readonly status: 'waiting' | 'held';
  readonly decision: Extract<Decision, { readonly do: 'wait' | 'hold' }>;
};

async function park({ run, status, decision }: Parking, deps: DeliverDeps): Promise<JobEnd | null> {
  const parked = await deps.store.park(run.delivery, { status, reason: decision.reason });
  if (parked !== 'parked') return null;
  deps.observer.deliveryMoved({ ...subjectOf(run), from: null, to: status, reason: decision.reason });
  return { kind: 'delayed', until: decision.until, status };
}

async function conclude(
  run: Run,
  decision: Extract<Decision, { readonly do: 'end' }>,
  deps: DeliverDeps,
): Promise<JobEnd | null> {
  const { status, reason } = decision;
  const end = await deps.store.conclude(run.delivery, { status, reason });
  if (!end.done) return null;
  deps.observer.deliveryMoved({ ...subjectOf(run), from: null, to: status, reason });
  return { kind: 'failed', reason: `${status.toUpperCase()} ${reason}`, status };
}

function finish(
  id: string,
  { status, unique, reason }: Extract<Decision, { readonly do: 'finish' }>,
): JobEnd {
  if (status === 'failed' || status === 'expired' || status === 'unknown') {
    return { kind: 'failed', reason: `${status.toUpperCase()} ${reason}`.trim(), status };
  }
  return { kind: 'completed', result: { id, unique, status } };
}

type Refused = {
  readonly id: string;
  readonly errors: readonly object[];
  readonly account: Account;
  readonly job: Job;
};

async function refuse(
  { id, errors, account, job }: Refused,
  { store, observer }: DeliverDeps,
): Promise<Delivered> {
  const ref = { from: account.from, id, to: '' };
  const detail = JSON.stringify(errors);
  await store.refuse(ref, job, detail);
  observer.deliveryFlagged({ account: account.name, deliveryId: id, recipient: '', flag: 'invalid', detail });
  return { ref, end: { kind: 'failed', reason: `INVALID ${detail}`, status: 'failed' } };
}

function policyOf({ delivery, account }: Run) {
  return { onClosedWindow: delivery.onClosedWindow ?? account.onClosedWindow };
}

function tellClaim(
  run: Run,
  told: { readonly claim: Claim; readonly decision: Decision },
  deps: DeliverDeps,
): void {
  const { claim: answer, decision } = told;
  const verdict = answer.kind === 'refused' ? answer.refusal.why : answer.kind;
  const until = 'until' in decision ? decision.until : null;
  const event = { ...subjectOf(run), verdict, decision: decision.do, until };
  if (answer.kind === 'go') deps.observer.claimGranted(event);
  else deps.observer.claimRefused(event);
}
