import type { Outcome } from './outcome.js';
import { SECOND } from './time.js';

/** What an attempt tells of the provider: it serves us, it does not, or nothing can be said. */
export type Health = 'good' | 'bad' | 'none';

/** So many bad attempts in a row close the gate. */
export const FAILURES_ALLOWED = 5;

const SHORTEST_MS = SECOND;
const LONGEST_MS = 60 * SECOND;

/** Our own doing: nothing was asked of the provider, nobody waited for its answer, or it is long ago. */
const OURS: readonly string[] = [
  'stale',
  'aborted',
  'closed',
  'absent',
  'operator',
  'worker_lost',
  'released',
];

/**
 * A refusal is as good as an acceptance: somebody decided. `throttled` is bad though it is an answer: FAIL 6 to
 * everything is an outage like any other, and going on would use up the attempts of what waits.
 */
export function healthOf({ kind, reason }: Pick<Outcome, 'kind' | 'reason'>): Health {
  switch (kind) {
    case 'accepted':
    case 'rejected':
    case 'window_closed':
      return 'good';
    case 'account_error':
      return 'none';
    case 'throttled':
      return 'bad';
    case 'not_sent':
    case 'unknown':
      return OURS.includes(reason) ? 'none' : 'bad';
  }
}

/**
 * How long the gate stays closed the first time, the second time in a row, …, the last for all that follow: a second,
 * and jitter up to a bound that doubles. `random` is in [0, 1).
 */
export function closuresMs(random: number): readonly number[] {
  const closures: number[] = [];
  for (let bound = 2 * SHORTEST_MS; ; bound *= 2) {
    const longest = Math.min(bound, LONGEST_MS);
    closures.push(Math.floor(SHORTEST_MS + random * (longest - SHORTEST_MS)));
    if (longest === LONGEST_MS) return closures;
  }
}

/** When a retry that may not go yet asks again: spread, so that those that wait do not come together. */
export function retryWaitMs(random: number): number {
  return Math.floor(SECOND + random * 9 * SECOND);
}
