import { DAY, MINUTE } from './time.js';

/** A span of the calendar in some time zone; `endsAt` in epoch milliseconds: when its budget renews. */
export type Period = { readonly name: string; readonly endsAt: number };

export type Periods = { readonly day: Period; readonly month: Period };

/** `2026-11-22` and `2026-11` as they are at this moment in the time zone (IANA). */
export function periodsAt(now: number, timeZone: string): Periods {
  const last = latest.get(timeZone);
  if (last !== undefined && last.from <= now && now < last.periods.day.endsAt) return last.periods;
  const periods = findPeriods(now, timeZone);
  latest.set(timeZone, { from: now, periods });
  return periods;
}

/** Finding them is dear beside a claim, and they change once a day. */
const latest = new Map<string, { readonly from: number; readonly periods: Periods }>();

function findPeriods(now: number, timeZone: string): Periods {
  const { year, month, day } = dateIn(timeZone, now);
  return {
    day: { name: nameOf(year, month, day), endsAt: midnight(timeZone, Date.UTC(year, month - 1, day + 1)) },
    month: { name: nameOf(year, month), endsAt: midnight(timeZone, Date.UTC(year, month, 1)) },
  };
}

type CalendarDate = { readonly year: number; readonly month: number; readonly day: number };

/**
 * The first moment of a date (given as if it were in UTC) in the time zone. Clocks that change at midnight make a
 * date begin late, or twice: its earliest moment counts.
 */
function midnight(timeZone: string, date: number): number {
  const wanted = new Date(date).toISOString().slice(0, 10);
  const has = (at: number) => {
    const { year, month, day } = dateIn(timeZone, at);
    return nameOf(year, month, day) >= wanted;
  };
  // No zone is further than 14 h from UTC; every zone's midnight falls on a whole quarter of an hour.
  const step = 15 * MINUTE;
  let [before, after] = [Math.floor((date - DAY) / step), Math.ceil((date + DAY) / step)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (has(middle * step)) after = middle;
    else before = middle;
  }
  return after * step;
}

function nameOf(...parts: readonly number[]): string {
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function dateIn(timeZone: string, at: number): CalendarDate {
  const known = formatters.get(timeZone);
  const format =
    known ?? new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  formatters.set(timeZone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return { year: parts.get('year') ?? 0, month: parts.get('month') ?? 0, day: parts.get('day') ?? 0 };
}
