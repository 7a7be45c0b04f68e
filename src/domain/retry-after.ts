import { HOUR, SECOND } from './time.js';

const SECONDS = /^([+-]?\d+(?:\.\d+)?)(?:\s*,.*)?$/;
/** IMF-fixdate, RFC 850 and ISO 8601, each with its zone. */
const DATES = [
  /^[a-z]{3}, \d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:gmt|utc|[+-]\d{4})$/i,
  /^[a-z]{6,9}, \d{2}-[a-z]{3}-\d{2} \d{2}:\d{2}:\d{2} gmt$/i,
  /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:z|[+-]\d{2}:?\d{2})$/i,
];
/** C's asctime names no zone and means GMT. */
const ASCTIME = /^[a-z]{3} [a-z]{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4}$/i;

/**
 * `Retry-After`, in seconds or as a date, clamped to 1 s … 1 h; null when there is none. A header that cannot be read
 * still asks to wait: it counts as the shortest wait. Of a repeated header the first value counts.
 */
export function parseRetryAfter(
  header: string | readonly string[] | null | undefined,
  now: number,
): number | null {
  const text = ([header].flat()[0] ?? '').trim();
  if (text === '') return null;
  const seconds = SECONDS.exec(text)?.[1];
  const waitMs = seconds === undefined ? timeOf(text) - now : Number(seconds) * SECOND;
  return Number.isNaN(waitMs) ? SECOND : Math.round(Math.min(Math.max(waitMs, SECOND), HOUR));
}

/** Only the forms that are dates for sure: `Date.parse` also reads "later 1", and what has no zone as local time. */
function timeOf(text: string): number {
  if (ASCTIME.test(text)) return Date.parse(`${text} GMT`);
  return DATES.some((form) => form.test(text)) ? Date.parse(text) : Number.NaN;
}
