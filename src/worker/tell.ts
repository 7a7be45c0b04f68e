import type { Outcome } from '../domain/outcome.js';
import { SESSION_MS } from '../domain/session.js';
import type { DeliveryObserver, GateChanged } from '../observe/observer.js';
import type { ClaimedAttempt, Settlement } from './settle.js';

/** What the deliverer tells: of deliveries, and of the account's gate. */
export type DelivererObserver = DeliveryObserver & { gateChanged(event: GateChanged): void };

type Ended = {
  readonly claimed: ClaimedAttempt;
  readonly outcome: Outcome;
  readonly settlement: Settlement;
  readonly durationMs: number;
};

/** Tells of an attempt that has ended and been written down. */
export function tellAttempt(ended: Ended, observer: DelivererObserver): void {
  const { claimed, outcome, settlement, durationMs } = ended;
  const { written, end } = settlement;
  const subject = subjectOf(claimed);
  const accepted = written.kind === 'settled' && outcome.kind === 'accepted';
  observer.attemptEnded({
    account: subject.account,
    deliveryId: subject.deliveryId,
    recipient: subject.recipient,
    attemptId: claimed.attempt,
    attempt: claimed.number,
    send: claimed.send,
    outcome: outcome.kind,
    reason: outcome.reason,
    detail: outcome.kind === 'accepted' ? null : outcome.detail,
    durationMs,
    queueDelayMs: Math.max(0, claimed.claimedAt - claimed.dueAt),
    dueToAcceptMs: accepted ? Math.max(0, written.now - written.dueAt) : null,
    decision: settlement.after,
    nextAttemptAt: end?.kind === 'delayed' && end.status === 'waiting' ? end.until : null,
    sessionClosesAt: sessionClosesAt(written),
    unique: outcome.kind === 'accepted' ? outcome.acceptance.unique : null,
  });
  if (written.kind === 'stale') {
    const flag = outcome.kind === 'accepted' ? 'redundant_accept' : 'stale_attempt';
    observer.deliveryFlagged({
      ...subject,
      flag,
      detail: `the record is ${written.status ?? 'gone'} by now`,
    });
    return;
  }
  tellMove(ended, observer);
  tellAccount(ended, observer);
  tellBreaker(ended, observer);
}

function sessionClosesAt(written: Settlement['written']): number | null {
  const openedAt = written.kind === 'settled' ? written.sessionOpenedAt : null;
  return openedAt === null ? null : openedAt + SESSION_MS;
}

function tellMove({ claimed, outcome, settlement }: Ended, observer: DelivererObserver): void {
  const subject = subjectOf(claimed);
  const { written } = settlement;
  const to = written.kind === 'settled' ? written.status : statusAfter(settlement);
  if (to !== null) observer.deliveryMoved({ from: 'sending', to, reason: outcome.reason, ...subject });
  const closesAt = sessionClosesAt(written);
  if (closesAt !== null) observer.sessionOpened({ closesAt, ...subject });
  if (outcome.kind === 'accepted' && outcome.acceptance.unique === null) {
    observer.deliveryFlagged({ ...subject, flag: 'unique_missing', detail: null });
  }
}

function tellAccount({ claimed, outcome, settlement }: Ended, observer: DelivererObserver): void {
  const { written, gate } = settlement;
  if (written.kind === 'postponed' && written.windowCorrected) {
    const expectedClosesAt = claimed.windowClosesAt;
    observer.windowCorrected({ ...subjectOf(claimed), reason: outcome.reason, expectedClosesAt });
  }
  if (gate === null || written.kind === 'stale' || written.kind === 'unknown') return;
  const until = gate.kind === 'until' ? written.now + gate.delayMs : null;
  const state = gate.kind === 'until' ? 'throttled' : 'paused';
  observer.gateChanged({ account: claimed.account.name, state, reason: gate.reason, until, by: 'worker' });
}

function tellBreaker({ claimed, settlement: { written } }: Ended, observer: DelivererObserver): void {
  if (written.kind === 'stale' || written.breaker === null) return;
  const told = { account: claimed.account.name, reason: 'breaker', by: 'worker' };
  const { breaker } = written;
  if (breaker.kind === 'opened') observer.gateChanged({ ...told, state: 'open', until: null });
  else observer.gateChanged({ ...told, state: 'breaker', until: breaker.until });
}

type About = {
  readonly delivery: { readonly id: string; readonly to: string };
  readonly account: { readonly name: string };
};

export function subjectOf({ delivery, account }: About) {
  return { account: account.name, deliveryId: delivery.id, recipient: delivery.to };
}

function statusAfter({ end, after }: Settlement) {
  if (after === 'doubt') return 'unknown';
  if (end === null) return 'held';
  if (end.kind === 'delayed') return end.status;
  return end.kind === 'paused' ? 'held' : null;
}
