import { formatSpan } from '../span.js';

/** How times are told: `time` writes one down, in whatever zone its reader is. */
export type Tell = {
  readonly now: number;
  readonly time: (at: number) => string;
};

const NOW = formatSpan(0);

/** `<time> (in 5 min)`, or `(… ago)`. */
export function when(at: number, { now, time }: Tell): string {
  const span = formatSpan(Math.abs(at - now));
  if (span === NOW) return `${time(at)} (now)`;
  return `${time(at)} (${at >= now ? `in ${span}` : `${span} ago`})`;
}

/** The same for what was to come and may be due by now. */
export function soon(at: number, tell: Tell): string {
  return at <= tell.now ? 'at once' : `at ${when(at, tell)}`;
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
