import { HOUR, SECOND } from '../domain/time.js';

const SECONDS = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * `Retry-After`, in seconds or as an HTTP date, clamped to 1 s … 1 h; null when there is none. A header that
 * cannot be read still asks to wait: it counts as the shortest wait.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const waitMs = SECONDS.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? SECOND : Math.round(Math.min(Math.max(waitMs, SECOND), HOUR));
}
