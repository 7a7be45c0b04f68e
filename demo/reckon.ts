import type { BilledSession } from '../sandbox/shapes.js';
import type { LedgerRow } from '../src/redis/ledger.js';

/** One paid session as both sides have it: messages by each, null where one side does not know it. */
export type ReckonedSession = {
  readonly to: string;
  /** Epoch milliseconds, by the side that has it. */
  readonly openedAt: number;
  readonly ledger: number | null;
  readonly bill: number | null;
};

export type Reckoning = { readonly sessions: readonly ReckonedSession[]; readonly agree: boolean };

type Session = { readonly to: string; readonly openedAt: number; readonly messages: number };

/**
 * Puts our ledger beside the provider's bill, session by session. Sessions are matched by client and place, not by
 * the second of opening, which the provider's answers round.
 */
export function reckon(ledger: readonly LedgerRow[], bill: readonly BilledSession[]): Reckoning {
  const [ours, theirs] = [byPlace(ledger), byPlace(bill)];
  const places = [...new Set([...ours.keys(), ...theirs.keys()])];
  const sessions = places
    .map((place) => beside(ours.get(place), theirs.get(place)))
    .sort((one, other) => (one.to < other.to ? -1 : 1));
  return { sessions, agree: sessions.length > 0 && sessions.every(agrees) };
}

export function agrees({ ledger, bill }: ReckonedSession): boolean {
  return ledger === bill;
}

/** A client's first session, its second, … */
function byPlace(sessions: readonly Session[]): ReadonlyMap<string, Session> {
  const counts = new Map<string, number>();
  const sorted = [...sessions].sort((one, other) => one.openedAt - other.openedAt);
  return new Map(
    sorted.map((session) => {
      const count = (counts.get(session.to) ?? 0) + 1;
      counts.set(session.to, count);
      return [`${session.to} ${count}`, session];
    }),
  );
}

function beside(ours: Session | undefined, theirs: Session | undefined): ReckonedSession {
  return {
    to: ours?.to ?? theirs?.to ?? '',
    openedAt: ours?.openedAt ?? theirs?.openedAt ?? 0,
    ledger: ours?.messages ?? null,
    bill: theirs?.messages ?? null,
  };
}
