import type { Delivery } from '../domain/delivery.js';
import { isServed, type PublishedAccount } from '../domain/published-account.js';
import { isNumber } from '../domain/recipient.js';
import { isFields, type Sealer, sealRequest } from '../domain/seal.js';
import { UnknownAccountError, ValidationError, type ValidationFault } from '../errors.js';
import type { Warning } from '../queue/check-request.js';
import type { DeliveryRequest } from '../queue/delivery-request.js';
import { jobIdOf } from '../queue/names.js';
import { newDeliveryId } from '../queue/new-id.js';
import type { QueuedRequest } from '../queue/queues.js';
import { type ParsedRequest, parseRequest } from '../queue/request.js';
import type { Job } from '../redis/delivery-replies.js';

/** What the library takes: a request that names its account. */
export type EnqueueRequest = DeliveryRequest & {
  /** The account, by number or name. */
  readonly from: string;
};

export type ReadDeps = {
  readonly findAccount: (fromOrName: string) => Promise<PublishedAccount | undefined>;
  /** All that there are, to name them where one is not known. */
  readonly accounts?: () => Promise<readonly { readonly name: string }[]>;
  readonly now: () => number;
  readonly sealer: Sealer;
};

/** The names of the accounts for whoever named another; nothing where all are known. */
export async function knownNames(
  found: readonly (PublishedAccount | undefined)[],
  { accounts }: Pick<ReadDeps, 'accounts'>,
): Promise<{ readonly known?: readonly string[] }> {
  if (accounts === undefined || !found.includes(undefined)) return {};
  return { known: (await accounts()).map(({ name }) => name) };
}

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
  const given = asRequest(request);
  const named = given.from ?? null;
  const account = named === null ? undefined : await deps.findAccount(String(named));
  const names = named === null ? {} : await knownNames([account], deps);
  return readFor(account, given, { ...deps, ...names, makeId });
}

/** What is wrong with its fields is found after this; first there must be some. @throws ValidationError */
export function asRequest(request: unknown): GivenRequest {
  if (isFields(request)) return request;
  throw new ValidationError([{ pointer: '', detail: 'must be an object with the fields of a request' }]);
}

type ReadingDeps = Pick<ReadDeps, 'now' | 'sealer'> & {
  readonly makeId: MakeId;
  /** The names of the accounts that there are. */
  readonly known?: readonly string[];
};

/**
 * The same for an account that has been looked up; undefined: there is none.
 * @throws UnknownAccountError, ValidationError
 */
export function readFor(
  account: PublishedAccount | undefined,
  request: GivenRequest,
  { now, sealer, makeId, known }: ReadingDeps,
): ReadRequest {
  const askedAt = now();
  if (account === undefined || !isServed(account))
    throw refusalOf({ why: accountFault(request, known) }, request, askedAt);
  const parsed = parseFor(account, request, askedAt);
  if (!parsed.ok) throw new ValidationError(parsed.errors);
  const given = givenId(request);
  const id = given ?? makeId(parsed.delivery, request, askedAt);
  const delivery = given === null ? { ...parsed.delivery, id } : parsed.delivery;
  const job = { id: jobIdOf(id), timestamp: askedAt };
  return {
    delivery,
    warnings: parsed.warnings,
    madeId: given === null,
    job,
    data: JSON.stringify(sealRequest(queuedRequest(request, delivery, account), delivery, sealer)),
  };
}

function givenId({ id }: GivenRequest): string | null {
  return id === undefined || id === null ? null : String(id);
}

/** Stands for an account that is not known: no fault comes of what it says. */
const NO_ACCOUNT = { from: '', onClosedWindow: 'hold', template: { name: '', variables: [] } } as const;

type Policies = Pick<PublishedAccount, 'from' | 'onClosedWindow' | 'template' | 'country'>;

function parseFor(account: Policies, request: unknown, askedAt: number): ParsedRequest {
  const id = isFields(request) ? givenId(request) : null;
  return parseRequest(request, { id: id ?? '', from: account.from, askedAt, endsAfter: askedAt, account });
}

/** Why a request has no account. */
type AccountFault = UnknownAccountError | ValidationError;

function accountFault({ from }: GivenRequest, known: readonly string[] | undefined): AccountFault {
  if (from !== undefined && from !== null)
    return new UnknownAccountError(String(from), known === undefined ? {} : { known });
  return new ValidationError([{ pointer: '/from', detail: 'is missing: give an account by number or name' }]);
}

/** Such an error as a value; any other is thrown on. */
export function asAccountFault(error: unknown): AccountFault {
  if (error instanceof UnknownAccountError || error instanceof ValidationError) return error;
  throw error;
}

type Known = {
  /** Null: its account is known. */
  readonly why: AccountFault | null;
  /** What else was found wrong before its fields were looked at. */
  readonly found?: readonly ValidationFault[];
};

/** The error of a request that is refused before it is read, together with all that is wrong with its fields. */
export function refusalOf({ why, found = [] }: Known, request: unknown, askedAt: number): AccountFault {
  const fields = faultsOfRequest(request, askedAt);
  if (why !== null && found.length + fields.length === 0) return why;
  const account = why === null || why instanceof ValidationError ? (why?.errors ?? []) : [UNKNOWN_ACCOUNT];
  const told = new Set(fields.map(({ pointer }) => pointer));
  const others = [...found, ...account].filter(({ pointer }) => !told.has(pointer));
  return new ValidationError([...others, ...fields], why === null ? {} : { cause: why });
}

/** All that is wrong with a request, whatever its account says. */
export function faultsOfRequest(request: unknown, askedAt: number): readonly ValidationFault[] {
  const parsed = parseFor(NO_ACCOUNT, request, askedAt);
  return parsed.ok ? [] : parsed.errors;
}

const UNKNOWN_ACCOUNT: ValidationFault = {
  pointer: '/from',
  detail: 'is no account: give the number or the name of one',
};

/**
 * The job's data: the request itself, its times and its link spelled out so that they mean the same at every reading,
 * and without what means that a field is absent.
 */
function queuedRequest(
  request: GivenRequest,
  delivery: Delivery,
  { country = null }: PublishedAccount,
): QueuedRequest {
  const { fileUrl, sendAt, expiresAt } = delivery;
  // With its `+`, nobody takes a number for one of the account's country.
  const to = country !== null && isNumber(delivery.to) ? `+${delivery.to}` : delivery.to;
  const queued: Record<string, unknown> = { ...request };
  // As JSON, which has no undefined fields: to leave them out here would take longer than all the rest.
  for (const name in queued) if (queued[name] === null) queued[name] = undefined;
  if (queued.template !== undefined) queued.template = delivery.template;
  if (queued.metadata !== undefined) queued.metadata = delivery.metadata;
  return Object.assign(queued, { id: undefined, from: undefined, to, fileUrl, sendAt, expiresAt });
}
