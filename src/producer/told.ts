// Written by `npm run reference` after the schemas: change the words there.

import type { Verb } from '../domain/operation.js';
import type { OutcomeKind } from '../domain/outcome.js';
import type { Status } from '../domain/status.js';
import type { ValidationFault } from '../errors.js';

/** All that is known of a delivery. Times are ISO 8601; null: not known, or not yet. */
export type Delivery = {
  /** The delivery’s id, unique in its account */
  readonly id: string;
  /** The account’s number */
  readonly from: string;
  /** The recipient: digits, or a from_id */
  readonly to: string;
  /** Where the delivery is */
  readonly status: Status;
  /** Why it waits, is held, or ended; null: there is nothing to say */
  readonly reason: string | null;
  /** Since when */
  readonly statusAt: string;
  /** Set while its status is held */
  readonly hold: Hold | null;
  /** When it was enqueued */
  readonly createdAt: string;
  /** Not sent before */
  readonly sendAt: string;
  /** Not sent after */
  readonly expiresAt: string;
  /** The statuses it came to, oldest first */
  readonly timeline: readonly TimelineEntry[];
  /** The attempts to send it that have come to something, oldest first */
  readonly attempts: readonly Attempt[];
  /** Readings of the history that did not settle an unknown outcome */
  readonly asked: readonly HistoryReading[];
  /** Looks at the file’s link before it was sent */
  readonly preflights: readonly LinkCheck[];
  /** What people and apps did to it by hand */
  readonly operations: readonly Operation[];
  /** When each was first reported */
  readonly receipts: Receipts;
  /** Reported both failed and delivered */
  readonly receiptsConflict: boolean;
  /** Of a failure that was reported after acceptance: the provider’s code */
  readonly failureCode: string | null;
  /** The same in the provider’s words, numbers masked */
  readonly failureReason: string | null;
  /** The provider’s id of the message */
  readonly unique: string | null;
  /** The provider’s timestamp; by an operator’s word, when the attempt began */
  readonly acceptedAt: string | null;
  /** By whose word: the provider’s answer, its history, or an operator’s */
  readonly acceptedBy: 'provider' | 'history' | 'operator' | null;
  /** The provider’s templateTimeLeft when it was accepted, in milliseconds */
  readonly templateTimeLeftMs: number | null;
  /** The recipient’s customer window */
  readonly window: CustomerWindow;
  /** The paid session of the conversation */
  readonly session: PaidSession;
  /** Deliveries of its conversation that go before it */
  readonly ahead: number | null;
  /** The next time at which it may be sent, where it has to wait for one */
  readonly notBefore: string | null;
  /** Of an unknown outcome: when no sender can still be sending it */
  readonly horizonAt: string | null;
  /** Of an unknown outcome: when the history is asked next */
  readonly nextReadAt: string | null;
  /** The id of the delivery that this one repeats */
  readonly resendOf: string | null;
  /** The id of the delivery that repeats this one */
  readonly resentAs: string | null;
  /** The provider’s account of the request, where showRequest asked for it */
  readonly originalRequest: string | null;
  /** Why a job of another BullMQ client was refused */
  readonly errors: readonly ValidationFault[];
  /** Why request, metadata and originalRequest cannot be read: their key is not here */
  readonly locked: string | null;
  /** The request’s metadata */
  readonly metadata: Readonly<Record<string, string>>;
  /** The request, null once it is not kept any more; HTTP and the command line leave out its link’s query */
  readonly request: unknown;
};

/** Why a delivery is held. */
export type Hold = {
  /** window, budget or account */
  readonly reason: string;
  /** Since when */
  readonly since: string;
};

/** A status that a delivery came to. */
export type TimelineEntry = {
  /** When it came to this status */
  readonly at: string;
  /** Where the delivery is */
  readonly status: Status;
  /** Why it waits, is held, or ended; null: there is nothing to say */
  readonly reason: string | null;
};

/** An attempt to send a delivery. */
export type Attempt = {
  /** Counted from 1 */
  readonly number: number;
  /** When its outcome became known; it began when the status became sending */
  readonly at: string;
  /** file or template */
  readonly send: string;
  /** What it came to; null: a word of a later version */
  readonly outcome: OutcomeKind | null;
  /** The provider’s reason, or Waybill’s */
  readonly reason: string | null;
  /** The reason in words */
  readonly detail: string | null;
};

/** A reading of the provider’s history that did not settle an unknown outcome. */
export type HistoryReading = {
  /** When the history was read */
  readonly at: string;
  /** What was found */
  readonly found: string;
};

/** A look at the file’s link before it was sent. */
export type LinkCheck = {
  /** When the link was looked at */
  readonly at: string;
  /** What was found */
  readonly found: string;
  /** The same with figures */
  readonly detail: string | null;
};

/** What somebody did to a delivery by hand. */
export type Operation = {
  /** When it was done */
  readonly at: string;
  /** What was done */
  readonly verb: Verb;
  /** A person’s, an API key’s or an app’s name */
  readonly who: string | null;
  /** From where: page, API, or the command line or library with its host */
  readonly source: string | null;
  /** Why, where somebody said so */
  readonly reason: string | null;
};

/** When each was first reported */
export type Receipts = {
  /** When it was reported */
  readonly sent?: string;
  /** When it was reported */
  readonly delivered?: string;
  /** When it was reported */
  readonly read?: string;
  /** When it was reported */
  readonly failed?: string;
  /** When it was reported */
  readonly unconfirmed?: string;
};

/** The recipient’s customer window */
export type CustomerWindow = {
  /** When it closes; null: unknown */
  readonly closesAt: string | null;
};

/** The paid session of the conversation */
export type PaidSession = {
  /** When it was opened; null: there is none */
  readonly openedAt: string | null;
};

/** A delivery as lists show it. Times are ISO 8601; null: not known, or not yet. */
export type ListedDelivery = {
  /** The delivery’s id, unique in its account */
  readonly id: string;
  /** The account’s number */
  readonly from: string;
  /** The recipient: digits, or a from_id */
  readonly to: string;
  /** Where the delivery is */
  readonly status: Status;
  /** Why it waits, is held, or ended; null: there is nothing to say */
  readonly reason: string | null;
  /** When it was enqueued */
  readonly createdAt: string;
  /** Not sent before */
  readonly sendAt: string;
  /** Not sent after */
  readonly expiresAt: string;
  /** The provider’s id of the message */
  readonly unique: string | null;
  /** Of a failure that was reported after acceptance: the provider’s code */
  readonly failureCode: string | null;
  /** The same in the provider’s words, numbers masked */
  readonly failureReason: string | null;
  /** Of an unknown outcome: when no sender can still be sending it */
  readonly horizonAt: string | null;
};
