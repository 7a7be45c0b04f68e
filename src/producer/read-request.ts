import type { Delivery } from '../domain/delivery.js';
import { type Sealer, sealRequest } from '../domain/seal.js';
import { UnknownAccountError, ValidationError } from '../errors.js';
import { jobIdOf } from '../queue/names.js';
import { newDeliveryId } from '../queue/new-id.js';
import type { QueuedRequest } from '../queue/queues.js';
import { type DeliveryRequest, parseRequest, type Warning } from '../queue/request.js';
import type { PublishedAccount } from '../redis/accounts.js';
import type { Job } from '../redis/delivery-replies.js';

export type EnqueueRequest = DeliveryRequest & { readonly from: string };

export type ReadDeps = {
  readonly findAccount: (fromOrName: string) => Promise<PublishedAccount | undefined>;
  readonly now: () => number;
  readonly sealer: Sealer;
};

/** A request that can be taken in: its delivery, and the job that will carry it. */
export type ReadRequest = {
  readonly delivery: Delivery;
  readonly warnings: readonly Warning[];
  /** It brought no id: that was made here. */
  readonly madeId: boolean;
  readonly job: Job;
  /** The job's, as JSON. */
  readonly data: string;
};

/** A request as anybody may have given it. */
export type GivenRequest = Readonly<Record<string, unknown>>;

/** Makes the id of a request that brings none. */
export type MakeId = (delivery: Delivery, request: GivenRequest, askedAt: number) => string;

export const randomId: MakeId = (_delivery, _request, askedAt) => newDeliveryId(askedAt);

/** @throws UnknownAccountError, ValidationError */
export async function readRequest(
  request: GivenRequest,
  deps: ReadDeps,
  makeId: MakeId = randomId,
): Promise<ReadRequest> {
  return readFor(await deps.findAccount(String(request.from)), request, { ...deps, makeId });
}

/**
 * The same for an account that has been looked up; undefined: there is none.
 * @throws UnknownAccountError, ValidationError
 */
export function readFor(
  account: PublishedAccount | undefined,
  request: GivenRequest,
  { now, sealer, makeId }: Pick<ReadDeps, 'now' | 'sealer'> & { readonly makeId: MakeId },
): ReadRequest {
  if (account === undefined) throw new UnknownAccountError(String(request.from));
  const askedAt = now();
  const given = request.id === undefined ? null : String(request.id);
  const parsed = parseRequest(request, { id: given ?? '', from: account.from, askedAt, account });
  if (!parsed.ok) throw new ValidationError(parsed.errors);
  if (parsed.delivery.expiresAt <= askedAt) {
    throw new ValidationError([{ pointer: '/expiresAt', detail: 'is in the past: it could never be sent' }]);
  }
  const id = given ?? makeId(parsed.delivery, request, askedAt);
  const delivery = given === null ? { ...parsed.delivery, id } : parsed.delivery;
  const job = { id: jobIdOf(id), timestamp: askedAt };
  return {
    delivery,
    warnings: parsed.warnings,
    madeId: given === null,
    job,
    data: JSON.stringify(sealRequest(queuedRequest(request, delivery), delivery, sealer)),
  };
}

/** The job's data: the request itself, its times spelled out so that they mean the same at every reading. */
function queuedRequest(request: GivenRequest, delivery: Delivery): QueuedRequest {
  const { to, sendAt, expiresAt } = delivery;
  // As JSON, which has no undefined fields: to leave them out here would take longer than all the rest.
  return Object.assign({ ...request }, { id: undefined, from: undefined, to, sendAt, expiresAt });
}
