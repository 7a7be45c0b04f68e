import type { Config } from '../config.js';
import { findAccount } from '../domain/account.js';
import { createDutyDesk, type DutyDesk } from '../producer/duty.js';
import { patiently } from '../producer/unavailable.js';
import { listAccounts } from '../redis/accounts.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { readDuty, readTally } from '../redis/duty.js';
import { readWebhookChecks } from '../redis/webhook-checks.js';
import { systemEffects } from './core.js';

type Parts = { readonly config: Config; readonly redis: Redis };

/** What the people on duty look at. Accounts are as configured here, else as workers have them. */
export function openDutyDesk({ config, redis }: Parts): DutyDesk {
  const { prefix, accounts } = config;
  const onRedis = patiently((withinMs) => whenReady(redis, withinMs));
  return createDutyDesk({
    accounts: () =>
      onRedis(async () => {
        const published = await listAccounts(redis, prefix);
        return [...accounts, ...published.filter(({ from }) => findAccount(accounts, from) === undefined)];
      }),
    readDuty: (asked) => onRedis(() => readDuty(redis, prefix, asked)),
    readTally: (asked) => onRedis(() => readTally(redis, prefix, asked)),
    readWebhooks: () => onRedis(() => readWebhookChecks(redis, prefix, systemEffects.now())),
    now: systemEffects.now,
  });
}
