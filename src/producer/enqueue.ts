import type { Status } from '../domain/status.js';
import { UNSENT } from '../domain/status.js';
import { IdempotencyConflictError, type WaybillError } from '../errors.js';
import { delayOf, type NewJob, type Queues } from '../queue/queues.js';
import type { Warning } from '../queue/request.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import { type EnqueueRequest, type ReadDeps, type ReadRequest, readRequest } from './read-request.js';
import { renewLink } from './renew-link.js';

export type Enqueued = {
  readonly id: string;
  readonly status: Status;
  /** The same request was here before: nothing was added. */
  readonly duplicate: boolean;
  readonly warnings: readonly Warning[];
};

/** One of many: what `enqueue` returns, or the error it would throw. */
export type EnqueuedOrError = Enqueued | { readonly error: WaybillError };

export type EnqueueDeps = ReadDeps & { readonly store: DeliveryStore; readonly queues: Queues };

/**
 * Takes one request: validates it, makes its record, adds its job. Safe to repeat with the same id.
 * @throws UnknownAccountError, ValidationError, IdempotencyConflictError
 */
export async function enqueue(request: EnqueueRequest, deps: EnqueueDeps): Promise<Enqueued> {
  const read = await readRequest(request, deps);
  const { delivery, warnings, job, data } = read;
  const accepted = await deps.store.accept(delivery, job, JSON.stringify(data));
  switch (accepted.kind) {
    case 'conflict':
    case 'refused':
      throw new IdempotencyConflictError(delivery.id);
    case 'again':
      await repeat(accepted, read, deps);
      return { id: delivery.id, status: accepted.status, duplicate: true, warnings };
    case 'new':
      await addJob(jobOf(read, { delayMs: accepted.delayMs }), read, deps);
      return { id: delivery.id, status: accepted.status, duplicate: false, warnings };
    default:
      return accepted satisfies never;
  }
}

async function addJob(job: NewJob, { delivery }: ReadRequest, { queues, store }: EnqueueDeps): Promise<void> {
  await queues.add(job);
  // The delivery before it may have ended between the two calls, when there was no job yet to wake.
  if (delayOf(job) > 0) await store.look(delivery);
}

/** The same again: mends what a crash left between record and job, and takes a link that was signed anew. */
async function repeat(
  known: { readonly status: Status; readonly jobAt: number | null },
  read: ReadRequest,
  deps: EnqueueDeps,
): Promise<void> {
  if (!UNSENT.includes(known.status)) return;
  if (known.jobAt !== null) await addJob(jobOf(read, { delayMs: 0, timestamp: known.jobAt }), read, deps);
  await renewLink(read, deps);
}

/**
 * The job that carries a request. One that mends a crash goes by the first call's clock: a job that seems older than
 * its record would be taken for another delivery's.
 */
export function jobOf(
  { delivery, job, data }: ReadRequest,
  { delayMs, timestamp = job.timestamp }: { readonly delayMs: number; readonly timestamp?: number },
): NewJob {
  const { from, priority } = delivery;
  return { from, jobId: job.id, request: data, timestamp, delayMs, priority };
}
