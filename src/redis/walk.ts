import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** Some of the deliveries that wait or are held, `from` a place counted from 0. */
export type WalkPart = { readonly status: 'waiting' | 'held'; readonly from: number; readonly most: number };

/** Where to go on, 0 at the end, and how many there are in all. */
export type WalkPlace = { readonly next: number; readonly count: number };

/** Goes on through an account's deliveries, and wakes what has no job any more. */
export async function walkOn(
  redis: Redis,
  prefix: string,
  { account, ...part }: WalkPart & { readonly account: string },
): Promise<WalkPlace> {
  const { fixed, lane } = accountKeys(prefix, account);
  const raw = await createScriptRunner(redis)('walk', { ...fixed, lanePrefix: lane('') }, part);
  const [next = 0, count = 0] = Array.isArray(raw) ? raw.map(Number) : [];
  return { next, count };
}
