import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../domain/operation.js';
import { UNSENT } from '../domain/status.js';
import { SECOND } from '../domain/time.js';
import { IllegalStateError } from '../errors.js';
import type { Queues } from '../queue/queues.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { ErasureStore, Names } from '../redis/erasure-store.js';
import type { DeliveryRow } from '../redis/lists.js';
import type { OperatorStore } from '../redis/operator-store.js';
import type { ListFilter, Page } from './list.js';

/** What was taken away, by kind. */
export type Erased = {
  readonly deliveries: number;
  /** In the queue, where the request with link and caption is kept. */
  readonly jobs: number;
  /** Events that an endpoint did not take. */
  readonly deadEvents: number;
  /** Names by which the recipient was known beside the number. */
  readonly aliases: number;
  /** Sessions that the ledger goes on to count, without a name. */
  readonly sessions: number;
  /** What was kept of messages that are no delivery's, and of callbacks that were not understood. */
  readonly messages: number;
  readonly callbacks: number;
};

export type EraseDeps = {
  readonly store: DeliveryStore;
  readonly operators: OperatorStore;
  readonly erasure: ErasureStore;
  readonly queues: Queues;
  readonly list: (filter: ListFilter) => Promise<Page<DeliveryRow>>;
  readonly monotonic: () => number;
  readonly onRedis: <T>(call: () => Promise<T>) => Promise<T>;
  /** Who asks: what could not be erased yet says so, being cancelled. */
  readonly by: Actor;
};

const PATIENCE_MS = 5 * SECOND;
const LOOK_EVERY_MS = 100;
const PAGE = 100;

/**
 * Erases what is kept of an account's recipient. What has not been sent is cancelled first; what is being sent is
 * waited for a little. Said again, it goes on where it ended.
 * @throws IllegalStateError when something may still be on its way: that has to end first
 */
export async function erase(
  asked: { readonly from: string; readonly to: string },
  deps: EraseDeps,
): Promise<Erased> {
  const { erasure, onRedis, monotonic } = deps;
  const names = await onRedis(() => erasure.namesOf(asked.from, asked.to));
  await onRedis(() => erasure.dropExpired(names));
  const deadline = monotonic() + PATIENCE_MS;
  const count = { deliveries: 0, jobs: 0, deadEvents: 0 };
  for (;;) {
    const left = await eraseDeliveries(names, count, deps);
    if (left === null && (await onRedis(() => erasure.forget(names)))) break;
    if (monotonic() >= deadline) throw refusal(left);
    await sleep(LOOK_EVERY_MS);
  }
  return {
    ...count,
    aliases: await onRedis(() => erasure.dropAliases(names)),
    // These look through all that an account has: however long that takes.
    sessions: await erasure.anonymise(names),
    messages: await erasure.dropOthers(names),
    callbacks: await erasure.dropUnread(names),
  };
}

function refusal(left: DeliveryRow | null): IllegalStateError {
  const { status = 'queued', id, horizonAt } = left ?? {};
  const when = horizonAt ? ` until ${new Date(horizonAt).toISOString()}` : '';
  const detail = `${id ?? 'one that has just come'} may still be on its way${when}; what had not been sent is cancelled, say it again later`;
  return new IllegalStateError('erase', status, { detail });
}

type Count = { deliveries: number; jobs: number; deadEvents: number };

/** One round over what the recipient has; the first that could not be erased yet, or null. */
async function eraseDeliveries(names: Names, count: Count, deps: EraseDeps): Promise<DeliveryRow | null> {
  const { from, recipient } = names;
  let left: DeliveryRow | null = null;
  let page: Page<DeliveryRow> = { deliveries: [], cursor: null };
  do {
    page = await deps.list({ from, to: recipient, limit: PAGE, cursor: page.cursor ?? undefined });
    const ids = page.deliveries.map(({ id }) => id);
    const dropDeadEvents = () => deps.onRedis(() => deps.erasure.dropDeadEvents(from, ids));
    // While the ids are still known: said again after a crash, it finds them again.
    count.deadEvents += await dropDeadEvents();
    for (const row of page.deliveries) {
      if (!(await deps.onRedis(() => eraseOne(row, count, deps)))) left ??= row;
    }
    // Those that were given up meanwhile; whoever gives one up later finds that the record has gone.
    count.deadEvents += await dropDeadEvents();
  } while (page.cursor !== null);
  return left;
}

/** Its job first: one that is left behind would be taken for a new delivery once nothing else is known of it. */
async function eraseOne(row: DeliveryRow, count: Count, deps: EraseDeps): Promise<boolean> {
  const { store, operators, erasure, queues, by } = deps;
  if (row.status === 'sending') return false;
  if (UNSENT.includes(row.status))
    await store.conclude(row, { status: 'cancelled', reason: 'cancelled', by });
  // Its job asks the history, and must go on to do so while a sender may be at work.
  if (row.status === 'unknown' && (await operators.resolvable(row)).kind === 'early') return false;
  const removed = await queues.remove(row.from, await erasure.jobOf(row));
  if (removed === 'in_hand') return false;
  if (removed === 'removed') count.jobs += 1;
  if ((await erasure.erase(row, row.unique)) === 'busy') return false;
  count.deliveries += 1;
  return true;
}
