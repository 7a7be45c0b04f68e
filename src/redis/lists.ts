import { isStatus, type Status } from '../domain/status.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';

/** What there is an index of: unknown outcomes that are still asked about, and deliveries held by a budget. */
export const LISTED_STATUSES = ['unknown', 'held'] as const;
export type ListedStatus = (typeof LISTED_STATUSES)[number];

/** Times in epoch milliseconds, both included. */
export type ListAsked = {
  readonly from: string;
  readonly status: ListedStatus;
  readonly since?: number;
  readonly until?: number;
};

/** When the delivery came into the list: an unknown one by its attempt's start. */
export type ListEntry = { readonly id: string; readonly since: number };

export type ListedDelivery = ListEntry & {
  readonly from: string;
  readonly to: string;
  readonly status: Status;
  readonly reason: string;
  /** Of an unknown outcome: when no sender can still be sending it. */
  readonly horizonAt: number | null;
};

/** The entries of a list, oldest first. */
export async function listEntries(
  redis: Redis,
  prefix: string,
  { from, status, since, until }: ListAsked,
): Promise<readonly ListEntry[]> {
  const { unknowns, budgetHeld } = accountKeys(prefix, from).fixed;
  const index = status === 'unknown' ? unknowns : budgetHeld;
  const flat = await redis.zrangebyscore(index, since ?? '-inf', until ?? '+inf', 'WITHSCORES');
  return flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, since: Number(flat[at + 1]) }] : []));
}

/** What the records tell of these entries; one that has moved on meanwhile is left out. */
export async function readListed(
  redis: Redis,
  prefix: string,
  { from, status, entries }: Pick<ListAsked, 'from' | 'status'> & { readonly entries: readonly ListEntry[] },
): Promise<readonly ListedDelivery[]> {
  const keys = accountKeys(prefix, from);
  const fields = ['status', 'to', 'reason', 'horizonAt'] as const;
  const rows = await Promise.all(entries.map(({ id }) => redis.hmget(keys.record(id), ...fields)));
  return entries.flatMap((entry, index) => {
    const [found, to, reason, horizonAt] = rows[index] ?? [];
    if (!isStatus(found) || found !== status) return [];
    const horizon = found === 'unknown' && horizonAt ? Number(horizonAt) : null;
    return [{ ...entry, from, to: to ?? '', status: found, reason: reason ?? '', horizonAt: horizon }];
  });
}
