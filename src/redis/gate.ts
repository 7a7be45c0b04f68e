import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** An account's gate. Times in epoch milliseconds. */
export type Gate =
  | { readonly state: 'open' }
  | { readonly state: 'until'; readonly until: number; readonly reason: string; readonly since: number }
  | { readonly state: 'paused'; readonly reason: string; readonly since: number };

export async function readGate(redis: Redis, prefix: string, from: string): Promise<Gate> {
  const { state, until, reason = '', since } = await redis.hgetall(accountKeys(prefix, from).fixed.gate);
  if (state === 'paused') return { state, reason, since: Number(since) };
  if (state === 'until') return { state, until: Number(until), reason, since: Number(since) };
  return { state: 'open' };
}

/** Closes the gate until somebody opens it, or opens it. */
export async function setGate(
  redis: Redis,
  prefix: string,
  to: { readonly from: string; readonly state: 'open' | 'paused'; readonly reason: string },
): Promise<void> {
  const { gate } = accountKeys(prefix, to.from).fixed;
  await createScriptRunner(redis)('gate', { gate }, { state: to.state, reason: to.reason });
}
