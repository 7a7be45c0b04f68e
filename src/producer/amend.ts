import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../domain/account.js';
import type { Delivery } from '../domain/delivery.js';
import { type Fields, isFields, openRequest, type Sealer, sealRequest } from '../domain/seal.js';
import { type Status, UNSENT } from '../domain/status.js';
import {
  IllegalStateError,
  NotFoundError,
  UnknownAccountError,
  ValidationError,
  type WaybillError,
} from '../errors.js';
import { parseRequest, type Warning } from '../queue/request.js';
import type { AmendStore } from '../redis/amend-store.js';
import type { DeliveryView } from '../redis/delivery-view.js';

/** What may still be changed; a caption of null takes it away. */
export type Changes = {
  readonly fileUrl?: string | undefined;
  readonly caption?: string | null | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
};

export type Amended = {
  readonly id: string;
  readonly from: string;
  readonly status: Status;
  readonly warnings: readonly Warning[];
};

type Policies = Pick<Account, 'onClosedWindow' | 'template'>;

export type AmendDeps = {
  readonly amends: AmendStore;
  readonly findAccount: (from: string) => Promise<Policies | undefined>;
  readonly now: () => number;
  readonly sealer: Sealer;
};

/** A worker has a delivery in its hands for so long at most before it sends it or lays it down. */
const TRIES = 8;
const PAUSE_MS = 50;

/**
 * Changes a delivery that has not been sent. From then on its id belongs to the request as it is now.
 * @throws IllegalStateError once its attempt has begun, ValidationError, NotFoundError, DataKeyError
 */
export async function amend(view: DeliveryView, changes: Changes, deps: AmendDeps): Promise<Amended> {
  const { id, from } = view;
  const account = await deps.findAccount(from);
  if (account === undefined) throw new UnknownAccountError(from);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    if (!UNSENT.includes(view.status)) break;
    const before = await deps.amends.readRequest(view);
    if (before === null) break;
    const { delivery, after, warnings } = change({ view, changes, before, account }, deps);
    const amended = await deps.amends.amend(view, { before, after, delivery });
    if (amended.kind === 'amended') return { id, from, status: amended.status, warnings };
    if (amended.kind === 'refused') throw refusal(amended.status, id);
    await sleep(PAUSE_MS);
  }
  throw refusal(view.status, id);
}

function refusal(status: Status | null, id: string): WaybillError {
  if (status === null) return new NotFoundError(id);
  return new IllegalStateError('amend', status, { detail: 'only one that is not being sent can be changed' });
}

type Change = {
  readonly view: DeliveryView;
  readonly changes: Changes;
  readonly before: string;
  readonly account: Policies;
};

type Changed = { readonly delivery: Delivery; readonly after: string; readonly warnings: readonly Warning[] };

/** The whole request is read again: what is new must fit what stays. */
function change({ view, changes, before, account }: Change, { now, sealer }: AmendDeps): Changed {
  const { id, from } = view;
  const known = openRequest(JSON.parse(before), view, sealer);
  const changed = { expiresAt: view.expiresAt, ...withoutGaps(changes) };
  const request = merge(isFields(known) ? known : {}, changed);
  const parsed = parseRequest(request, { id, from, askedAt: view.createdAt, account });
  if (!parsed.ok) throw new ValidationError(parsed.errors);
  if (parsed.delivery.expiresAt <= now()) {
    throw new ValidationError([{ pointer: '/expiresAt', detail: 'is in the past: it could never be sent' }]);
  }
  const after = JSON.stringify(sealRequest(request, view, sealer));
  return { delivery: parsed.delivery, after, warnings: parsed.warnings };
}

function withoutGaps(changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function merge(request: Fields, { caption, ...changes }: Changes): Fields {
  const { caption: known, ...rest } = request;
  const kept = caption === undefined ? known : caption;
  return { ...rest, ...changes, ...(kept === undefined || kept === null ? {} : { caption: kept }) };
}
