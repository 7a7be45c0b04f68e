import type { Status } from '../domain/status.js';
import { UNSENT } from '../domain/status.js';
import { IdempotencyConflictError, type WaybillError } from '../errors.js';
import type { Queues } from '../queue/queues.js';
import type { Warning } from '../queue/request.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import { type EnqueueRequest, type ReadDeps, readRequest } from './read-request.js';
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
 * Takes one request: validates it, makes its record and its job. Safe to repeat with the same id.
 * @throws UnknownAccountError, ValidationError, IdempotencyConflictError
 */
export async function enqueue(request: EnqueueRequest, deps: EnqueueDeps): Promise<Enqueued> {
  const read = await readRequest(request, deps);
  const { delivery, warnings } = read;
  const accepted = await deps.store.accept(read);
  switch (accepted.kind) {
    case 'conflict':
    case 'refused':
      throw new IdempotencyConflictError(delivery.id);
    case 'again':
      // A link that was signed anew replaces the known one.
      if (UNSENT.includes(accepted.status)) await renewLink(read, deps);
      return { id: delivery.id, status: accepted.status, duplicate: true, warnings };
    case 'new':
      return { id: delivery.id, status: accepted.status, duplicate: false, warnings };
    default:
      return accepted satisfies never;
  }
}
