import { nextReadAt, UNKNOWN_ENDS_MS } from '../domain/doubt.js';
import { operatorsWord } from '../domain/explain/facts.js';
import type { Sealer } from '../domain/seal.js';
import {
  isReceipt,
  isStatus,
  type Receipts,
  receiptsConflict,
  type Status,
  underGate,
} from '../domain/status.js';
import type { ValidationFault } from '../errors.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { accountKeys } from './keys.js';
import { parseJson } from './parse-json.js';
import { type PrivateView, readPrivate } from './private-view.js';
import { readTimeline, type Timeline } from './timeline.js';

/** All that is known of a delivery. Times in epoch milliseconds; null: not known, or not yet. */
export type DeliveryView = Timeline &
  PrivateView & {
    /** Unique in its account. */
    readonly id: string;
    /** The account's number. */
    readonly from: string;
    /** The recipient as the request wrote it: digits, or a `from_id`. */
    readonly to: string;
    /** Where it is. */
    readonly status: Status;
    /** Why it waits, is held, or ended. */
    readonly reason: string;
    /** Since when it has this status. */
    readonly statusAt: number;
    /** When it was enqueued. */
    readonly createdAt: number;
    /** Not sent before. */
    readonly sendAt: number;
    /** Not sent after. */
    readonly expiresAt: number;
    /** When each kind of receipt was first reported. */
    readonly receipts: Receipts;
    /** It was reported both failed and delivered. */
    readonly receiptsConflict: boolean;
    /** Of a failure that was reported after acceptance: the provider's code. */
    readonly failureCode: string | null;
    /** The provider's words for that failure, numbers masked. */
    readonly failureReason: string | null;
    /** The provider's id of the message, from its acceptance on. */
    readonly unique: string | null;
    /** The provider's clock; by the word of an operator, when the attempt began. */
    readonly acceptedAt: number | null;
    /** By whose word it counts as accepted: the provider's answer or its history, or an operator's. */
    readonly acceptedBy: 'provider' | 'history' | 'operator' | null;
    /** Milliseconds that the customer window had left, as the provider said at acceptance. */
    readonly templateTimeLeftMs: number | null;
    /** The recipient's customer window. */
    readonly window: {
      /** When it closes. */
      readonly closesAt: number | null;
    };
    /** The paid session of the conversation. */
    readonly session: {
      /** When it was opened. */
      readonly openedAt: number | null;
    };
    /** Deliveries in its lane that go before it. */
    readonly ahead: number | null;
    /** The next time at which it may be sent, where it has to wait for one. */
    readonly notBefore: number | null;
    /** Of an unknown outcome: when no sender can still be sending it. */
    readonly horizonAt: number | null;
    /** Of an unknown outcome: when the provider's history is asked next. */
    readonly nextReadAt: number | null;
    /** The delivery that this one repeats, by `resend`. */
    readonly resendOf: string | null;
    /** The delivery that was made of this one by `resend`. */
    readonly resentAs: string | null;
    /** Why the request was refused, as JSON pointers and words; for jobs of other BullMQ clients. */
    readonly errors: readonly ValidationFault[];
  };

/** Reads a delivery; null when the account has none by this id. */
export async function readDelivery(
  redis: Redis,
  prefix: string,
  asked: { readonly from: string; readonly id: string; readonly sealer: Sealer },
): Promise<DeliveryView | null> {
  const keys = accountKeys(prefix, asked.from);
  const record = await redis.hgetall(keys.record(asked.id));
  if (record.status === undefined) return null;
  const recipient = await canonicalRecipient(redis, keys, record.to ?? '');
  const [conversation, ahead, job, gate] = await Promise.all([
    redis.hgetall(keys.conv(recipient)),
    redis.zrank(keys.lane(recipient), asked.id),
    redis.hget(keys.job(record.job ?? `d-${asked.id}`), 'data'),
    redis.hget(keys.fixed.gate, 'state'),
  ]);
  return viewOf({ ...asked, record, conversation, ahead, job, isPaused: gate === 'paused' });
}

type Rows = {
  readonly from: string;
  readonly id: string;
  readonly sealer: Sealer;
  readonly record: DeliveryRecord;
  readonly conversation: Readonly<Record<string, string>>;
  readonly ahead: number | null;
  /** The job's data. */
  readonly job: string | null;
  /** The account's gate is closed until somebody opens it. */
  readonly isPaused: boolean;
};

/** A delivery as its rows tell it; null when there is no record. */
export function viewOf(rows: Rows): DeliveryView | null {
  const { from, id, sealer, record, conversation, ahead, job, isPaused } = rows;
  if (!isStatus(record.status)) return null;
  const shown = underGate({ status: record.status, reason: record.reason ?? '' }, isPaused);
  const receipts = readReceipts(record);
  const lines = readTimeline(record);
  return {
    from,
    id,
    to: record.to ?? '',
    status: shown.status,
    reason: shown.reason,
    statusAt: Number(record.statusAt),
    createdAt: Number(record.createdAt),
    sendAt: Number(record.sendAt) || Number(record.createdAt),
    expiresAt: Number(record.expiresAt),
    ...lines,
    receipts,
    receiptsConflict: receiptsConflict(receipts),
    failureCode: record.failureCode ?? null,
    failureReason: record.failureReason ?? null,
    unique: record.unique || null,
    acceptedAt: numberOrNull(record.acceptedAt),
    acceptedBy: record.acceptedAt === undefined ? null : acceptedBy(lines),
    templateTimeLeftMs: numberOrNull(record.windowLeftMs),
    window: { closesAt: numberOrNull(conversation.closesAt) },
    session: { openedAt: numberOrNull(conversation.sessionAt) },
    ahead,
    notBefore: laterOf(numberOrNull(record.pairAt), numberOrNull(record.notBefore)),
    ...readDoubt(record),
    resendOf: record.resendOf ?? null,
    resentAs: record.resentAs ?? null,
    errors: readErrors(record.errors),
    ...readPrivate(privateRows(record, job), { from, id }, sealer),
  };
}

function acceptedBy({ timeline, attempts }: Timeline): DeliveryView['acceptedBy'] {
  if (operatorsWord(attempts) !== undefined) return 'operator';
  const isProven = timeline.some(({ status, reason }) => status === 'accepted' && reason === 'history');
  return isProven ? 'history' : 'provider';
}

type DeliveryRecord = Readonly<Record<string, string>>;

function privateRows({ originalRequest, metadata }: DeliveryRecord, job: string | null) {
  return { originalRequest, metadata, request: job };
}

function readDoubt({ status, reason, startedAt, horizonAt, lastReadAt, hinted }: DeliveryRecord) {
  if (status !== 'unknown') return { horizonAt: null, nextReadAt: null };
  const [began, lastRead] = [Number(startedAt), numberOrNull(lastReadAt)];
  const readAt = hinted === undefined ? nextReadAt(began, lastRead) : (lastRead ?? began);
  const asksAgain = reason !== 'unresolved' && readAt < began + UNKNOWN_ENDS_MS;
  return { horizonAt: Number(horizonAt), nextReadAt: asksAgain ? readAt : null };
}

function readReceipts(record: DeliveryRecord): Receipts {
  const entries = Object.entries(record).flatMap(([field, value]): [string, number][] => {
    const name = field.startsWith('receipt:') ? field.slice('receipt:'.length) : '';
    return isReceipt(name) ? [[name, Number(value)]] : [];
  });
  return Object.fromEntries(entries);
}

function readErrors(text: string | undefined): DeliveryView['errors'] {
  const parsed = parseJson(text ?? '[]');
  if (!Array.isArray(parsed)) return [];
  return parsed.map((fault) => ({
    pointer: String(fault?.pointer ?? ''),
    detail: String(fault?.detail ?? ''),
  }));
}

/** The turn by the pair limit stays booked until it is used, and is over long before a later time to wait for. */
function laterOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}
