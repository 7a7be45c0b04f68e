import { type Signature, signed } from '../domain/operation.js';
import type { Queues } from '../queue/queues.js';
import { redisTime } from '../redis/clock.js';
import type { Redis } from '../redis/connection.js';
import {
  absolve,
  type Closure,
  type Gate,
  noteResumed,
  openAfterProbe,
  readClosure,
  readGate,
  setGate,
} from '../redis/gate.js';

/** How an account's gate and queue stand. */
export type GateState = {
  readonly from: string;
  readonly name: string;
  readonly gate: Gate;
  readonly queuePaused: boolean;
  /** By BullMQ's state. */
  readonly jobs: Readonly<Record<string, number>>;
};

type Deps = { readonly redis: Redis; readonly prefix: string; readonly queues: Queues };

export type Gatekeeper = ReturnType<typeof createGatekeeper>;

/** Opens and closes accounts by hand. Doing either twice is doing it once. */
export function createGatekeeper({ redis, prefix, queues }: Deps) {
  /** The second half of reopening, also for one who died before it could do it. */
  async function resumeQueue(from: string): Promise<void> {
    await queues.resume(from);
    await noteResumed(redis, prefix, from);
  }

  return {
    async stateOf({ from, name }: { readonly from: string; readonly name: string }): Promise<GateState> {
      const [gate, now, queuePaused, jobs] = await Promise.all([
        readGate(redis, prefix, from),
        redisTime(redis),
        queues.isPaused(from),
        queues.counts(from),
      ]);
      // Nobody opens a gate whose time is over: the next claim simply passes.
      const over = gate.state === 'until' && gate.until <= now;
      return { from, name, gate: over ? { state: 'open' } : gate, queuePaused, jobs };
    },

    /** The gate first: what is claimed from now on is refused, whoever fetched it. */
    async pause(from: string, said: Signature): Promise<void> {
      await setGate(redis, prefix, { from, state: 'paused', ...signed(said, { reason: 'operator' }) });
      await queues.pause(from);
    },

    /** The gate first: a worker that found it closed would pause the queue again. */
    async resume(from: string, said: Signature): Promise<void> {
      await setGate(redis, prefix, { from, state: 'open', ...signed(said) });
      await queues.resume(from);
    },

    /**
     * Makes the queue what the gate says, where one died between the two: only a paused gate keeps a queue paused. What
     * changes meanwhile is made right by whoever changes it, or the next time.
     */
    async align(from: string): Promise<void> {
      const [gate, queuePaused] = await Promise.all([readGate(redis, prefix, from), queues.isPaused(from)]);
      const paused = gate.state === 'paused';
      if (paused === queuePaused) return;
      if (paused) await queues.pause(from);
      else await queues.resume(from);
    },

    closureOf: (from: string): Promise<Closure> => readClosure(redis, prefix, from),

    absolve: (from: string): Promise<void> => absolve(redis, prefix, { from }),

    /** Opens what a worker has closed; false when somebody else was there first. */
    async reopen(from: string): Promise<boolean> {
      const opened = await openAfterProbe(redis, prefix, from);
      if (opened) await resumeQueue(from);
      return opened;
    },

    resumeQueue,
  };
}
