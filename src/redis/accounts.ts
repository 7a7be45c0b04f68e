import { z } from 'zod';
import {
  type AccountTemplate,
  BILLING_MODELS,
  type Billing,
  type Budget,
  CLOSED_WINDOW_POLICIES,
  type ClosedWindowPolicy,
} from '../domain/account.js';
import { type Country, isCountry } from '../domain/phone-number.js';
import type { Redis } from './connection.js';
import { accountsKey } from './keys.js';

/** What apps must know of an account to enqueue for it, and operators to settle for it; workers publish it. */
export type PublishedAccount = {
  readonly from: string;
  readonly name: string;
  readonly onClosedWindow: ClosedWindowPolicy;
  readonly template: AccountTemplate | null;
  readonly billing: Billing;
  /** Absent where no worker has told of it. */
  readonly ratePerSecond?: number;
  readonly pairBurst?: number;
  readonly pairIntervalMs?: number;
  readonly budget?: Budget;
  /** Whose national numbers are taken as recipients; null, and where no worker has told of it: nobody's. */
  readonly country?: Country | null;
};

const publishedSchema = z.object({
  from: z.string(),
  name: z.string(),
  onClosedWindow: z.enum(CLOSED_WINDOW_POLICIES).catch('hold'),
  template: z
    .object({ name: z.string(), language: z.number().int().exactOptional(), variables: z.array(z.string()) })
    .nullable()
    .catch(null),
  billing: z.enum(BILLING_MODELS).catch('session'),
  ratePerSecond: z.number().exactOptional(),
  pairBurst: z.number().exactOptional(),
  pairIntervalMs: z.number().exactOptional(),
  budget: z
    .object({ perDay: z.number().nullable(), perMonth: z.number().nullable(), timeZone: z.string() })
    .exactOptional(),
  country: z.string().refine(isCountry).nullable().catch(null),
});

export async function publishAccounts(
  redis: Redis,
  prefix: string,
  accounts: readonly PublishedAccount[],
): Promise<void> {
  // Parsed, so that nothing is told of an account but what is meant to be.
  const rows = accounts.map((account): [string, string] => [
    account.from,
    JSON.stringify(publishedSchema.parse(account)),
  ]);
  if (rows.length > 0) await redis.hset(accountsKey(prefix), Object.fromEntries(rows));
}

/** The accounts that workers have published; a row that cannot be read is left out. */
export async function listAccounts(redis: Redis, prefix: string): Promise<readonly PublishedAccount[]> {
  const rows = await redis.hvals(accountsKey(prefix));
  return rows.flatMap((row) => {
    const parsed = publishedSchema.safeParse(parseJson(row));
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * Finds accounts without asking Redis each time: the list is read again when an account is missing from it,
 * at most once a second, and when it is a minute old.
 */
export function createAccountDirectory<Account extends Pick<PublishedAccount, 'from' | 'name'>>(
  read: () => Promise<readonly Account[]>,
  now: () => number,
) {
  let accounts: readonly Account[] = [];
  let readAt = Number.NEGATIVE_INFINITY;

  async function refresh(olderThanMs: number): Promise<void> {
    if (now() - readAt < olderThanMs) return;
    accounts = await read();
    readAt = now();
  }

  return {
    async find(fromOrName: string): Promise<Account | undefined> {
      await refresh(STALE_MS);
      const find = () => accounts.find(({ from, name }) => from === fromOrName || name === fromOrName);
      if (find() === undefined) await refresh(RETRY_MS);
      return find();
    },
    async all(): Promise<readonly Account[]> {
      await refresh(RETRY_MS);
      return accounts;
    },
  };
}

const STALE_MS = 60_000;
const RETRY_MS = 1000;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
