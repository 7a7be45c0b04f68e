import { billingMonth } from '../domain/session.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';

/** One paid session, as the bill should have it. Epoch milliseconds. */
export type LedgerRow = {
  readonly to: string;
  readonly openedAt: number;
  readonly openedBy: string;
  readonly messages: number;
};

/** An account's sessions of one month (`2026-11`) in its time zone, oldest first. */
export async function readLedger(
  redis: Redis,
  prefix: string,
  asked: { readonly from: string; readonly month: string; readonly timeZone: string },
): Promise<readonly LedgerRow[]> {
  const keys = accountKeys(prefix, asked.from).fixed;
  const start = Date.parse(`${asked.month}-01T00:00:00Z`);
  // A month anywhere on earth lies within a day of the same month in UTC, and has 31 days at most.
  const names = await redis.zrangebyscore(keys.ledger, start - DAY, start + 33 * DAY);
  if (names.length === 0) return [];
  const rows = await redis.hmget(keys.ledgerRows, ...names);
  return names
    .map((name, index) => readRow(name, rows[index] ?? ''))
    .filter(({ openedAt }) => billingMonth(openedAt, asked.timeZone) === asked.month);
}

function readRow(name: string, row: string): LedgerRow {
  const at = name.lastIndexOf('@');
  const [messages = '0', openedBy = ''] = row.split(' ');
  return {
    to: name.slice(0, at),
    openedAt: Number(name.slice(at + 1)),
    openedBy,
    messages: Number(messages),
  };
}
