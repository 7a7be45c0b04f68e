import type { Actor } from '../domain/operation.js';
import {
  DataKeyError,
  IdempotencyConflictError,
  IllegalStateError,
  ValidationError,
  WaybillError,
} from '../errors.js';
import type { DeliveryRequest } from '../queue/delivery-request.js';
import { requestSchema } from '../queue/request.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { OperatorStore } from '../redis/operator-store.js';
import type { Enqueued } from './enqueue.js';
import type { EnqueueRequest } from './read-request.js';

/** How a new delivery differs from the one that it repeats. */
export type ResendOptions = {
  /** The new delivery's id; default: one that is made for it. */
  readonly id?: string;
  /** The provider fetches the file first: for links that WhatsApp cannot reach. */
  readonly localStorage?: boolean;
};

/** The new delivery that `resend` made. */
export type Resent = Enqueued & {
  /** The account's number. */
  readonly from: string;
  /** The id of the delivery that it repeats. */
  readonly resendOf: string;
};

export type ResendDeps = {
  readonly operators: OperatorStore;
  readonly enqueue: (request: EnqueueRequest) => Promise<Enqueued>;
  readonly newId: () => string;
};

type Resending = { readonly view: DeliveryView; readonly options: ResendOptions; readonly by: Actor };

/**
 * Makes a new delivery of one that failed or expired, and ties the two. Said again, it answers the same.
 * @throws IllegalStateError, ValidationError, IdempotencyConflictError, DataKeyError, WaybillError (REQUEST_GONE)
 */
export async function resend({ view, options, by }: Resending, deps: ResendDeps): Promise<Resent> {
  if (!RESENDABLE.includes(view.status)) throw refusal(view.status);
  if (options.id === view.id) {
    throw new ValidationError([{ pointer: '/id', detail: 'is that of the delivery itself: give another' }]);
  }
  const request = requestOf(view, options);
  const id = await tie(view, options, deps);
  const enqueued = await makeOrUntie(view, { ...request, id, from: view.from }, deps);
  await deps.operators.tie(view, id, by);
  return { ...enqueued, from: view.from, resendOf: view.id };
}

const RESENDABLE: readonly string[] = ['failed', 'expired'];

function refusal(status: string, detail = 'only one that failed or expired is made anew'): IllegalStateError {
  return new IllegalStateError('resend', status, { detail });
}

/** The request as it was but for its times: those have passed. */
function requestOf(view: DeliveryView, { localStorage = false }: ResendOptions): DeliveryRequest {
  if (view.request === null) {
    throw new WaybillError(
      'REQUEST_GONE',
      'The request is kept for 24 h after the end, and is gone: enqueue it anew',
    );
  }
  if (view.locked !== null) throw new DataKeyError(view.locked);
  if (!isRequest(view.request)) throw new ValidationError(view.errors);
  const { sendAt: _sendAt, expiresAt: _expiresAt, ...request } = view.request;
  return localStorage ? { ...request, localStorage } : request;
}

function isRequest(request: unknown): request is DeliveryRequest {
  return requestSchema.safeParse(request).success;
}

/** The first tie stands, so that two operators make one delivery and not two. */
async function tie(
  view: DeliveryView,
  { id }: ResendOptions,
  { operators, newId }: ResendDeps,
): Promise<string> {
  const tied = await operators.tie(view, id ?? newId());
  if (tied.kind === 'refused') throw refusal(tied.status ?? 'gone');
  if (id !== undefined && tied.madeId !== id)
    throw refusal(view.status, `it was made anew as ${tied.madeId}`);
  return tied.madeId;
}

async function makeOrUntie(
  view: DeliveryView,
  request: EnqueueRequest,
  { operators, enqueue }: ResendDeps,
): Promise<Enqueued> {
  try {
    return await enqueue(request);
  } catch (error) {
    const refused = error instanceof ValidationError || error instanceof IdempotencyConflictError;
    if (refused) await operators.untie(view);
    throw error;
  }
}
