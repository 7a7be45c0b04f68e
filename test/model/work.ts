import { Job, type Queue } from 'bullmq';
import type { Account } from '../../src/domain/account.js';
import { finding } from '../../src/domain/preflight.js';
import { JOB_NAME } from '../../src/queue/names.js';
import type { Attempt, AttemptStore } from '../../src/redis/attempt-store.js';
import type { DeliveryStore } from '../../src/redis/delivery-store.js';
import type { DeliveryRef } from '../../src/redis/run-on-delivery.js';
import { deliver } from '../../src/worker/deliver.js';
import type { JobEnd } from '../../src/worker/job-end.js';
import { PLAIN } from '../support/sealing.js';
import type { Actor } from './actor.js';
import type { ModelProvider } from './model-provider.js';
import type { ModelQueue } from './model-queue.js';
import { SILENT } from './silent-observer.js';

export type Works = {
  readonly account: () => Account;
  readonly store: DeliveryStore;
  readonly attempts: AttemptStore;
  readonly queue: ModelQueue;
  readonly provider: Pick<ModelProvider, 'clientOf'>;
  readonly now: () => number;
  readonly newId: () => string;
  /** For jobs as the worker knows them; never asked for anything. */
  readonly bullQueue: Queue;
  readonly historyLagMs: number;
};

export const TIMEOUTS = { sendMs: 1000, localStorageMs: 1000, lockMs: 1000 };
const RETRY = { maxAttempts: 6, baseMs: 20, capMs: 1000 };

/** Takes one job and delivers it with the worker's own pipeline, a step at a time; what BullMQ does is modelled. */
export async function work(actor: Actor, works: Works): Promise<void> {
  const { queue, bullQueue } = works;
  const taken = await actor.gate(() => queue.fetch(actor.name));
  if (taken === null) return;
  const job = new Job(bullQueue, JOB_NAME, taken.data, { timestamp: taken.timestamp }, taken.id);
  // News of a lock that is lost comes late or never: here it is always too late.
  const lock = { isLost: false };
  const { end, ref } = await deliver(job, { account: works.account(), lock }, depsOf(actor, works));
  await endJob(actor, { id: taken.id, end, ref }, works);
}

function depsOf(actor: Actor, { store, attempts, provider, now, newId, historyLagMs }: Works) {
  return {
    store: actor.gated(store),
    attempts: actor.gated(attempts),
    provider: provider.clientOf(actor),
    apiKeyOf: () => 'key',
    timeouts: TIMEOUTS,
    retry: RETRY,
    random: () => 0.5,
    sleep: async () => undefined,
    effects: { now, monotonic: now, random: () => 0.5, newId },
    observer: SILENT,
    historyLagMs,
    inspect: async () => finding('fine', 'ok'),
    sealer: PLAIN,
    lockedAgainMs: 1000,
    fly: <T>(_: number, attempt: () => Promise<T>) => attempt(),
    isDraining: () => false,
    release: async (attempt: Attempt) => {
      await actor.gate(() => attempts.release(attempt));
    },
  };
}

type Ending = { readonly id: string; readonly end: JobEnd; readonly ref: DeliveryRef };

/** The steps of `src/worker/job-end.ts` on the modelled queue. */
async function endJob(actor: Actor, { id, end, ref }: Ending, { queue, store }: Works): Promise<void> {
  const token = actor.name;
  switch (end.kind) {
    case 'completed':
    case 'failed':
      return actor.gate(() => queue.finish(id, token));
    case 'delayed':
      await actor.gate(() => queue.delay(id, token, end.until));
      await actor.gate(() => store.look(ref));
      return;
    case 'locked':
      await actor.gate(() => queue.delay(id, token, end.until));
      return;
    case 'rest':
      await actor.gate(() => queue.queues.rest(ref.from, Math.max(1, end.ms)));
      break;
    case 'paused':
      await actor.gate(() => queue.queues.pause(ref.from));
      if (!(await actor.gate(() => store.isPaused(ref.from)))) {
        await actor.gate(() => queue.queues.resume(ref.from));
      }
      break;
    case 'given_back':
      break;
    default:
      return end satisfies never;
  }
  await actor.gate(() => queue.giveBack(id, token));
}
