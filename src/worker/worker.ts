import type { Account } from '../domain/account.js';
import { SECOND } from '../domain/time.js';
import type { Queues } from '../queue/queues.js';
import { deliver } from './deliver.js';
import { createFlights } from './flights.js';
import { endJob, isJobEnd, type JobResult, retryLater } from './job-end.js';
import { createQueueLoops, type LoopDeps, type Taken } from './queue-loops.js';
import { createReleases, type Releases } from './releases.js';
import type { DeliverDeps } from './run.js';
import { longestHorizon } from './send.js';
import { createSlots } from './slots.js';

const FAULT_PAUSE_MS = 5 * SECOND;

export type WorkerDeps = Omit<DeliverDeps, 'isDraining' | 'release' | 'fly'> &
  LoopDeps & {
    /** Those of the beginning. */
    readonly accounts: readonly Account[];
    readonly queues: Queues;
    /** Deliveries in flight, over all accounts. */
    readonly concurrencyTotal: number;
  };

export type Worker = {
  /** Deliveries in this process's hands. */
  readonly active: () => number;
  /** How long the attempts in flight may still take; 0 when there is none. */
  readonly leftMs: () => number;
  /**
   * Takes jobs of these accounts from now on, with these settings; of one that is not among them no more, once what it
   * has in hand has ended.
   */
  readonly serve: (accounts: readonly Account[]) => void;
  /** When it last fetched a job, by the clock that only goes forward; at first, when it was started. */
  readonly fetchedAt: () => number;
  /**
   * Takes no new job and waits for those in hand. Where Redis is away by then, what BullMQ still has to say to it is
   * left unsaid.
   */
  close(): Promise<void>;
};

/** Takes jobs from every account's queue and delivers them, until closed. */
export function startWorker(deps: WorkerDeps): Worker {
  const withSlot = createSlots(deps.concurrencyTotal);
  let draining = false;
  let inHand = 0;
  let fetchedAt = deps.effects.monotonic();
  const releases = openReleases(deps);
  const flights = createFlights(deps.effects.monotonic);
  const { release } = releases;
  const shared = { ...deps, release, fly: flights.fly };

  const runFor = (isLeaving: () => boolean) => {
    const deliverDeps: DeliverDeps = { ...shared, isDraining: () => draining || isLeaving() };
    return async (taken: Taken): Promise<JobResult> => {
      fetchedAt = deps.effects.monotonic();
      inHand += 1;
      try {
        return await withSlot(() => runJob(taken, deliverDeps, deps));
      } finally {
        inHand -= 1;
      }
    };
  };

  const loops = createQueueLoops(deps, runFor);
  loops.serve(deps.accounts);
  let closing: Promise<void> | undefined;
  return {
    serve: loops.serve,
    active: () => inHand,
    leftMs: flights.leftMs,
    fetchedAt: () => fetchedAt,
    close() {
      draining = true;
      closing ??= loops.close().then(releases.close);
      return closing;
    },
  };
}

/** For as long as a claim of any delivery may stand there without an end. */
function openReleases({ attempts, effects, sleep, timeouts }: WorkerDeps): Releases {
  const keptMs = longestHorizon(timeouts);
  return createReleases({ attempts, monotonic: effects.monotonic, sleep, keptMs });
}

/** A fault (Redis away, a bug) is not an end: the job comes back, and the record knows what was sent. */
async function runJob(taken: Taken, deliverDeps: DeliverDeps, deps: WorkerDeps): Promise<JobResult> {
  const { job, token, lock, account } = taken;
  try {
    const { end, ref } = await deliver(job, { account, lock }, deliverDeps);
    return await endJob({ job, token, ref }, end, deps);
  } catch (error) {
    if (isJobEnd(error)) throw error;
    deps.log.error('delivery run failed', { account: account.name, job: job.id, error });
    return retryLater(job, token, deps.effects.now() + FAULT_PAUSE_MS);
  }
}
