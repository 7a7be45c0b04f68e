import { DAY, MINUTE, SECOND } from '../domain/time.js';

/** Lenient readers of one field. The provider writes numbers as strings and the reverse; null: nothing usable. */
export type Fields = Readonly<Record<string, unknown>>;

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
/** 2001 to 2100 in seconds: outside of it a timestamp is a mistake, or milliseconds. */
const EARLIEST_SECONDS = 1e9;
const LATEST_SECONDS = 4_102_444_800;

export function readFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

export function readText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null;
  // Beyond 2^53 JSON has already lost digits, and an id that is almost right is worse than none.
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !NUMBER.test(value.trim())) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** 0 and 1, as numbers, strings or booleans. */
export function readFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = readText(value)?.toLowerCase();
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : null;
}

/** Unix seconds, or milliseconds when only those make a date of this century; as epoch milliseconds. */
export function readTimestamp(value: unknown): number | null {
  const number = readNumber(value);
  if (number === null) return null;
  if (number >= EARLIEST_SECONDS && number <= LATEST_SECONDS) return Math.round(number * SECOND);
  const isMilliseconds = number >= EARLIEST_SECONDS * SECOND && number <= LATEST_SECONDS * SECOND;
  return isMilliseconds ? Math.round(number) : null;
}

/**
 * Minutes left of a 24 h window, as milliseconds. A negative time, or more than the window ever lasts, is
 * not believed rather than clamped: a clock known to be wrong must not move ours.
 */
export function readMinutesLeft(value: unknown): number | null {
  const minutes = readNumber(value);
  if (minutes === null || minutes < 0 || minutes * MINUTE > DAY) return null;
  return Math.round(minutes * MINUTE);
}
