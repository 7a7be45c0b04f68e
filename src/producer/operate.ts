import { WaybillError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { ListAsked, ListEntry, ListedDelivery } from '../redis/lists.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import type { Narrow } from './producer.js';
import { type ResendDeps, type ResendOptions, type Resent, resend } from './resend.js';
import { type Resolution, type ResolveDeps, type Resolved, resolve } from './resolve.js';
import { orUnavailable, PATIENCE_MS } from './unavailable.js';

/** So many deliveries are resolved, or read, at once. */
const BATCH = 50;
const ROWS = 500;

export type OperatorDeps = ResolveDeps &
  ResendDeps & {
    /** The delivery by its id. */
    readonly find: (id: string, narrow: Narrow) => Promise<DeliveryView>;
    readonly entries: (asked: ListAsked) => Promise<readonly ListEntry[]>;
    readonly readListed: (
      asked: Pick<ListAsked, 'from' | 'status'> & { readonly entries: readonly ListEntry[] },
    ) => Promise<readonly ListedDelivery[]>;
    /** Resolves when Redis can be asked. */
    readonly ready: (withinMs: number) => Promise<void>;
  };

export type ListFilter = ListAsked & { readonly to?: string };

/** What an operator says of deliveries, and by which name; the name may be empty. */
export type Said = { readonly resolution: Resolution; readonly by: string };

/** One of many: how it stands now, or why it could not be resolved. */
export type ResolvedOrError = Resolved | { readonly id: string; readonly error: WaybillError };

export type Operator = ReturnType<typeof createOperator>;

/** What operators can do with deliveries that nobody else helps. */
export function createOperator(deps: OperatorDeps) {
  const onRedis = <T>(call: () => Promise<T>): Promise<T> =>
    orUnavailable(async () => {
      await deps.ready(PATIENCE_MS);
      return call();
    });
  const resolveOne = (ref: DeliveryRef, said: Said) => onRedis(() => resolve({ ref, ...said }, deps));

  return {
    /** @throws NotFoundError, IllegalStateError */
    async resolve(id: string, said: Said, narrow: Narrow = {}): Promise<Resolved> {
      return resolveOne(await deps.find(id, narrow), said);
    },

    /** Each answer stands at its delivery's place. */
    async resolveAll(refs: readonly DeliveryRef[], said: Said): Promise<readonly ResolvedOrError[]> {
      return inBatches(refs, BATCH, (batch) =>
        Promise.all(batch.map((ref) => orError(ref.id, resolveOne(ref, said)))),
      );
    },

    async resend(id: string, options: ResendOptions, narrow: Narrow = {}): Promise<Resent> {
      const view = await deps.find(id, narrow);
      return onRedis(() => resend(view, options, deps));
    },

    /** The deliveries that there is an index of, oldest first. */
    async list({ to, ...asked }: ListFilter): Promise<readonly ListedDelivery[]> {
      const entries = await onRedis(() => deps.entries(asked));
      const rows = await inBatches(entries, ROWS, (batch) =>
        onRedis(() => deps.readListed({ ...asked, entries: batch })),
      );
      return to === undefined ? rows : rows.filter((row) => row.to === to);
    },
  };
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  size: number,
  run: (batch: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await run(items.slice(start, start + size))));
  }
  return results;
}

/** A refusal is an answer among the others; without Redis there is no use in going on. */
async function orError(id: string, resolved: Promise<Resolved>): Promise<ResolvedOrError> {
  try {
    return await resolved;
  } catch (error) {
    if (error instanceof WaybillError && error.code !== 'UNAVAILABLE') return { id, error };
    throw error;
  }
}
