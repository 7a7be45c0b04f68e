import type { Config } from '../config.js';
import type { WaybillError } from '../errors.js';
import { type AccountForecast, type ForecastDeps, forecast } from '../producer/bulk/forecast.js';
import type { BulkRecord } from '../producer/bulk/record.js';
import { createSealer } from '../queue/sealer.js';
import type { AccountDirectory } from '../redis/account-directory.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { readBudgetUsed, readForecastFacts } from '../redis/forecast-facts.js';
import { systemEffects } from './core.js';

export type { AccountForecast };

type Parts = {
  readonly config: Pick<Config, 'prefix'>;
  readonly redis: Redis;
  readonly accounts: AccountDirectory;
};

/** Looks what would become of many requests, on a connection that is open already. */
export function openForecast({ config: { prefix }, redis, accounts }: Parts) {
  const deps: ForecastDeps = {
    findAccount: accounts.find,
    now: systemEffects.now,
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
