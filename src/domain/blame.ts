import { isProbed, mayBlameDelivery, SENDS_REFUSED } from './probe.js';
import { MINUTE, SECOND } from './time.js';

/** So many different deliveries in a row may be refused by an account that is well before it is paused again. */
const REFUSED_IN_A_ROW = 20;
/** So many may be refused since another was taken, that one of them is to blame: more say that sends are refused by now. */
const BLAMED_IN_A_ROW = 5;
/** How long others go first, when an account is opened or one delivery is set aside, before that one is tried again. */
export const OTHERS_FIRST_MS = 2 * SECOND;
/** How long a good answer to a probe counts: longer than the longest wait between two probes. */
const WELL_FOR_MS = 15 * MINUTE;

/** What is remembered when a delivery meets an account error. Epoch milliseconds by Redis's clock; null: never. */
export type Remembered = {
  /** How often it has met one before, and when the first of these attempts began; only since the account was last at fault. */
  readonly earlier: number;
  readonly firstAt: number | null;
  /** When a probe was last answered well. */
  readonly wellAt: number | null;
  /** When the provider last took a delivery. */
  readonly passedAt: number | null;
  /** Other deliveries that met one by an attempt that began after that; and of these, after the probe. */
  readonly others: number;
  readonly othersSinceWell: number;
};

/** An attempt that met an account error, and when it began. */
export type Meeting = Remembered & { readonly reason: string; readonly startedAt: number };

/**
 * Whose fault an account error is. `delivery`: of the one that met it, which is rejected. `set_aside`: not known yet, but
 * the account is well, and this delivery alone is tried again later. `account`: all wait for a good probe.
 */
export type Blame =
  | { readonly kind: 'delivery' }
  | { readonly kind: 'set_aside'; readonly othersPass: boolean }
  | { readonly kind: 'account'; readonly reason: string };

/**
 * One delivery never holds an account: the same one that is refused again is to blame where others are taken. Where no other
 * was tried, a good probe has to do; as soon as a second one is refused, it does not: sends alone may be refused.
 */
export function blame(meeting: Meeting): Blame {
  const { reason, earlier, firstAt, wellAt, passedAt, startedAt, others } = meeting;
  const isAgain = earlier > 0 && firstAt !== null;
  const othersPass = isAgain && passedAt !== null && passedAt >= firstAt && others < BLAMED_IN_A_ROW;
  const isAlone = isAgain && wellAt !== null && wellAt > firstAt && others === 0;
  if (mayBlameDelivery(reason) && (othersPass || isAlone)) return { kind: 'delivery' };
  if (isProbed(reason) && othersPass) return { kind: 'set_aside', othersPass };
  const isWell = wellAt !== null && startedAt - wellAt < WELL_FOR_MS;
  if (!isWell || !mayBlameDelivery(reason)) return { kind: 'account', reason };
  if (!isAgain && meeting.othersSinceWell + 1 < REFUSED_IN_A_ROW) return { kind: 'set_aside', othersPass };
  return { kind: 'account', reason: others === 0 ? reason : SENDS_REFUSED };
}
