import type {
  Callback,
  InboundCallback,
  OtherCallback,
  Receipt,
  ReceiptCallback,
} from '../domain/callback.js';
import { DAY, MINUTE } from '../domain/time.js';
import { isExplained, readFailure } from './failure.js';
import {
  type Fields,
  isFields,
  readFromId,
  readMinutes,
  readNumber,
  readPhone,
  readRecipient,
  readText,
  readTime,
  readUnique,
} from './fields.js';

// From public integrators' readings; the provider's pages name only some of them. 4: a voice message was played.
const RECEIPT_BY_ACK = new Map<number, Receipt>([
  [-1, 'failed'],
  [0, 'unconfirmed'],
  [1, 'sent'],
  [2, 'delivered'],
  [3, 'read'],
  [4, 'read'],
]);
const SYSTEM_TYPES = new Set(['update', 'issues', 'template']);

/** The provider repeats a call for a day, and clocks differ by minutes: what is outside, no right clock has said. */
const OLDEST_MS = 30 * DAY;
const CLOCK_SKEW_MS = 10 * MINUTE;

/**
 * What one callback says. Never throws: what is not understood is `other`, with a name from a bounded set.
 * The body's `status` is always "OK" and is not looked at. `now` (epoch ms): when it came.
 */
export function parseCallback(value: unknown, now: number): Callback {
  if (!isFields(value)) return { kind: 'other', account: null, name: 'not_an_object' };
  switch (readText(value, 'hook')?.toLowerCase()) {
    case 'new':
      return parseInbound(value, now) ?? other(value, 'inbound_incomplete');
    case 'update':
      return parseUpdate(value, now);
    case 'system':
      return parseSystem(value, now);
    case undefined:
      return other(value, 'hook_missing');
    default:
      return other(value, 'hook_unlisted');
  }
}

/** `from` is the client and `to` our account. */
function parseInbound(fields: Fields, now: number): InboundCallback | OtherCallback | null {
  const account = readPhone(fields, 'to');
  const unique = readUnique(fields, 'unique');
  const [number, fromId] = [readClientNumber(fields), readClientFromId(fields)];
  if (account === null || unique === null || (number ?? fromId) === null) return null;
  const windowLeftMs = readMinutes(fields, 'conversationTimeLeft');
  // Old, and nothing shows that its window is open: somebody has recorded it.
  if (isTooOld(readTime(fields, 'timestamp'), now) && !windowLeftMs) return other(fields, 'inbound_too_old');
  return {
    kind: 'inbound',
    account,
    number,
    fromId,
    unique,
    timestamp: readPlausibleTime(fields, now),
    windowLeftMs,
    quotedUnique: readUnique(fields, 'quoteUnique'),
  };
}

// `from` holds the client's number or, when the client hides it, the `from_id`; two more fields may tell the rest.
function readClientNumber(fields: Fields): string | null {
  return readPhone(fields, 'from') ?? readPhone(fields, 'phone');
}

function readClientFromId(fields: Fields): string | null {
  return readFromId(fields, 'from_id') ?? readFromId(fields, 'from');
}

/** `from` is the *recipient* and `to` our account: reversed against the send call. */
function parseUpdate(fields: Fields, now: number): Callback {
  const ack = readNumber(fields, 'ack');
  const receipt = ack === null ? undefined : RECEIPT_BY_ACK.get(ack);
  if (receipt === undefined) return other(fields, ackName(ack));
  const recipient = readClientNumber(fields) ?? readClientFromId(fields);
  const isFailure = receipt === 'unconfirmed' && isExplained(readFailure(fields));
  return parseReceipt(fields, { receipt: isFailure ? 'failed' : receipt, recipient }, now);
}

function ackName(ack: number | null): string {
  return ack !== null && Number.isInteger(ack) && ack >= 0 && ack <= 9 ? `ack_${ack}` : 'ack_unlisted';
}

/** Of the system's words only `messages` is about one message: it failed. */
function parseSystem(fields: Fields, now: number): Callback {
  const type = readText(fields, 'type')?.toLowerCase() ?? '';
  if (type !== 'messages')
    return other(fields, SYSTEM_TYPES.has(type) ? `system_${type}` : 'system_unlisted');
  const recipient = readRecipient(fields, 'messageTo');
  return parseReceipt(fields, { receipt: 'failed', recipient }, now);
}

function parseReceipt(
  fields: Fields,
  { receipt, recipient }: Pick<ReceiptCallback, 'receipt' | 'recipient'>,
  now: number,
): ReceiptCallback | OtherCallback {
  const account = readPhone(fields, 'to');
  const unique = readUnique(fields, 'unique');
  if (account === null || unique === null) return other(fields, 'receipt_incomplete');
  const { code, reason } = receipt === 'failed' ? readFailure(fields) : NO_FAILURE;
  const timestamp = readPlausibleTime(fields, now);
  return { kind: 'receipt', account, recipient, unique, receipt, code, reason, timestamp };
}

const NO_FAILURE = { code: null, reason: null };

/** A time that no right clock has said is as good as none: that of the arrival is nearer to the truth. */
function readPlausibleTime(fields: Fields, now: number): number | null {
  const timestamp = readTime(fields, 'timestamp');
  return isTooOld(timestamp, now) || isInFuture(timestamp, now) ? null : timestamp;
}

function isTooOld(timestamp: number | null, now: number): boolean {
  return timestamp !== null && timestamp < now - OLDEST_MS;
}

function isInFuture(timestamp: number | null, now: number): boolean {
  return timestamp !== null && timestamp > now + CLOCK_SKEW_MS;
}

function other(fields: Fields, name: string): OtherCallback {
  return { kind: 'other', account: readPhone(fields, 'to'), name };
}
