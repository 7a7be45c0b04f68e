import type { Actor } from '../domain/operation.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { metOf, readLastPass } from './met.js';
import { readReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** An account's gate. Times in epoch milliseconds. */
export type Gate =
  | { readonly state: 'open' }
  | { readonly state: 'until'; readonly until: number; readonly reason: string; readonly since: number }
  | {
      readonly state: 'paused';
      readonly reason: string;
      readonly since: number;
      /** The name that an operator gave; empty where none was given, or a worker did it. */
      readonly who: string;
      /** From where it was done; empty where that was not said. */
      readonly source: string;
    };

/** Whether a worker has closed the gate for good, and what is left to do about it. */
export type Closure =
  | { readonly kind: 'none' }
  /** A good probe has opened the gate; its queue may still be paused. */
  | { readonly kind: 'to_resume' }
  | {
      readonly kind: 'by_worker';
      readonly reason: string;
      readonly since: number;
      /** The deliveries that met an account error, each with its own reason. */
      readonly met: readonly { readonly id: string; readonly reason: string }[];
    };

export async function readGate(redis: Redis, prefix: string, from: string): Promise<Gate> {
  const {
    state,
    until,
    reason = '',
    since,
    who = '',
    source = '',
  } = await redis.hgetall(gateKey(prefix, from));
  if (state === 'paused') return { state, reason, since: Number(since), who, source };
  if (state === 'until') return { state, until: Number(until), reason, since: Number(since) };
  return { state: 'open' };
}

/** Closes the gate until somebody opens it, or opens it. */
export async function setGate(
  redis: Redis,
  prefix: string,
  to: { readonly from: string; readonly state: 'open' | 'paused' } & Partial<Actor>,
): Promise<void> {
  const { state } = to;
  const [who, source, reason] = [to.who ?? '', to.source ?? '', to.reason ?? ''];
  const keys = accountKeys(prefix, to.from).fixed;
  await createScriptRunner(redis)('gate', keys, { state, reason, by: 'operator', who, source, passedAt: 0 });
}

/** Opens a gate that a worker has closed; false when it is open, or closed by somebody else, by now. */
export async function openAfterProbe(redis: Redis, prefix: string, from: string): Promise<boolean> {
  const passedAt = (await readLastPass(redis, accountKeys(prefix, from))) ?? 0;
  const args = { state: 'open', reason: '', by: 'probe', who: '', source: '', passedAt };
  const raw = await createScriptRunner(redis)('gate', accountKeys(prefix, from).fixed, args);
  return readReply(raw).code !== 'kept';
}

/** The queue of a gate that a probe has opened is running again. */
export async function noteResumed(redis: Redis, prefix: string, from: string): Promise<void> {
  await redis.hdel(gateKey(prefix, from), 'resume');
}

export async function readClosure(redis: Redis, prefix: string, from: string): Promise<Closure> {
  const gate = await redis.hgetall(gateKey(prefix, from));
  if (gate.state === 'paused' && gate.by === 'worker') {
    const met = metOf(gate).map(({ id, reason }) => ({ id, reason }));
    return { kind: 'by_worker', reason: gate.reason ?? '', since: Number(gate.since), met };
  }
  return { kind: gate.state !== 'paused' && gate.resume !== undefined ? 'to_resume' : 'none' };
}

/** The account itself was at fault: whatever met its error until now is to blame for nothing. */
export async function absolve(
  redis: Redis,
  prefix: string,
  { from }: { readonly from: string },
): Promise<void> {
  const args = { state: 'ill', reason: '', by: 'probe', who: '', source: '', passedAt: 0 };
  await createScriptRunner(redis)('gate', accountKeys(prefix, from).fixed, args);
}

function gateKey(prefix: string, from: string): string {
  return accountKeys(prefix, from).fixed.gate;
}
