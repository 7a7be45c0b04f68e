import type { Config } from '../config.js';
import { findAccount } from '../domain/account.js';
import type { Country } from '../domain/phone-number.js';
import { listAccounts } from '../redis/accounts.js';
import type { Redis } from '../redis/connection.js';

/** An account by both of its names, and whose national numbers are recipients of it. */
export type NamedAccount = {
  readonly from: string;
  readonly name: string;
  readonly country?: Country | null;
};

/** The accounts that are configured here, and those that workers have told of. */
export async function knownAccounts({
  config: { prefix, accounts },
  redis,
}: {
  readonly config: Pick<Config, 'prefix' | 'accounts'>;
  readonly redis: Redis;
}): Promise<readonly NamedAccount[]> {
  const published = await listAccounts(redis, prefix);
  const others = published.filter(({ from }) => findAccount(accounts, from) === undefined);
  return [...accounts, ...others].map(({ from, name, country = null }) => ({ from, name, country }));
}
