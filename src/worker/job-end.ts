import { DelayedError, type Job, RateLimitError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Status } from '../domain/status.js';
import type { Queues } from '../queue/queues.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';

/** What BullMQ keeps of a job that was completed. */
export type JobResult = { readonly id: string; readonly unique: string | null; readonly status: Status };

/** How a job's run ends, so that it matches the record. */
export type JobEnd =
  | { readonly kind: 'completed'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Comes back at `until`, or earlier when it is moved to the front. */
  | { readonly kind: 'delayed'; readonly until: number; readonly status: Status }
  /** Comes back at `until`, and is not looked at before: nothing but its key is missing. Whether its delivery waits by now. */
  | { readonly kind: 'locked'; readonly until: number; readonly waits: boolean }
  /** Goes back to the front; nobody fetches from the queue for so long. */
  | { readonly kind: 'rest'; readonly ms: number }
  /** Goes back to the front of a queue that stays paused until somebody resumes it. */
  | { readonly kind: 'paused' }
  /** Goes back to the front at once: this process is shutting down. */
  | { readonly kind: 'given_back' };

export type JobEndDeps = { readonly queues: Queues; readonly store: DeliveryStore };

/** Ends a run by BullMQ's rules: returns, or throws the error that BullMQ takes for an instruction. */
export async function endJob(
  { job, token, ref }: { readonly job: Job; readonly token: string; readonly ref: DeliveryRef },
  end: JobEnd,
  { queues, store }: JobEndDeps,
): Promise<JobResult> {
  switch (end.kind) {
    case 'completed':
      return end.result;
    case 'failed':
      throw new UnrecoverableError(end.reason);
    case 'delayed':
      await delay(job, token, end);
      // Looked at once more: the event it waits for may have come while its job was not yet delayed.
      await store.look(ref);
      throw new DelayedError();
    case 'locked':
      if (end.waits) await showStatus(job, 'waiting');
      await job.moveToDelayed(end.until, token);
      throw new DelayedError();
    case 'rest':
      await queues.rest(ref.from, Math.max(1, Math.ceil(end.ms)));
      throw new RateLimitError();
    case 'paused':
      await queues.pause(ref.from);
      // Somebody may have opened the gate since the claim, and would not resume the queue a second time.
      if (!(await store.isPaused(ref.from))) await queues.resume(ref.from);
      await job.moveToWait(token);
      throw new WaitingError();
    case 'given_back':
      await job.moveToWait(token);
      throw new WaitingError();
    default:
      return end satisfies never;
  }
}

/** Lets the stalled check bring the job back: after a fault that the record knows nothing of. */
export async function retryLater(job: Job, token: string, at: number): Promise<never> {
  await job.moveToDelayed(at, token).catch(() => undefined);
  throw new DelayedError();
}

/** Whether an error is one of BullMQ's instructions, thrown on purpose. */
export function isJobEnd(error: unknown): boolean {
  const ends = [DelayedError, RateLimitError, UnrecoverableError, WaitingError];
  return ends.some((End) => error instanceof End);
}

async function delay(job: Job, token: string, end: { readonly until: number; readonly status: Status }) {
  await showStatus(job, end.status);
  await job.moveToDelayed(end.until, token);
}

async function showStatus(job: Job, status: Status): Promise<void> {
  if (job.progress !== status) await job.updateProgress(status);
}
