import type { Config } from '../config.js';
import { createDutyDesk, type DutyDesk } from '../producer/duty.js';
import { patiently } from '../producer/unavailable.js';
import type { AccountDirectory } from '../redis/account-directory.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { readDuty, readTally } from '../redis/duty.js';
import { readWebhookChecks } from '../redis/webhook-checks.js';
import { systemEffects } from './core.js';

type Parts = {
  readonly config: Pick<Config, 'prefix'>;
  readonly redis: Redis;
  readonly accounts: AccountDirectory;
};

/** What the people on duty look at. */
export function openDutyDesk({ config: { prefix }, redis, accounts }: Parts): DutyDesk {
  const onRedis = patiently((withinMs) => whenReady(redis, withinMs));
  return createDutyDesk({
    accounts: accounts.all,
    readDuty: (asked) => onRedis(() => readDuty(redis, prefix, asked)),
    readTally: (asked) => onRedis(() => readTally(redis, prefix, asked)),
    readWebhooks: () => onRedis(() => readWebhookChecks(redis, prefix, systemEffects.now())),
    now: systemEffects.now,
  });
}
