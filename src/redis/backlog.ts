import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { type Reply, readReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** How an account stands. Ages in milliseconds; 0 where there is nothing. */
export type Backlog = {
  /** May go now: in the queue, not delayed. */
  readonly due: number;
  readonly oldestDueAgeMs: number;
  readonly unknown: number;
  readonly oldestUnknownAgeMs: number;
  readonly heldByWindow: number;
  readonly orphans: number;
  readonly gate: { readonly state: 'open' | 'throttled' | 'breaker' | 'paused'; readonly reason: string };
};

export async function measureBacklog(redis: Redis, prefix: string, from: string): Promise<Backlog> {
  const raw = await createScriptRunner(redis)('backlog', accountKeys(prefix, from).fixed, {});
  const reply = readReply(raw);
  const now = reply.number(9);
  const ageOf = (at: number | null) => (at === null ? 0 : Math.max(0, now - at));
  return {
    due: reply.number(0),
    oldestDueAgeMs: ageOf(reply.numberOrNull(1)),
    unknown: reply.number(2),
    oldestUnknownAgeMs: ageOf(reply.numberOrNull(3)),
    heldByWindow: Math.max(0, reply.number(4)),
    orphans: reply.number(5),
    gate: { state: gateState(reply, now), reason: reply.text(8) },
  };
}

/** A tripped breaker counts until a probe has shown that all is well, also while nothing is there to probe with. */
function gateState(reply: Reply, now: number): Backlog['gate']['state'] {
  if (reply.text(6) === 'paused') return 'paused';
  if (reply.number(10) > 0) return 'breaker';
  return reply.text(6) === 'until' && now < reply.number(7) ? 'throttled' : 'open';
}
