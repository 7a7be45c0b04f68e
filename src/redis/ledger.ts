import { billingMonth } from '../domain/session.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

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
  const start = Date.parse(`${asked.month}-01T00:00:00Z`);
  // A month anywhere on earth lies within a day of the same month in UTC, and has 31 days at most.
  const span = { since: start - DAY, until: start + 33 * DAY };
  const rows = await readLedgerSpan(redis, accountKeys(prefix, asked.from), span);
  return rows.filter(({ openedAt }) => billingMonth(openedAt, asked.timeZone) === asked.month);
}

/** The sessions that were opened in a span of time, both ends included, oldest first. */
export async function readLedgerSpan(
  redis: Redis,
  { fixed }: AccountKeys,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<readonly LedgerRow[]> {
  const names = await redis.zrangebyscore(fixed.ledger, since, until);
  if (names.length === 0) return [];
  const rows = await redis.hmget(fixed.ledgerRows, ...names);
  return names.map((name, index) => readRow(name, rows[index] ?? ''));
}

const MOST_TRIMMED = 1000;

/** Takes sessions out that were opened longer ago than they are to be kept, some at a time. */
export async function trimLedger(
  redis: Redis,
  prefix: string,
  { from, keptMs }: { readonly from: string; readonly keptMs: number },
): Promise<void> {
  const { fixed } = accountKeys(prefix, from);
  await createScriptRunner(redis)('trim-ledger', fixed, { keptMs, most: MOST_TRIMMED });
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
