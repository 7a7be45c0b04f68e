import { type ConnectionOptions, type Job, Worker as QueueWorker } from 'bullmq';
import type { Account } from '../domain/account.js';
import { SECOND } from '../domain/time.js';
import type { Log } from '../observe/log.js';
import { queueName, queuePrefix } from '../queue/names.js';
import type { JobResult } from './job-end.js';
import { createLocks, type Lock } from './locks.js';
import type { Timings } from './timings.js';

/** A run that is cut short costs nothing: the record knows what was sent. BullMQ must not give a job up. */
const STALLED_AT_MOST = 1000;
const LONGEST_REST_MS = 5 * SECOND;
/** BullMQ heeds `queue.rateLimit` only where a limiter is set; this one never limits by itself. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1000 };

export type LoopDeps = {
  readonly connection: ConnectionOptions;
  /** Whether Redis can be asked at this moment. */
  readonly isConnected: () => boolean;
  readonly prefix: string;
  /** Deliveries in flight per account. */
  readonly concurrency: number;
  readonly timings: Pick<Timings, 'lockMs' | 'stalledCheckMs'>;
  /** How long a finished job is kept. */
  readonly finishedJobsMs: number;
  readonly log: Log;
};

/** A job that was fetched, and the account's settings as they were then. */
export type Taken = {
  readonly job: Job;
  readonly token: string;
  readonly lock: Lock;
  readonly account: Account;
};

type Run = (taken: Taken) => Promise<JobResult>;

/** What runs an account's jobs; `isLeaving` once it is not served here any more. */
type RunFor = (isLeaving: () => boolean) => Run;

/** A loop over each account's queue, as many as there are accounts by now. */
export function createQueueLoops(deps: LoopDeps, runFor: RunFor) {
  const loops = new Map<string, QueueLoop>();
  const leaving = new Set<Promise<void>>();
  let closed = false;

  function leave(loop: QueueLoop): void {
    const left = loop
      .close()
      .catch((error: unknown) => deps.log.warn('a queue could not be left', { error }));
    leaving.add(left);
    void left.finally(() => leaving.delete(left));
  }

  return {
    /** Serves these accounts from now on, with these settings. */
    serve(accounts: readonly Account[]): void {
      if (closed) return;
      const wanted = new Map(accounts.map((account) => [account.from, account]));
      for (const [from, loop] of loops) {
        if (wanted.has(from)) continue;
        loops.delete(from);
        leave(loop);
      }
      for (const [from, account] of wanted) {
        const loop = loops.get(from);
        if (loop === undefined) loops.set(from, openLoop(account, deps, runFor));
        else loop.change(account);
      }
    },

    /** Fetches nothing more, and waits for all that is in hand. */
    async close(): Promise<void> {
      closed = true;
      const all = [...loops.values()];
      await Promise.all(all.map((loop) => loop.pause()));
      await Promise.all(all.map((loop) => loop.close()));
      await Promise.all(leaving);
    },
  };
}

type QueueLoop = {
  /** What is fetched from now on is sent by these settings. */
  change(account: Account): void;
  /** Fetches nothing more. */
  pause(): Promise<void>;
  /** The same, and waits for what it has in hand. */
  close(): Promise<void>;
};

function openLoop(first: Account, deps: LoopDeps, runFor: RunFor): QueueLoop {
  const inHand = new Set<Promise<JobResult>>();
  const locks = createLocks();
  let account = first;
  let isLeaving = false;
  const run = runFor(() => isLeaving);

  function take(job: Job, token: string, lock: Lock): Promise<JobResult> {
    const work = run({ job, token, lock, account });
    inHand.add(work);
    return work.finally(() => inHand.delete(work));
  }

  const worker = openWorker(first, deps, (job: Job, token = '') =>
    locks.hold(job.id ?? '', (lock) => take(job, token, lock)),
  );
  worker.on('lockRenewalFailed', locks.lose);
  const pause = (): Promise<void> => worker.pause(true);
  return {
    change: (to) => {
      account = to;
    },
    pause,
    async close() {
      isLeaving = true;
      await pause();
      await Promise.allSettled(inHand);
      await worker.close(!deps.isConnected());
    },
  };
}

type Process = (job: Job, token?: string) => Promise<JobResult>;

function openWorker({ from, name }: Account, deps: LoopDeps, process: Process): QueueWorker {
  const { log, finishedJobsMs, timings } = deps;
  const kept = { age: Math.ceil(finishedJobsMs / SECOND) };
  const worker = new QueueWorker(queueName(from), process, {
    connection: deps.connection,
    prefix: queuePrefix(deps.prefix),
    concurrency: deps.concurrency,
    limiter: NO_LIMIT,
    lockDuration: timings.lockMs,
    // How long an idle worker may sleep through the opening of an account.
    maximumRateLimitDelay: LONGEST_REST_MS,
    stalledInterval: timings.stalledCheckMs,
    maxStalledCount: STALLED_AT_MOST,
    removeOnComplete: kept,
    removeOnFail: kept,
  });
  worker.on('error', (error) => {
    // While Redis is away, the connection has told so already.
    if (deps.isConnected()) log.warn('queue error', { account: name, error });
  });
  worker.on('stalled', (job) => log.warn('job stalled', { account: name, job }));
  return worker;
}
