import type { UnknownPolicy } from './account.js';
import { DAY, HOUR, MINUTE, SECOND } from './time.js';
import { type WindowFacts, windowState } from './window.js';

/** After this an unknown outcome is final: most did arrive, so it is never called failed. */
export const UNKNOWN_ENDS_MS = DAY;

/** When the history is asked about an unknown outcome, counted from the attempt's start; hourly from then on. */
export const READS_AFTER_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 12 * MINUTE, 20 * MINUTE, HOUR] as const;

/** So many complete readings after horizon and lag must show nothing before a message counts as absent. */
export const ABSENT_READS = 2;

/** When to ask next, epoch milliseconds. Readings that were missed are made up for by one. */
export function nextReadAt(startedAt: number, lastReadAt: number | null): number {
  if (lastReadAt === null) return startedAt + READS_AFTER_MS[0];
  const scheduled = READS_AFTER_MS.map((ms) => startedAt + ms).find((at) => at > lastReadAt);
  return scheduled ?? lastReadAt + HOUR;
}

type Resend = {
  readonly policy: UnknownPolicy;
  readonly absentReads: number;
  readonly expiresAt: number;
  readonly window: WindowFacts;
};

/** Whether an attempt that is nowhere to be seen may be repeated now. */
export function mayResend({ policy, absentReads, expiresAt, window }: Resend, now: number): boolean {
  if (policy !== 'resend_if_absent' || absentReads < ABSENT_READS) return false;
  return now < expiresAt && windowState(window, now) !== 'closed';
}
