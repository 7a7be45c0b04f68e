import type { Secrets } from '../config/secrets.js';
import type { Config } from '../config.js';
import type { PublishedAccount } from '../domain/published-account.js';
import { patiently } from '../producer/unavailable.js';
import { type AccountDirectory, createAccountDirectory } from '../redis/account-directory.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { systemEffects } from './core.js';

/** An account by both of its names. */
export type NamedAccount = Pick<PublishedAccount, 'from' | 'name' | 'country' | 'removedAt'>;

type Parts = {
  readonly config: Pick<Config, 'prefix'>;
  readonly secrets: Pick<Secrets, 'accounts'>;
  readonly redis: Redis;
};

/**
 * The accounts that there are, for all that does not send: as workers publish them, else as the settings here have
 * them. Fails with UnavailableError within a second without Redis, unless what is known is fresh.
 */
export function openAccounts({ config: { prefix }, secrets, redis }: Parts): AccountDirectory {
  const onRedis = patiently((withinMs) => whenReady(redis, withinMs));
  const directory = createAccountDirectory({
    redis,
    prefix,
    configured: secrets.accounts,
    now: systemEffects.now,
  });
  return {
    known: directory.known,
    find: (fromOrName) => onRedis(() => directory.find(fromOrName)),
    all: () => onRedis(() => directory.all()),
  };
}
