import type { Config } from '../config.js';
import { type Account, findAccount } from '../domain/account.js';
import type { WaybillError } from '../errors.js';
import { type AccountForecast, type ForecastDeps, forecast } from '../producer/bulk/forecast.js';
import type { BulkRecord } from '../producer/bulk/record.js';
import { createSealer } from '../queue/sealer.js';
import { createAccountDirectory, listAccounts, type PublishedAccount } from '../redis/accounts.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { readBudgetUsed, readForecastFacts } from '../redis/forecast-facts.js';
import { systemEffects } from './core.js';

export type { AccountForecast };

/** Looks what would become of many requests, on a connection that is open already. */
export function openForecast({ config, redis }: { readonly config: Config; readonly redis: Redis }) {
  const { prefix, accounts } = config;
  const { now } = systemEffects;
  const directory = createAccountDirectory(() => listAccounts(redis, prefix), now);
  const deps: ForecastDeps = {
    findAccount: async (name): Promise<Account | PublishedAccount | undefined> =>
      findAccount(accounts, name) ?? directory.find(name),
    now,
    // Nothing of what is read is written down.
    sealer: createSealer(() => []),
    facts: (refs) => readForecastFacts(redis, prefix, refs),
    budgetUsed: (asked) => readBudgetUsed(redis, prefix, asked),
    ready: (withinMs) => whenReady(redis, withinMs),
  };
  return <Source extends BulkRecord>(
    source: AsyncIterable<readonly Source[]>,
    refused: (record: Source, error: WaybillError) => Promise<void>,
    run?: string,
  ) => forecast(source, { ...deps, run }, refused);
}
