import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.js';

/** `2026-11-22 11:30:05` on this machine's clock, or in the given time zone. */
export function formatTime(at: number, timeZone?: string): string {
  // Swedish writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(at);
}

const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const;

/** The two largest units that count: `23 h 59 min`. */
export function formatSpan(ms: number): string {
  let left = Math.max(0, Math.round(ms / SECOND)) * SECOND;
  const parts: string[] = [];
  for (const [unit, name] of UNITS) {
    const count = Math.floor(left / unit);
    left -= count * unit;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}

/** `2026-11-22 11:30:05 (in 5 min)`, or `(… ago)`. */
export function formatWhen(at: number, now: number): string {
  const span = formatSpan(Math.abs(at - now));
  return `${formatTime(at)} (${at >= now ? `in ${span}` : `${span} ago`})`;
}
