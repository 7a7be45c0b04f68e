import type { Config } from '../config.js';
import type { Sealer } from '../domain/seal.js';
import type { Waybill } from '../index.js';
import { createExplainer, type Explainer } from '../producer/explain.js';
import { listAccounts } from '../redis/accounts.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { survey } from '../redis/survey.js';
import { systemEffects } from './core.js';

type Parts = {
  readonly config: Config;
  readonly redis: Redis;
  readonly waybill: Waybill;
  readonly sealer: Sealer;
};

/** The explainer on a connection that is open already. Accounts are as the workers that send have them, else as configured here. */
export function openExplainer({ config, redis, waybill, sealer }: Parts): Explainer {
  const { prefix, accounts } = config;
  return createExplainer({
    find: (id, narrow) => waybill.get(id, narrow),
    async accounts() {
      const published = await listAccounts(redis, prefix);
      const others = accounts.filter(({ from }) => !published.some((account) => account.from === from));
      return [...published, ...others];
    },
    survey: (asked) => survey(redis, prefix, { ...asked, sealer }),
    ready: (withinMs) => whenReady(redis, withinMs),
    now: systemEffects.now,
  });
}
