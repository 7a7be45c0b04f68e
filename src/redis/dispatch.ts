import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** Whether there is work for a worker of this account. */
export type Dispatch = {
  /** Jobs that may be fetched now. */
  readonly due: number;
  /** Jobs that some worker has in hand. */
  readonly inHand: number;
  /** Gate closed, queue paused or resting: nobody is meant to fetch. */
  readonly kept: boolean;
};

export async function readDispatch(redis: Redis, prefix: string, from: string): Promise<Dispatch> {
  const raw = await createScriptRunner(redis)('dispatch', accountKeys(prefix, from).fixed, {});
  const [due = 0, inHand = 0, kept = 0] = Array.isArray(raw) ? raw.map(Number) : [];
  return { due, inHand, kept: kept === 1 };
}
