import { ulid } from 'ulid';
import type { Delivery } from '../domain/delivery.js';
import type { Status } from '../domain/status.js';
import { UNSENT } from '../domain/status.js';
import {
  IdempotencyConflictError,
  UnknownAccountError,
  ValidationError,
  type WaybillError,
} from '../errors.js';
import { jobIdOf } from '../queue/names.js';
import type { QueuedRequest, Queues } from '../queue/queues.js';
import { type DeliveryRequest, parseRequest, type Warning } from '../queue/request.js';
import type { PublishedAccount } from '../redis/accounts.js';
import type { DeliveryStore } from '../redis/delivery-store.js';

export type EnqueueRequest = DeliveryRequest & { readonly from: string };

export type Enqueued = {
  readonly id: string;
  readonly status: Status;
  /** The same request was here before: nothing was added. */
  readonly duplicate: boolean;
  readonly warnings: readonly Warning[];
};

export type EnqueueDeps = {
  readonly store: DeliveryStore;
  readonly queues: Queues;
  readonly findAccount: (fromOrName: string) => Promise<PublishedAccount | undefined>;
  readonly now: () => number;
};

/**
 * Takes one request: validates it, makes its record, adds its job. Safe to repeat with the same id.
 * @throws UnknownAccountError, ValidationError, IdempotencyConflictError
 */
export async function enqueue(request: EnqueueRequest, deps: EnqueueDeps): Promise<Enqueued> {
  const { delivery, warnings, askedAt } = await readRequest(request, deps);
  const data = queuedRequest(request, delivery);
  const job = { id: jobIdOf(delivery.id), timestamp: askedAt };
  const accepted = await deps.store.accept(delivery, job, JSON.stringify(data));
  const added = { from: delivery.from, jobId: job.id, request: data, timestamp: askedAt };
  switch (accepted.kind) {
    case 'conflict':
    case 'refused':
      throw new IdempotencyConflictError(delivery.id);
    case 'again':
      await repeat(accepted, { ...added, priority: delivery.priority }, deps);
      return { id: delivery.id, status: accepted.status, duplicate: true, warnings };
    case 'new':
      await deps.queues.add({ ...added, delayMs: accepted.delayMs, priority: delivery.priority });
      // The delivery before it may have ended between the two calls, when there was no job yet to wake.
      if (accepted.delayMs > 0) await deps.store.look(delivery);
      return { id: delivery.id, status: accepted.status, duplicate: false, warnings };
    default:
      return accepted satisfies never;
  }
}

/** One of many: what `enqueue` returns, or the error it would throw. */
export type EnqueuedOrError = Enqueued | { readonly error: WaybillError };

type ReadRequest = {
  readonly delivery: Delivery;
  readonly warnings: readonly Warning[];
  readonly askedAt: number;
};

async function readRequest(request: EnqueueRequest, deps: EnqueueDeps): Promise<ReadRequest> {
  const account = await deps.findAccount(String(request.from));
  if (account === undefined) throw new UnknownAccountError(String(request.from));
  const askedAt = deps.now();
  const id = request.id ?? `dlv_${ulid(askedAt)}`;
  const parsed = parseRequest(request, { id, from: account.from, askedAt, account });
  if (!parsed.ok) throw new ValidationError(parsed.errors);
  if (parsed.delivery.expiresAt <= askedAt) {
    throw new ValidationError([{ pointer: '/expiresAt', detail: 'is in the past: it could never be sent' }]);
  }
  return { delivery: parsed.delivery, warnings: parsed.warnings, askedAt };
}

/** The job's data: the request itself, its times spelled out so that they mean the same at every reading. */
function queuedRequest(request: EnqueueRequest, delivery: Delivery): QueuedRequest {
  const { id: _id, from: _from, ...rest } = request;
  return { ...rest, to: delivery.to, sendAt: delivery.sendAt, expiresAt: delivery.expiresAt };
}

type Repeated = Omit<Parameters<Queues['add']>[0], 'delayMs'>;

/** The same again: mends what a crash left between record and job, and takes a link that was signed anew. */
async function repeat(
  known: { readonly status: Status; readonly jobAt: number | null },
  job: Repeated,
  { queues }: EnqueueDeps,
): Promise<void> {
  if (!UNSENT.includes(known.status)) return;
  // By the first call's clock: a job that seems older than its record would be taken for another delivery's.
  if (known.jobAt !== null) await queues.add({ ...job, timestamp: known.jobAt, delayMs: 0 });
  await queues.replaceLink(job.from, job.jobId, String(job.request.fileUrl));
}
