import { RECEIPTS, type Receipt } from './callback.js';
import { MINUTE } from './time.js';

/** Where a delivery is. Up to `accepted` it moves by the table below, after it by receipts. */
export const STATUSES = [
  'queued',
  'waiting',
  'held',
  'sending',
  'unknown',
  'accepted',
  'sent',
  'delivered',
  'read',
  'failed',
  'expired',
  'cancelled',
] as const;
/**
 * Where a delivery is; ARCHITECTURE.md draws how it moves.
 * @useDeclaredType
 */
export type Status = (typeof STATUSES)[number];

/** Why a delivery waits: for a time or for its turn. */
export const WAIT_REASONS = ['schedule', 'lane', 'limit', 'backoff', 'preflight', 'data_key'] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** Why a delivery is held: for an event. */
export const HOLD_REASONS = ['window', 'budget', 'account'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

const MOVES: Readonly<Record<Status, readonly Status[]>> = {
  queued: ['waiting', 'held', 'sending', 'failed', 'expired', 'cancelled'],
  waiting: ['waiting', 'held', 'sending', 'failed', 'expired', 'cancelled'],
  held: ['waiting', 'held', 'sending', 'failed', 'expired', 'cancelled'],
  sending: ['waiting', 'held', 'unknown', 'accepted', 'failed'],
  // A late answer of its attempt may still come; `unknown` again once nobody will ask any more.
  unknown: ['waiting', 'held', 'accepted', 'failed', 'unknown'],
  accepted: ['sent', 'delivered', 'read', 'failed'],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read'],
  read: [],
  // A receipt that says delivered after one that said failed corrects it; `sent`, where it was only presumed.
  failed: ['sent', 'delivered', 'read'],
  expired: [],
  cancelled: [],
};

/** Whether the move is one that the record's writers may make. */
export function mayMove(from: Status, to: Status): boolean {
  return MOVES[from].includes(to);
}

/** Statuses from which a delivery may still be sent for the first time, or again. */
export const UNSENT: readonly Status[] = ['queued', 'waiting', 'held'];

/**
 * A delivery as people see it. Pausing an account writes nothing to its deliveries, so that it costs nothing however many
 * are queued; what is queued is held all the same.
 */
export function underGate<Delivery extends { readonly status: Status; readonly reason: string }>(
  delivery: Delivery,
  isPaused: boolean,
): Delivery {
  if (!isPaused || delivery.status !== 'queued') return delivery;
  return { ...delivery, status: 'held', reason: 'account' };
}

/** Nothing more will be sent for it; receipts may still come after acceptance. */
export function isEnded(status: Status): boolean {
  return !UNSENT.includes(status) && status !== 'sending' && status !== 'unknown';
}

export function isStatus(text: unknown): text is Status {
  return (STATUSES as readonly unknown[]).includes(text);
}

/** First-seen times of the receipts that have come, epoch milliseconds. */
export type Receipts = Readonly<Partial<Record<Receipt, number>>>;

/** Nothing more came within the time that an unconfirmed failure is given: a fact of ours, beside the receipts. */
const PRESUMED = 'presumed';

/** What of an accepted delivery decides its status. */
export type StatusFacts = Receipts & { readonly [PRESUMED]?: number };

/**
 * How long an unconfirmed failure may be refuted before it counts: longer than the provider's first three repetitions
 * of a call take (at once, after 5 and 20 minutes), since the receipt that refutes it may be among them.
 */
export const UNCONFIRMED_MS = 30 * MINUTE;

/**
 * The fact that decides the status is the first of these that there is: read implies delivered, a failure
 * does not undo a delivery, and a late `sent` undoes a failure only where it was presumed. `unconfirmed` alone decides
 * nothing. The scripts get the same list.
 */
export const RECEIPT_PRECEDENCE: readonly (keyof StatusFacts)[] = [
  'read',
  'delivered',
  'failed',
  'sent',
  PRESUMED,
];

/** The status of an accepted delivery, whatever order its receipts came in and however often. */
export function statusByReceipts(facts: StatusFacts): Status {
  const deciding = RECEIPT_PRECEDENCE.find((fact) => facts[fact] !== undefined) ?? 'accepted';
  if (deciding === PRESUMED) return 'failed';
  return deciding === 'unconfirmed' ? 'accepted' : deciding;
}

/** When an unconfirmed failure will count; null where there is none, or something else has come. */
export function presumedFailedAt(receipts: Receipts): number | null {
  const { unconfirmed, ...others } = receipts;
  return unconfirmed === undefined || Object.keys(others).length > 0 ? null : unconfirmed + UNCONFIRMED_MS;
}

/** A failure and a delivery have both been reported: kept and flagged, for somebody to look at. */
export function receiptsConflict(receipts: Receipts): boolean {
  return receipts.failed !== undefined && (receipts.delivered ?? receipts.read) !== undefined;
}

export function isReceipt(text: unknown): text is Receipt {
  return (RECEIPTS as readonly unknown[]).includes(text);
}

const PROGRESS: readonly Status[] = ['accepted', 'sent', 'delivered', 'read'];

/** Whether a status is the wanted one or a better one on the way from accepted to read. */
export function reached(status: Status, wanted: Status): boolean {
  if (status === wanted) return true;
  const rank = PROGRESS.indexOf(wanted);
  return rank >= 0 && PROGRESS.indexOf(status) >= rank;
}
