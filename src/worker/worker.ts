import { type ConnectionOptions, type Job, Worker as QueueWorker } from 'bullmq';
import type { Account } from '../domain/account.js';
import { SECOND } from '../domain/time.js';
import type { Log } from '../observe/log.js';
import { queueName, queuePrefix } from '../queue/names.js';
import type { Queues } from '../queue/queues.js';
import { deliver } from './deliver.js';
import { createFlights } from './flights.js';
import { endJob, isJobEnd, type JobResult, retryLater } from './job-end.js';
import { createLocks, type Lock } from './locks.js';
import { createReleases, type Releases } from './releases.js';
import type { DeliverDeps } from './run.js';
import { longestHorizon } from './send.js';
import { createSlots } from './slots.js';
import type { Timings } from './timings.js';

/** A run that is cut short costs nothing: the record knows what was sent. BullMQ must not give a job up. */
const STALLED_AT_MOST = 1000;
const LONGEST_REST_MS = 5 * SECOND;
const FAULT_PAUSE_MS = 5 * SECOND;
/** BullMQ heeds `queue.rateLimit` only where a limiter is set; this one never limits by itself. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1000 };

export type WorkerDeps = Omit<DeliverDeps, 'isDraining' | 'release' | 'fly'> & {
  readonly accounts: readonly Account[];
  readonly connection: ConnectionOptions;
  /** Whether Redis can be asked at this moment. */
  readonly isConnected: () => boolean;
  readonly queues: Queues;
  readonly prefix: string;
  /** Deliveries in flight per account, and in all. */
  readonly concurrency: number;
  readonly concurrencyTotal: number;
  readonly timings: Pick<Timings, 'lockMs' | 'stalledCheckMs'>;
  /** How long a finished job is kept. */
  readonly finishedJobsMs: number;
  readonly log: Log;
};

export type Worker = {
  /** Deliveries in this process's hands. */
  readonly active: () => number;
  /** How long the attempts in flight may still take; 0 when there is none. */
  readonly leftMs: () => number;
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
  const inHand = new Set<Promise<JobResult>>();
  let fetchedAt = deps.effects.monotonic();
  const releases = openReleases(deps);
  const flights = createFlights(deps.effects.monotonic);
  const { release } = releases;
  const deliverDeps: DeliverDeps = { ...deps, isDraining: () => draining, release, fly: flights.fly };

  async function run(running: Running): Promise<JobResult> {
    fetchedAt = deps.effects.monotonic();
    const work = withSlot(() => runJob(running, deliverDeps, deps));
    inHand.add(work);
    try {
      return await work;
    } finally {
      inHand.delete(work);
    }
  }

  const workers = deps.accounts.map((account) => openWorker(account, deps, run));
  let closing: Promise<void> | undefined;
  return {
    active: () => inHand.size,
    leftMs: flights.leftMs,
    fetchedAt: () => fetchedAt,
    close() {
      draining = true;
      closing ??= closeAll(workers, inHand, deps.isConnected).then(releases.close);
      return closing;
    },
  };
}

/** For as long as a claim of any delivery may stand there without an end. */
function openReleases({ attempts, effects, sleep, timeouts }: WorkerDeps): Releases {
  const keptMs = longestHorizon(timeouts);
  return createReleases({ attempts, monotonic: effects.monotonic, sleep, keptMs });
}

async function closeAll(
  workers: readonly QueueWorker[],
  inHand: ReadonlySet<Promise<JobResult>>,
  isConnected: () => boolean,
): Promise<void> {
  await Promise.all(workers.map((worker) => worker.pause(true)));
  await Promise.allSettled(inHand);
  await Promise.all(workers.map((worker) => worker.close(!isConnected())));
}

type Running = {
  readonly job: Job;
  readonly token: string;
  readonly lock: Lock;
  readonly account: Account;
};

/** A fault (Redis away, a bug) is not an end: the job comes back, and the record knows what was sent. */
async function runJob(running: Running, deliverDeps: DeliverDeps, deps: WorkerDeps): Promise<JobResult> {
  const { job, token, lock, account } = running;
  try {
    const { end, ref } = await deliver(job, { account, lock }, deliverDeps);
    return await endJob({ job, token, ref }, end, deps);
  } catch (error) {
    if (isJobEnd(error)) throw error;
    deps.log.error('delivery run failed', { account: account.name, job: job.id, error });
    return retryLater(job, token, deps.effects.now() + FAULT_PAUSE_MS);
  }
}

type Run = (running: Running) => Promise<JobResult>;

function openWorker(account: Account, deps: WorkerDeps, run: Run): QueueWorker {
  const { log } = deps;
  const locks = createLocks();
  const worker = new QueueWorker(
    queueName(account.from),
    (job: Job, token = '') => locks.hold(job.id ?? '', (lock) => run({ job, token, lock, account })),
    {
      connection: deps.connection,
      prefix: queuePrefix(deps.prefix),
      concurrency: deps.concurrency,
      limiter: NO_LIMIT,
      lockDuration: deps.timings.lockMs,
      // How long an idle worker may sleep through the opening of an account.
      maximumRateLimitDelay: LONGEST_REST_MS,
      stalledInterval: deps.timings.stalledCheckMs,
      maxStalledCount: STALLED_AT_MOST,
      removeOnComplete: { age: Math.ceil(deps.finishedJobsMs / SECOND) },
      removeOnFail: { age: Math.ceil(deps.finishedJobsMs / SECOND) },
    },
  );
  worker.on('error', (error) => {
    // While Redis is away, the connection has told so once already.
    if (deps.isConnected()) log.warn('queue error', { account: account.name, error });
  });
  worker.on('stalled', (job) => log.warn('job stalled', { account: account.name, job }));
  worker.on('lockRenewalFailed', locks.lose);
  return worker;
}
