import { isSignedInPath } from '../domain/link-identity.js';
import type { Accepted } from '../domain/record.js';
import type { Status } from '../domain/status.js';
import { UNSENT } from '../domain/status.js';
import { IdempotencyConflictError, type WaybillError } from '../errors.js';
import type { Warning } from '../queue/check-request.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import { type EnqueueRequest, type ReadRequest, readRequest } from './read-request.js';
import { type RenewDeps, type Renewed, renewLink, renewMovedLink } from './renew-link.js';

/** A request that was taken. */
export type Enqueued = {
  /** The delivery's id. */
  readonly id: string;
  /** Its status now; that of a new one is `queued` or `waiting`. */
  readonly status: Status;
  /** The same request was here before: nothing was added. */
  readonly duplicate: boolean;
  /** What may surprise you; it is sent all the same. */
  readonly warnings: readonly Warning[];
};

/** One of many: what `enqueue` returns, or the error it would throw. */
export type EnqueuedOrError =
  | Enqueued
  | {
      /** Why it was refused. */
      readonly error: WaybillError;
    };

export type EnqueueDeps = RenewDeps & { readonly store: DeliveryStore };

/**
 * Takes one request: validates it, makes its record and its job. Safe to repeat with the same id.
 * @throws UnknownAccountError, ValidationError, IdempotencyConflictError
 */
export async function enqueue(request: EnqueueRequest, deps: EnqueueDeps): Promise<Enqueued> {
  const read = await readRequest(request, deps);
  const answer = await answerOf(read, await deps.store.accept(read), deps);
  if ('error' in answer) throw answer.error;
  return answer;
}

/** What becomes of a request by what Redis says of it; only one that is known is looked at once more. */
export function answerOf(
  read: ReadRequest,
  accepted: Accepted,
  deps: RenewDeps,
): EnqueuedOrError | Promise<EnqueuedOrError> {
  const { id } = read.delivery;
  switch (accepted.kind) {
    case 'new':
      return { id, status: accepted.status, duplicate: false, warnings: read.warnings };
    case 'again':
      return answerAgain(read, accepted.status, deps);
    case 'conflict':
      return answerConflict(read, deps);
    case 'refused':
      return { error: new IdempotencyConflictError(id) };
    default:
      return accepted satisfies never;
  }
}

/** A link that was signed anew replaces the known one. */
async function answerAgain(read: ReadRequest, status: Status, deps: RenewDeps): Promise<Enqueued> {
  return duplicate(read, { status, warnings: UNSENT.includes(status) ? await renewLink(read, deps) : [] });
}

async function answerConflict(read: ReadRequest, deps: RenewDeps): Promise<EnqueuedOrError> {
  const renewed = await renewMovedLink(read, deps);
  return renewed === null
    ? { error: new IdempotencyConflictError(read.delivery.id) }
    : duplicate(read, renewed);
}

function duplicate({ delivery, warnings, madeId }: ReadRequest, renewed: Renewed): Enqueued {
  const made = madeId ? [isSignedInPath(delivery.fileUrl) ? SAME_BUT_FOR_TOKEN : SAME_CONTENT] : [];
  const all = [...warnings, ...renewed.warnings, ...made];
  return { id: delivery.id, status: renewed.status, duplicate: true, warnings: all };
}

const SAME_CONTENT: Warning = {
  pointer: '/id',
  detail:
    'is missing, and the same was taken before: nothing was added; give an id, or name a run, to have it sent again',
};
const SAME_BUT_FOR_TOKEN: Warning = {
  pointer: '/id',
  detail:
    'is missing, and the same was taken before, but perhaps for the token in its link: nothing was added; give an id if this is another file, or name a run to have it sent again',
};
