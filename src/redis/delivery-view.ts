import { isOutcome, type OutcomeKind } from '../domain/outcome.js';
import { isReceipt, isStatus, type Receipts, receiptsConflict, type Status } from '../domain/status.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { accountKeys } from './keys.js';

/** An attempt as the timeline has it. Times in epoch milliseconds. */
export type AttemptView = {
  readonly number: number;
  readonly at: number;
  readonly send: string;
  readonly outcome: OutcomeKind | null;
  readonly reason: string;
  readonly detail: string;
};

export type TimelineEntry = { readonly at: number; readonly status: Status; readonly reason: string };

/** All that is known of a delivery. Times in epoch milliseconds; null: not known, or not yet. */
export type DeliveryView = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly status: Status;
  /** Why it waits, is held, or ended. */
  readonly reason: string;
  readonly createdAt: number;
  readonly sendAt: number;
  readonly expiresAt: number;
  readonly attempts: readonly AttemptView[];
  readonly timeline: readonly TimelineEntry[];
  readonly receipts: Receipts;
  readonly receiptsConflict: boolean;
  readonly failureCode: string | null;
  readonly unique: string | null;
  /** The provider's clock. */
  readonly acceptedAt: number | null;
  readonly windowLeftMs: number | null;
  readonly window: { readonly closesAt: number | null };
  readonly session: { readonly openedAt: number | null };
  /** Deliveries in its lane that go before it. */
  readonly ahead: number | null;
  readonly notBefore: number | null;
  readonly originalRequest: string | null;
  /** Why the request was refused, as JSON pointers and words; for jobs of other BullMQ clients. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** The request as it stands in the queue; null once its job has gone. */
  readonly request: unknown;
};

/** Reads a delivery; null when the account has none by this id. */
export async function readDelivery(
  redis: Redis,
  prefix: string,
  asked: { readonly from: string; readonly id: string },
): Promise<DeliveryView | null> {
  const keys = accountKeys(prefix, asked.from);
  const record = await redis.hgetall(keys.record(asked.id));
  const status = record.status;
  if (!isStatus(status)) return null;
  const to = record.to ?? '';
  const recipient = await canonicalRecipient(redis, keys, to);
  const [conversation, ahead, job] = await Promise.all([
    redis.hgetall(keys.conv(recipient)),
    redis.zrank(keys.lane(recipient), asked.id),
    redis.hget(keys.job(record.job ?? `d-${asked.id}`), 'data'),
  ]);
  const receipts = readReceipts(record);
  return {
    ...asked,
    to,
    status,
    reason: record.reason ?? '',
    createdAt: Number(record.createdAt),
    sendAt: Number(record.sendAt) || Number(record.createdAt),
    expiresAt: Number(record.expiresAt),
    ...readTimeline(record.timeline ?? ''),
    receipts,
    receiptsConflict: receiptsConflict(receipts),
    failureCode: record.failureCode ?? null,
    unique: record.unique || null,
    acceptedAt: numberOrNull(record.acceptedAt),
    windowLeftMs: numberOrNull(record.windowLeftMs),
    window: { closesAt: numberOrNull(conversation.closesAt) },
    session: { openedAt: numberOrNull(conversation.sessionAt) },
    ahead,
    notBefore: numberOrNull(record.pairAt ?? record.notBefore),
    originalRequest: record.originalRequest ?? null,
    errors: readErrors(record.errors),
    request: parseJson(job ?? record.request ?? 'null'),
  };
}

function readTimeline(text: string) {
  const timeline: TimelineEntry[] = [];
  const attempts: AttemptView[] = [];
  for (const line of text.split('\n')) {
    const [kind, at, ...fields] = line.split('\t');
    if (kind === 'status') {
      const [status, reason = ''] = fields;
      if (isStatus(status)) timeline.push({ at: Number(at), status, reason });
    }
    if (kind === 'attempt') {
      const [number, send = '', outcome, reason = '', detail = ''] = fields;
      const known = isOutcome(outcome) ? outcome : null;
      attempts.push({ number: Number(number), at: Number(at), send, outcome: known, reason, detail });
    }
  }
  return { timeline, attempts };
}

function readReceipts(record: Readonly<Record<string, string>>): Receipts {
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

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
