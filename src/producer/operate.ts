import { type Actor, type Signature, signed } from '../domain/operation.js';
import { isFields } from '../domain/seal.js';
import type { Status } from '../domain/status.js';
import { UnknownAccountError, ValidationError, WaybillError } from '../errors.js';
import type { Changes } from '../queue/delivery-request.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { DeliveryRow } from '../redis/lists.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import { type AmendDeps, type Amended, amend, faultsOfChanges } from './amend.js';
import { checkFilter, checkResend, checkResolution, checkSignature, faultsOfSignature } from './arguments.js';
import { type EraseDeps, type Erased, erase } from './erase.js';
import { type ListDeps, type ListFilter, listDeliveries, type Page, readRecipient } from './list.js';
import { cancel, type Narrow } from './producer.js';
import { type ResendDeps, type ResendOptions, type Resent, resend } from './resend.js';
import { type Resolution, type ResolveDeps, type Resolved, resolve } from './resolve.js';
import { inOurWords, type OnRedis, whileOpen } from './unavailable.js';

/** So many deliveries are changed at once. */
const BATCH = 50;

export type OperatorDeps = ResolveDeps &
  ResendDeps &
  AmendDeps &
  ListDeps &
  Pick<EraseDeps, 'erasure' | 'queues' | 'monotonic'> & {
    /** The delivery by its id. */
    readonly find: (id: string, narrow: Narrow) => Promise<DeliveryView>;
    /** Resolves when Redis can be asked. */
    readonly ready: (withinMs: number) => Promise<void>;
    /** Who asks, where a call does not say. */
    readonly signature: Signature;
    /** Whether this client was closed: what fails then says so. */
    readonly isClosed: () => boolean;
  };

/** Where a delivery is looked for, and who asks. */
export type Asking = Narrow & Signature;

/** What an operator says of deliveries. */
export type Said = Signature & { readonly resolution: Resolution };

/** One of many: what came of it, or why it was refused. */
export type OrError<Result> = Result | { readonly id: string; readonly error: WaybillError };

export type Operator = ReturnType<typeof createOperator>;

/** What operators can do with deliveries that nobody else helps. */
export function createOperator(deps: OperatorDeps) {
  const onRedis = whileOpen(deps);
  const { resolveOne, cancelOne, resendOne, amendOne } = createVerbs(deps, onRedis);
  /** One page of deliveries, newest first. @throws ValidationError, UnknownAccountError */
  async function list(filter: ListFilter): Promise<Page<DeliveryRow>> {
    checkFilter(filter);
    return listDeliveries(filter, {
      accounts: () => onRedis(deps.accounts),
      readStep: (asked) => onRedis(() => deps.readStep(asked)),
    });
  }

  return {
    /** @throws NotFoundError, IllegalStateError */
    async resolve(id: string, said: Said, narrow: Narrow = {}): Promise<Resolved> {
      checkResolution(said.resolution);
      return resolveOne(await deps.find(id, narrow), said);
    },

    /** @throws NotFoundError, IllegalStateError */
    async cancel(id: string, asking: Asking = {}): Promise<Resolved> {
      return cancelOne(await deps.find(id, asking), asking);
    },

    resend: (id: string, options: ResendOptions, asking: Asking = {}) => resendOne(id, options, asking),

    /** @throws NotFoundError, IllegalStateError, ValidationError */
    amend: (id: string, changes: Changes, asking: Asking = {}) => amendOne(id, changes, asking),

    /** Of many, each answer stands at its delivery's place. */
    resolveAll: (refs: Refs, said: Said) => each(refs, (ref) => resolveOne(ref, said)),
    cancelAll: (rows: readonly Row[], said: Signature = {}) => each(rows, (row) => cancelOne(row, said)),
    resendAll: (refs: Refs, { localStorage = false, ...said }: ResendingMany) =>
      each(refs, ({ id, from }) => resendOne(id, { localStorage }, { from, ...said })),

    list,

    /**
     * Erases what is kept of a recipient, by either name.
     * @throws ValidationError, UnknownAccountError, IllegalStateError while something may be on its way
     */
    async erase(fromOrName: string, to: string, said: Signature = {}): Promise<Erased> {
      const by = actorOf(said, deps);
      const account = named(fromOrName, await onRedis(deps.accounts));
      const asked = { from: account.from, to: readRecipient(to, account.country) };
      return erase(asked, { ...deps, list, onRedis, by }).catch((error: unknown) => {
        throw inOurWords(error);
      });
    },
  };
}

type ResendingMany = Pick<ResendOptions, 'localStorage'> & Signature;

/** The verbs on one delivery each. */
function createVerbs(deps: OperatorDeps, onRedis: OnRedis) {
  return {
    resolveOne: (ref: DeliveryRef, { resolution, ...said }: Said) =>
      onRedis(() => resolve({ ref, resolution, by: actorOf(said, deps) }, deps)),

    async cancelOne(row: Row, said: Signature): Promise<Resolved> {
      await onRedis(() => cancel(row, actorOf(said, deps), deps));
      return { id: row.id, from: row.from, status: 'cancelled' };
    },

    async resendOne(id: string, options: ResendOptions, asking: Asking): Promise<Resent> {
      checkResend(options);
      const by = actorOf(asking, deps);
      const view = await deps.find(id, asking);
      return onRedis(() => resend({ view, options, by }, deps));
    },

    async amendOne(id: string, changes: Changes, asking: Asking): Promise<Amended> {
      const faults = faultsOfSignature(asking);
      if (faults.length > 0 || !isFields(changes))
        throw new ValidationError([...faultsOfChanges(changes), ...faults]);
      const view = await deps.find(id, asking);
      return onRedis(() => amend({ view, changes, by: signed(asking, deps.signature) }, deps));
    },
  };
}

/** @throws ValidationError */
function actorOf(said: Signature, { signature }: Pick<OperatorDeps, 'signature'>): Actor {
  checkSignature(said);
  return signed(said, signature);
}

/** @throws UnknownAccountError */
function named<Account extends { readonly from: string; readonly name: string }>(
  fromOrName: string,
  accounts: readonly Account[],
): Account {
  const account = accounts.find(({ from, name }) => from === fromOrName || name === fromOrName);
  if (account !== undefined) return account;
  throw new UnknownAccountError(fromOrName, { known: accounts.map(({ name }) => name) });
}

type Refs = readonly DeliveryRef[];
type Row = DeliveryRef & { readonly status: Status };

async function each<Ref extends DeliveryRef, Result>(
  refs: readonly Ref[],
  act: (ref: Ref) => Promise<Result>,
): Promise<readonly OrError<Result>[]> {
  const results: OrError<Result>[] = [];
  for (let start = 0; start < refs.length; start += BATCH) {
    const batch = refs.slice(start, start + BATCH);
    results.push(...(await Promise.all(batch.map((ref) => orError(ref.id, act(ref))))));
  }
  return results;
}

/** A refusal is an answer among the others; without Redis there is no use in going on. */
async function orError<Result>(id: string, acted: Promise<Result>): Promise<OrError<Result>> {
  try {
    return await acted;
  } catch (error) {
    if (error instanceof WaybillError && error.code !== 'UNAVAILABLE') return { id, error };
    throw error;
  }
}
