import type { Config } from '../config.js';
import { findAccount } from '../domain/account.js';
import { listAccounts } from '../redis/accounts.js';
import type { Redis } from '../redis/connection.js';

/** An account by both of its names. */
export type NamedAccount = { readonly from: string; readonly name: string };

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
  return [...accounts, ...others].map(({ from, name }) => ({ from, name }));
}
