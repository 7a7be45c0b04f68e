import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** A place among an account's deliveries: a creation time in epoch milliseconds, and how many of it are passed over. */
export type QueuedPlace = { readonly at: number; readonly skip: number };

export type QueuedPart = QueuedPlace & { readonly most: number };

export type QueuedSeen = {
  /** Where to go on. */
  readonly next: QueuedPlace;
  /** Nothing else is old enough yet. */
  readonly isLast: boolean;
  /** When the oldest of those seen was created that nobody has claimed yet. */
  readonly oldestQueuedAt: number | null;
};

/** Before that, a producer of an earlier version may not have added its job yet. */
const NEW_MS = 60_000;

/** Goes on through an account's deliveries by creation, and wakes the queued ones that have no job any more. */
export async function wakeRemoved(
  redis: Redis,
  prefix: string,
  { account, at, skip, most }: QueuedPart & { readonly account: string },
): Promise<QueuedSeen> {
  const args = { at, skip, most, newMs: NEW_MS };
  const raw = await createScriptRunner(redis)('removed', accountKeys(prefix, account).fixed, args);
  const [seen, ...rest] = Array.isArray(raw) ? raw.map(String) : [];
  const [nextAt = at, nextSkip = skip, oldest = ''] = rest;
  return {
    next: { at: Number(nextAt), skip: Number(nextSkip) },
    isLast: Number(seen) < most,
    oldestQueuedAt: oldest === '' ? null : Number(oldest),
  };
}
