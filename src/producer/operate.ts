import { IllegalStateError, UnknownAccountError, WaybillError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import { type AmendDeps, type Amended, amend, type Changes } from './amend.js';
import { type EraseDeps, type Erased, erase } from './erase.js';
import { type ListDeps, type ListFilter, listDeliveries, type Page, readRecipient } from './list.js';
import type { Narrow } from './producer.js';
import { type ResendDeps, type ResendOptions, type Resent, resend } from './resend.js';
import { type Resolution, type ResolveDeps, type Resolved, resolve } from './resolve.js';
import { inOurWords, patiently } from './unavailable.js';

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
  };

/** What an operator says of deliveries, and by which name; the name may be empty. */
export type Said = { readonly resolution: Resolution; readonly by: string };

/** One of many: what came of it, or why it was refused. */
export type OrError<Result> = Result | { readonly id: string; readonly error: WaybillError };

export type Operator = ReturnType<typeof createOperator>;

/** What operators can do with deliveries that nobody else helps. */
export function createOperator(deps: OperatorDeps) {
  const onRedis = patiently(deps.ready);
  const resolveOne = (ref: DeliveryRef, said: Said) => onRedis(() => resolve({ ref, ...said }, deps));
  const cancelOne = (ref: DeliveryRef) => onRedis(() => cancel(ref, deps));
  async function resendOne(id: string, options: ResendOptions, narrow: Narrow): Promise<Resent> {
    const view = await deps.find(id, narrow);
    return onRedis(() => resend(view, options, deps));
  }

  /** One page of deliveries, newest first. @throws ValidationError, UnknownAccountError */
  const list = (filter: ListFilter): Promise<Page> =>
    listDeliveries(filter, {
      accounts: () => onRedis(deps.accounts),
      readStep: (asked) => onRedis(() => deps.readStep(asked)),
    });

  return {
    /** @throws NotFoundError, IllegalStateError */
    async resolve(id: string, said: Said, narrow: Narrow = {}): Promise<Resolved> {
      return resolveOne(await deps.find(id, narrow), said);
    },

    resend: (id: string, options: ResendOptions, narrow: Narrow = {}): Promise<Resent> =>
      resendOne(id, options, narrow),

    /** @throws NotFoundError, IllegalStateError, ValidationError */
    async amend(id: string, changes: Changes, narrow: Narrow = {}): Promise<Amended> {
      const view = await deps.find(id, narrow);
      return onRedis(() => amend(view, changes, deps));
    },

    /** Of many, each answer stands at its delivery's place. */
    resolveAll: (refs: Refs, said: Said) => each(refs, (ref) => resolveOne(ref, said)),
    cancelAll: (refs: Refs) => each(refs, cancelOne),
    resendAll: (refs: Refs, options: Pick<ResendOptions, 'localStorage'>) =>
      each(refs, ({ id, from }) => resendOne(id, options, { from })),

    list,

    /**
     * Erases what is kept of a recipient, by either name.
     * @throws ValidationError, UnknownAccountError, IllegalStateError while something may be on its way
     */
    async erase(fromOrName: string, to: string): Promise<Erased> {
      const accounts = await onRedis(deps.accounts);
      const account = accounts.find(({ from, name }) => from === fromOrName || name === fromOrName);
      if (account === undefined)
        throw new UnknownAccountError(fromOrName, { known: accounts.map(({ name }) => name) });
      const asked = { from: account.from, to: readRecipient(to, account.country) };
      return erase(asked, { ...deps, list, onRedis }).catch((error: unknown) => {
        throw inOurWords(error);
      });
    },
  };
}

type Refs = readonly DeliveryRef[];

async function cancel(ref: DeliveryRef, { store }: OperatorDeps): Promise<Resolved> {
  const end = await store.conclude(ref, { status: 'cancelled', reason: 'cancelled' });
  if (!end.done) throw new IllegalStateError('cancel', end.status ?? 'gone');
  return { id: ref.id, from: ref.from, status: 'cancelled' };
}

async function each<Result>(
  refs: Refs,
  act: (ref: DeliveryRef) => Promise<Result>,
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
