import type { SendKind } from './delivery.js';
import type { EarlierLooks } from './preflight.js';
import type { Status } from './status.js';
import type { WindowFacts } from './window.js';

/** Facts as `claim` found them, by Redis's clock (epoch milliseconds). */
export type ClaimFacts = {
  readonly now: number;
  readonly expiresAt: number;
  /** Attempts made so far, this one included when it was allowed. */
  readonly attempts: number;
  readonly window: WindowFacts;
};

/** Why a claim was refused; nothing was booked but the pair limit's turn (`pair`). */
export type Refusal =
  | { readonly why: 'expired' }
  | { readonly why: 'schedule' | 'backoff' | 'pair' | 'rate'; readonly until: number }
  | { readonly why: 'lane' }
  /** A session would have to be opened, and the budget is used up until then. */
  | { readonly why: 'budget'; readonly until: number }
  /** Closed until a time (throttled, breaker). */
  | { readonly why: 'gate_until'; readonly until: number; readonly reason: string }
  /** Closed until an operator or a good probe opens it. */
  | { readonly why: 'gate_paused'; readonly reason: string }
  | { readonly why: 'window' }
  /** Nothing is known of the window, and the account wants the history to be asked. */
  | { readonly why: 'window_unknown' }
  /** The account wants the link to be looked at first. */
  | { readonly why: 'preflight'; readonly before: EarlierLooks }
  /** A template was to go, but meanwhile the client has written. */
  | { readonly why: 'window_open' }
  | { readonly why: 'attempts' };

/** An attempt of which nobody knows what became, and what was done to find out. Epoch milliseconds. */
export type DoubtFacts = {
  readonly attempt: string;
  readonly send: SendKind;
  readonly startedAt: number;
  /** When no sender could still be sending it. */
  readonly horizonAt: number;
  /** When the history was last asked; null: never. */
  readonly lastReadAt: number | null;
  /** Readings late enough to count that did not show the message. */
  readonly absentReads: number;
  /** Something was seen of the conversation since: worth asking at once. */
  readonly hinted: boolean;
};

/** What a claim came to. */
export type Claim =
  | {
      readonly kind: 'go';
      readonly send: SendKind;
      readonly facts: ClaimFacts;
      /** The account's pace: wait this long before dispatch, 250 ms at most. */
      readonly paceMs: number;
      readonly dueAt: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly facts: ClaimFacts }
  /** No record has this id: the job was added by another BullMQ client. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'ended';
      readonly status: Status;
      readonly unique: string | null;
      readonly reason: string;
    }
  /** Another attempt began and never told its end. */
  | { readonly kind: 'in_flight'; readonly attempt: string; readonly startedAt: number; readonly now: number }
  | { readonly kind: 'unknown'; readonly doubt: DoubtFacts; readonly facts: ClaimFacts };
