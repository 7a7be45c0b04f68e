import type { Claim } from '../domain/claim.js';
import type { Decision } from '../domain/decide.js';
import type { Outcome } from '../domain/outcome.js';
import { ask } from './ask.js';
import { askWindow } from './ask-window.js';
import type { JobEnd } from './job-end.js';
import { preflight } from './preflight.js';
import type { Claimed, DeliverDeps, Run } from './run.js';
import { send, timeoutOf } from './send.js';
import { settle } from './settle.js';
import { conclude, finish, park } from './stop.js';
import { subjectOf, tellAttempt } from './tell.js';

type Step = { readonly run: Run; readonly claimed: Claimed; readonly decision: Decision };

const CONFLICT = 'CONFLICT: this id already belongs to a delivery with another payload or of a later time';

/** Does what was decided; null: claim again. */
export async function act({ run, claimed, decision }: Step, deps: DeliverDeps): Promise<JobEnd | null> {
  const { delivery } = run;
  switch (decision.do) {
    case 'send':
      return sendAndSettle(run, claimed, deps);
    case 'claim_again':
      return null;
    case 'accept':
      await accept(run, deps);
      // Another client's job stood among the normal ones until now, when its request was first read.
      return delivery.priority === 'low' && !run.isPrioritised
        ? { kind: 'delayed', until: deps.effects.now(), status: 'queued' }
        : null;
    case 'wait':
      return park({ run, parking: { ...decision, status: 'waiting' }, until: decision.until }, deps);
    case 'hold':
      return park({ run, parking: { ...decision, status: 'held' }, until: decision.until }, deps);
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
      return { kind: 'failed', reason: CONFLICT };
    case 'doubt':
      return doubt(run, decision.attempt, deps);
    case 'ask':
      return ask(run, decision.doubt, deps);
    case 'resend':
      return resend(run, decision.attempt, deps);
    case 'keep_unknown':
      return { kind: 'delayed', until: decision.until, status: 'unknown' };
    case 'ask_window':
      return askWindow(run, redisTime(claimed.claim, deps.effects.now()), deps);
    case 'preflight':
      return preflight(run, decision.before, deps);
    case 'end_unknown':
      await deps.store.resign(delivery);
      return { kind: 'failed', reason: 'UNKNOWN unresolved' };
    default:
      return decision satisfies never;
  }
}

async function accept(run: Run, { store, observer }: DeliverDeps): Promise<void> {
  const accepted = await store.accept({ ...run, data: JSON.stringify(run.request), inHand: true });
  if (accepted.kind !== 'new') return;
  observer.deliveryMoved({ ...subjectOf(run), from: null, to: 'queued', reason: null });
}

/** Another run of this job claimed, and never told its end: nobody can say whether it sent. */
async function doubt(run: Run, attempt: string, { attempts, observer }: DeliverDeps): Promise<null> {
  await attempts.doubt({ ...run.delivery, attempt }, 'worker_lost', 'its worker never told');
  observer.deliveryMoved({ ...subjectOf(run), from: 'sending', to: 'unknown', reason: 'worker_lost' });
  return null;
}

/** The attempt's message is nowhere to be seen, long after it could have been sent: it counts as not sent. */
async function resend(run: Run, attempt: string, { attempts, observer }: DeliverDeps): Promise<null> {
  const outcome: Outcome = { kind: 'not_sent', reason: 'absent', detail: 'not in the history, twice' };
  const next = { status: 'waiting', reason: 'backoff', delayMs: 0, gate: null } as const;
  await attempts.postpone({ ...run.delivery, attempt }, outcome, next);
  observer.deliveryMoved({ ...subjectOf(run), from: 'unknown', to: 'waiting', reason: 'absent' });
  return null;
}

async function sendAndSettle(run: Run, claimed: Claimed, deps: DeliverDeps): Promise<JobEnd | null> {
  const { claim: granted, attempt, age } = claimed;
  if (granted.kind !== 'go') return null;
  const begun = deps.effects.monotonic();
  const { delivery, account, lock } = run;
  const sending = { delivery, account, lock, age, send: granted.send, paceMs: granted.paceMs };
  const timeoutMs = granted.paceMs + timeoutOf(delivery, deps.timeouts);
  const outcome = await deps.fly(timeoutMs, () => send(sending, deps));
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
