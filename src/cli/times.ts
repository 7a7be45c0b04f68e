import { formatSpan } from '../domain/span.js';

/** `2026-11-22 11:30:05` on this machine's clock, or in the given time zone. */
export function formatTime(at: number, timeZone?: string): string {
  // Swedish writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(at);
}

/** `2026-11-22 11:30:05 (in 5 min)`, or `(… ago)`. */
export function formatWhen(at: number, now: number): string {
  const span = formatSpan(Math.abs(at - now));
  return `${formatTime(at)} (${at >= now ? `in ${span}` : `${span} ago`})`;
}
