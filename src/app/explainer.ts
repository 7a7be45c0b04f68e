import type { Config } from '../config.js';
import type { Sealer } from '../domain/seal.js';
import type { Library } from '../library.js';
import { createExplainer, type Explainer } from '../producer/explain.js';
import type { AccountDirectory } from '../redis/account-directory.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { survey } from '../redis/survey.js';
import { systemEffects } from './core.js';

type Parts = {
  readonly config: Config;
  readonly redis: Redis;
  readonly waybill: Library['producer'];
  readonly sealer: Sealer;
  readonly accounts: AccountDirectory;
};

/** The explainer on a connection that is open already. */
export function openExplainer({ config, redis, waybill, sealer, accounts }: Parts): Explainer {
  const { prefix } = config;
  return createExplainer({
    find: (id, narrow) => waybill.get(id, narrow),
    accounts: accounts.all,
    survey: (asked) => survey(redis, prefix, { ...asked, sealer }),
    ready: (withinMs) => whenReady(redis, withinMs),
    now: systemEffects.now,
  });
}
