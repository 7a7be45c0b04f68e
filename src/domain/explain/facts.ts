import type { Budget } from '../account.js';
import type { Operation } from '../operation.js';
import type { OutcomeKind } from '../outcome.js';
import type { Receipts, Status } from '../status.js';
import type { WindowFacts } from '../window.js';

/** All that an explanation rests on, as it was at one moment. Times in epoch milliseconds; null: not known, or not yet. */
export type Facts = {
  /** Redis's clock. */
  readonly now: number;
  /** Null: it is about the conversation as such. */
  readonly delivery: DeliveryFacts | null;
  readonly window: WindowFacts;
  readonly session: { readonly openedAt: number | null };
  /** When the pair limit's next turn would be if one message went at a time (GCRA); null: none was sent lately. */
  readonly pairTat: number | null;
  readonly lane: LaneFacts;
  readonly account: AccountFacts;
  readonly gate: GateFacts;
  readonly queue: QueueFacts;
};

export type DeliveryFacts = {
  readonly id: string;
  readonly status: Status;
  readonly reason: string;
  /** Since when it has this status. */
  readonly statusAt: number;
  readonly sendAt: number;
  readonly expiresAt: number;
  readonly notBefore: number | null;
  readonly attempts: readonly AttemptFacts[];
  readonly asked: readonly { readonly at: number; readonly found: string }[];
  /** Looks at the file's link before it was sent. */
  readonly preflights: readonly { readonly at: number; readonly found: string; readonly detail: string }[];
  readonly operations: readonly Operation[];
  readonly receipts: Receipts;
  readonly failureCode: string | null;
  readonly failureReason: string | null;
  readonly acceptedAt: number | null;
  /** Of the attempt under way, or of an unknown outcome. */
  readonly startedAt: number | null;
  readonly horizonAt: number | null;
  readonly nextReadAt: number | null;
  readonly resentAs: string | null;
  /** A session of the budget has been taken for it. */
  readonly reserved: boolean;
};

/** An attempt as the timeline has it. Times in epoch milliseconds. */
export type AttemptFacts = {
  /** Counted from 1. */
  readonly number: number;
  /** When its outcome became known. */
  readonly at: number;
  /** `file` or `template`. */
  readonly send: string;
  /** What it came to; null: a word of a later version. */
  readonly outcome: OutcomeKind | null;
  /** The provider's reason, or ours. */
  readonly reason: string;
  /** The reason in words; may be empty. */
  readonly detail: string;
};

/** The attempt of which an operator, and nobody else, said that it was sent; `detail` is the operator's name. */
export function operatorsWord(attempts: readonly AttemptFacts[]): AttemptFacts | undefined {
  return attempts.find(({ outcome, reason }) => outcome === 'accepted' && reason === 'operator');
}

/** A delivery that stands in the lane, or is held beside it by the window. */
export type LaneEntry = { readonly id: string; readonly status: Status; readonly reason: string };

export type LaneFacts = {
  /** Those that go before the delivery where it stands in the lane, else all of it; only the first of many. */
  readonly deliveries: readonly LaneEntry[];
  readonly count: number;
  /** Which one has been begun; `until`: when an unknown one does not keep the others any more. */
  readonly flight: (LaneEntry & { readonly until: number | null }) | null;
};

export type AccountFacts = {
  readonly name: string;
  /** When the last worker that served it found it gone from its settings; null: it is served. */
  readonly removedAt: number | null;
  readonly billed: boolean;
  /** Null: no worker has told of it. */
  readonly budget: Budget | null;
  /** Sessions taken out of the budgets of this day and month, and when these renew. */
  readonly day: { readonly used: number; readonly endsAt: number };
  readonly month: { readonly used: number; readonly endsAt: number };
  /** Deliveries that have waited longer for the budget than this one. */
  readonly budgetQueue: number;
  readonly pair: { readonly burst: number; readonly intervalMs: number } | null;
};

export type GateFacts = {
  readonly state: 'open' | 'until' | 'paused';
  readonly reason: string;
  readonly since: number | null;
  readonly until: number | null;
  readonly by: string;
  /** The name that an operator gave. */
  readonly who?: string;
  /** From where it was done. */
  readonly source?: string;
  /** How often in a row the breaker has closed it. */
  readonly trips: number;
};

export type QueueFacts = {
  /** Workers that serve the account. */
  readonly workers: number;
  /** Jobs that a worker may fetch now. */
  readonly due: number;
  readonly paused: boolean;
  /** Nobody fetches until then: the account's pace, or its gate. */
  readonly restsUntil: number | null;
};
