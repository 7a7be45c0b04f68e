import type { Acceptance } from '../domain/outcome.js';
import { type Fields, readFields, readMinutesLeft, readNumber, readText, readTimestamp } from './fields.js';

/** An answer's body, read. `unreadable` says neither OK nor FAIL. */
export type Reply =
  | { readonly kind: 'ok'; readonly acceptance: Acceptance; readonly fields: Fields }
  | {
      readonly kind: 'fail';
      /** The reason's number as text; null when the answer had none that can be read. */
      readonly reason: string | null;
      readonly windowLeftMs: number | null;
      /** What else the provider said, unsanitised. */
      readonly message: string;
    }
  | { readonly kind: 'unreadable'; readonly why: Unreadable };

export type Unreadable = 'empty' | 'not_json' | 'no_status';

export type Json =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'empty' | 'not_json' };

const LARGEST_REASON = 9999;
const utf8 = new TextDecoder('utf-8');

/** Reads an answer to Send File, Send Template or a webhook call. Never throws, whatever the bytes. */
export function parseReply(body: Uint8Array): Reply {
  const json = parseJson(body);
  if (json.kind !== 'json') return { kind: 'unreadable', why: json.kind };
  const fields = readFields(json.value);
  const status = readText(fields?.status)?.toUpperCase();
  if (fields !== null && status === 'OK') return { kind: 'ok', acceptance: readAcceptance(fields), fields };
  if (fields !== null && status === 'FAIL') return readFail(fields);
  return { kind: 'unreadable', why: 'no_status' };
}

/**
 * The content type and its charset are not asked: what the provider's pages promise as JSON may come as
 * text/html, and everything read here is ASCII. A byte order mark is skipped.
 */
export function parseJson(body: Uint8Array): Json {
  const text = utf8.decode(body).trim();
  if (text === '') return { kind: 'empty' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'not_json' };
  }
}

function readAcceptance(fields: Fields): Acceptance {
  const originalRequest = readOriginalRequest(fields.originalRequest);
  return {
    unique: readText(fields.unique),
    timestamp: readTimestamp(fields.timestamp),
    windowLeftMs: readMinutesLeft(fields.templateTimeLeft),
    ...(originalRequest === null ? {} : { originalRequest }),
  };
}

function readOriginalRequest(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return readText(value);
  try {
    return JSON.stringify(value, (name, field) => (name.toLowerCase() === 'apikey' ? undefined : field));
  } catch {
    // JSON.parse reads nesting that JSON.stringify has no stack for.
    return null;
  }
}

function readFail(fields: Fields): Reply {
  return {
    kind: 'fail',
    reason: readReason(fields.reason),
    windowLeftMs: readMinutesLeft(fields.templateTimeLeft),
    message: [fields.message, fields.error, fields.description].map(readText).find(isText) ?? '',
  };
}

/** `6`, `"6"` and `" 06 "` are one reason. Larger numbers are no reasons: they may be somebody's phone. */
function readReason(value: unknown): string | null {
  const number = readNumber(value);
  const isReason = number !== null && Number.isInteger(number) && number >= 0 && number <= LARGEST_REASON;
  return isReason ? String(Math.abs(number)) : null;
}

function isText(text: string | null): text is string {
  return text !== null;
}
