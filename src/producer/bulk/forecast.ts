import { ACCOUNT_DEFAULTS, type Budget } from '../../domain/account.js';
import {
  type BudgetForecast,
  type BudgetUsed,
  createForecaster,
  type Forecast,
  forecastBudget,
} from '../../domain/forecast.js';
import type { PublishedAccount } from '../../domain/published-account.js';
import { WaybillError } from '../../errors.js';
import { LINK_ENDS_EARLY } from '../../queue/check-request.js';
import type { ForecastFacts } from '../../redis/forecast-facts.js';
import type { DeliveryRef } from '../../redis/run-on-delivery.js';
import { createContentIds } from '../content-id.js';
import type { ReadDeps, ReadRequest } from '../read-request.js';
import { patiently } from '../unavailable.js';
import { inBatches } from './batches.js';
import { readBatch } from './read-batch.js';
import type { BulkRecord } from './record.js';

const BATCH = 500;
/** Some 200 MB of ids and recipients. */
const MOST_REMEMBERED = 1_000_000;

export type ForecastDeps = ReadDeps & {
  readonly facts: (refs: readonly DeliveryRef[]) => Promise<readonly ForecastFacts[]>;
  readonly budgetUsed: (asked: {
    readonly from: string;
    readonly budget: Budget;
    readonly now: number;
  }) => Promise<BudgetUsed>;
  /** Resolves when Redis can be asked. */
  readonly ready: (withinMs: number) => Promise<void>;
  /** As `enqueueStream` takes it. */
  readonly run?: string | undefined;
  /** So many requests are remembered, to tell the same again from a new one; default a million. */
  readonly mostRemembered?: number;
};

/** What would become of a batch: by account. */
export type AccountForecast = Forecast & {
  readonly account: string;
  readonly budget: BudgetForecast;
};

type Refused<Source> = (record: Source, error: WaybillError) => Promise<void>;

/**
 * Validates records and looks what would become of them if they were taken in now; writes nothing.
 * @throws WaybillError TOO_MANY
 */
export async function forecast<Source extends BulkRecord>(
  source: AsyncIterable<readonly Source[]>,
  deps: ForecastDeps,
  refused: Refused<Source>,
): Promise<readonly AccountForecast[]> {
  const { mostRemembered = MOST_REMEMBERED } = deps;
  const onRedis = patiently(deps.ready);
  const forecasters = new Map<string, ReturnType<typeof createForecaster>>();
  const now = deps.now();
  const makeId = createContentIds(deps.run);
  let remembered = 0;
  for await (const batch of inBatches(source, BATCH)) {
    const slots = await onRedis(() => readBatch(batch, deps, makeId));
    const reads = slots.flatMap((slot) => ('read' in slot ? [slot.read] : []));
    remembered += reads.length;
    if (remembered > mostRemembered) throw tooMany(mostRemembered);
    const facts = await onRedis(() => deps.facts(reads.map(({ delivery }) => delivery)));
    for (const [index, read] of reads.entries()) {
      const { from } = read.delivery;
      const forecaster = forecasters.get(from) ?? createForecaster(now);
      forecasters.set(from, forecaster);
      const known = facts[index];
      if (known !== undefined) forecaster.add(await lineOf(read, known, deps));
    }
    for (const [index, record] of batch.entries()) {
      const slot = slots[index];
      if (slot !== undefined && 'error' in slot) await refused(record, slot.error);
    }
  }
  const accounts = [...forecasters].map(([from, { result }]) =>
    withBudget(from, { result: result(), now }, deps),
  );
  return Promise.all(accounts);
}

function tooMany(most: number): WaybillError {
  const words = `At most ${most.toLocaleString('en')} requests are forecast in one go`;
  return new WaybillError('TOO_MANY', `${words}: forecast the file in parts; taken in it is in any length`);
}

async function lineOf({ delivery, warnings, job }: ReadRequest, facts: ForecastFacts, deps: ForecastDeps) {
  const account = await deps.findAccount(delivery.from);
  return {
    ...facts,
    id: delivery.id,
    // Without a time of its own it is due when it was asked for, which is a moment after the run began.
    sendAt: delivery.sendAt > job.timestamp ? delivery.sendAt : 0,
    onClosedWindow: delivery.onClosedWindow ?? account?.onClosedWindow ?? ACCOUNT_DEFAULTS.onClosedWindow,
    linkEndsEarly: warnings.some(({ detail }) => detail === LINK_ENDS_EARLY),
  };
}

async function withBudget(
  from: string,
  { result, now }: { readonly result: Forecast; readonly now: number },
  deps: ForecastDeps,
): Promise<AccountForecast> {
  const account: Partial<PublishedAccount> = (await deps.findAccount(from)) ?? {};
  const { budget = ACCOUNT_DEFAULTS.budget, billing = ACCOUNT_DEFAULTS.billing, name = from } = account;
  const used = await patiently(deps.ready)(() => deps.budgetUsed({ from, budget, now }));
  return { account: name, ...result, budget: forecastBudget(result.sessions, { budget, billing }, used) };
}
