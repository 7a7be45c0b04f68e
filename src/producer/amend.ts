import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../domain/account.js';
import type { Actor } from '../domain/operation.js';
import { type Fields, isFields, openRequest, type Sealer, sealRequest } from '../domain/seal.js';
import { type Status, UNSENT } from '../domain/status.js';
import {
  IllegalStateError,
  NotFoundError,
  UnknownAccountError,
  ValidationError,
  type ValidationFault,
  type WaybillError,
} from '../errors.js';
import type { Warning } from '../queue/check-request.js';
import type { Changes } from '../queue/delivery-request.js';
import { faultsOf } from '../queue/faults.js';
import { parseRequest, requestSchema } from '../queue/request.js';
import { object } from '../queue/request-fields.js';
import type { Amendment, AmendStore } from '../redis/amend-store.js';
import type { DeliveryView } from '../redis/delivery-view.js';

const { fileUrl, caption, sendAt, expiresAt } = requestSchema.shape;

/** What may still be changed. */
export const changesSchema = object({
  fileUrl: fileUrl.nullish().describe('Another https link to the file.'),
  caption: caption.describe('Another caption; null takes it away.'),
  sendAt: sendAt.describe(
    'Another time to send it: ISO 8601 with zone, or epoch milliseconds. A time that has passed means now.',
  ),
  expiresAt: expiresAt.describe('Another time to give up at: ISO 8601 with zone, or epoch milliseconds.'),
});

/** The delivery after `amend`. */
export type Amended = {
  /** The delivery's id. */
  readonly id: string;
  /** The account's number. */
  readonly from: string;
  /** Its status now. */
  readonly status: Status;
  /** What may surprise you about the request as it is now. */
  readonly warnings: readonly Warning[];
};

type Policies = Pick<Account, 'onClosedWindow' | 'template'> & Partial<Pick<Account, 'country'>>;

export type AmendDeps = {
  readonly amends: AmendStore;
  readonly findAccount: (from: string) => Promise<Policies | undefined>;
  readonly now: () => number;
  readonly sealer: Sealer;
};

type Amending = { readonly view: DeliveryView; readonly changes: Changes; readonly by?: Actor };

/** A worker has a delivery in its hands for so long at most before it sends it or lays it down. */
const TRIES = 8;
const PAUSE_MS = 50;

/**
 * Changes a delivery that has not been sent. From then on its id belongs to the request as it is now.
 * @throws IllegalStateError once its attempt has begun, ValidationError, NotFoundError, DataKeyError
 */
export async function amend({ view, changes, by }: Amending, deps: AmendDeps): Promise<Amended> {
  const { id, from } = view;
  const account = await deps.findAccount(from);
  if (account === undefined) throw new UnknownAccountError(from);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    if (!UNSENT.includes(view.status)) break;
    const before = await deps.amends.readRequest(view);
    if (before === null) break;
    const { warnings, ...amendment } = change({ view, changes, before, account }, deps);
    const amended = await deps.amends.amend(view, { before, by, ...amendment });
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

type Changed = Omit<Amendment, 'before' | 'by'> & { readonly warnings: readonly Warning[] };

/** The whole request is read again: what is new must fit what stays. */
function change({ view, changes, before, account }: Change, { now, sealer }: AmendDeps): Changed {
  const { id, from } = view;
  const known = openRequest(JSON.parse(before), view, sealer);
  const request = merge(withTimes(isFields(known) ? known : {}, view), changes);
  const parsed = parseRequest(request, { id, from, askedAt: view.createdAt, endsAfter: now(), account });
  // Those of the fields that are changed are among the whole request's.
  const isOther = ({ pointer }: ValidationFault) => !Object.hasOwn(changesSchema.shape, pointer.slice(1));
  const faults = [...faultsOfChanges(changes).filter(isOther), ...(parsed.ok ? [] : parsed.errors)];
  if (!parsed.ok || faults.length > 0) throw new ValidationError(faults);
  const { delivery, warnings } = parsed;
  const { fileUrl, sendAt, expiresAt } = delivery;
  const after = JSON.stringify(sealRequest({ ...request, fileUrl, sendAt, expiresAt }, view, sealer));
  return { delivery, after, isRescheduled: (changes.sendAt ?? null) !== null, warnings };
}

/** The times that it has by now: another client's job may have said nothing of them. */
function withTimes(known: Fields, { sendAt, expiresAt }: DeliveryView): Fields {
  return { ...known, sendAt: known.sendAt ?? sendAt, expiresAt: known.expiresAt ?? expiresAt };
}

/** What is wrong with them by themselves. */
export function faultsOfChanges(changes: unknown): readonly ValidationFault[] {
  const shape = changesSchema.safeParse(changes);
  const names = Object.keys(changesSchema.shape);
  if (!shape.success) return faultsOf(shape.error.issues);
  const { caption, fileUrl, sendAt, expiresAt } = shape.data;
  const changesNothing = caption === undefined && (fileUrl ?? sendAt ?? expiresAt ?? null) === null;
  return changesNothing ? [{ pointer: '', detail: `must change something: ${names.join(', ')}` }] : [];
}

/** Null takes a caption away; of another field it means that nothing is said of it. */
function merge(request: Fields, changes: unknown): Fields {
  const given = isFields(changes) ? changes : {};
  const { caption = request.caption, fileUrl, sendAt, expiresAt } = given;
  return {
    ...request,
    fileUrl: fileUrl ?? request.fileUrl,
    sendAt: sendAt ?? request.sendAt,
    expiresAt: expiresAt ?? request.expiresAt,
    // As JSON, which leaves it out.
    caption: caption ?? undefined,
  };
}
