import { findRecipient, isNumber } from '../domain/recipient.js';
import { DAY, MINUTE } from '../domain/time.js';

/** A JSON object whose fields are not trusted. */
export type Fields = Readonly<Record<string, unknown>>;

// The provider did not exist before WhatsApp did: what is older is not a time.
const EARLIEST_TIME = 1_230_768_000_000;
/** The last that a `Date` can hold. */
const LATEST_TIME = 8_640_000_000_000_000;
// Seconds until the year 5138, milliseconds since 1973 and until 5138: no real time is taken for another unit.
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;

// How absent values are spelt by senders who turn everything into text.
const SPELT_ABSENCE = new Set(['', 'false', 'null', 'undefined', 'none']);

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field's text, trimmed; an integer is taken as its digits. Only own fields count, never inherited ones. */
export function readText(fields: Fields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return SPELT_ABSENCE.has(text.toLowerCase()) ? null : text;
}

/** A number, also when it is spelt as text. */
export function readNumber(fields: Fields, name: string): number | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const text = readText(fields, name);
  return text !== null && /^-?\d{1,16}(\.\d{1,9})?$/.test(text) ? Number(text) : null;
}

/** What the provider tells is somebody's number on WhatsApp, whatever the numbering plans say of it. */
const NUMBER = /^[1-9]\d{7,14}$/;

/** A client, by number or by `from_id`. */
export function readRecipient(fields: Fields, name: string): string | null {
  const text = readText(fields, name) ?? '';
  if (NUMBER.test(text)) return text;
  const parsed = findRecipient(text.replace(/^\+/, ''));
  return parsed.ok ? parsed.recipient : null;
}

/** A phone number's digits. */
export function readPhone(fields: Fields, name: string): string | null {
  const recipient = readRecipient(fields, name);
  return recipient !== null && isNumber(recipient) ? recipient : null;
}

/** A `from_id` such as `IL.1605856887361213`: a client who hides the number. */
export function readFromId(fields: Fields, name: string): string | null {
  const recipient = readRecipient(fields, name);
  return recipient !== null && !isNumber(recipient) ? recipient : null;
}

/** The provider's opaque id of a message: any printable text without spaces. */
export function readUnique(fields: Fields, name: string): string | null {
  const text = readText(fields, name) ?? '';
  return /^[\x21-\x7e]{1,256}$/.test(text) ? text : null;
}

/** A short code, fit for a record and a log line. */
export function readCode(fields: Fields, name: string): string | null {
  const text = readText(fields, name) ?? '';
  return /^[\w.-]{1,32}$/.test(text) ? text : null;
}

/** Epoch milliseconds from seconds, milliseconds, microseconds or ISO 8601; what is before WhatsApp is no time. */
export function readTime(fields: Fields, name: string): number | null {
  const time = readIsoTime(fields, name) ?? readEpoch(fields, name);
  return time !== null && time >= EARLIEST_TIME && time <= LATEST_TIME ? time : null;
}

function readEpoch(fields: Fields, name: string): number | null {
  const number = readNumber(fields, name);
  if (number === null) return null;
  if (number < SECONDS_BELOW) return Math.floor(number * 1000);
  return Math.floor(number < MILLISECONDS_BELOW ? number : number / 1000);
}

/** With its zone: without one it may be any of a day's. */
function readIsoTime(fields: Fields, name: string): number | null {
  const [, day, clock, zone] = ISO_TIME.exec(readText(fields, name) ?? '') ?? [];
  const time = zone === undefined ? Number.NaN : Date.parse(`${day}T${clock}${zoneOf(zone)}`);
  return Number.isNaN(time) ? null : time;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|[+-]\d\d:?\d\d)$/i;

function zoneOf(zone: string): string {
  return zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
}

/** Minutes left of a 24 h window, as milliseconds; what no window can have left is not believed. */
export function readMinutes(fields: Fields, name: string): number | null {
  const minutes = readNumber(fields, name);
  if (minutes === null || minutes < 0 || minutes * MINUTE > DAY) return null;
  return Math.floor(minutes * MINUTE);
}
