import type { Budget } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import type { BudgetUsed } from '../domain/forecast.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { accountKeys } from './keys.js';
import type { DeliveryRef } from './run-on-delivery.js';

/** What is known of a request that has not been taken in, and of its conversation. Epoch milliseconds. */
export type ForecastFacts = {
  readonly recipient: string;
  readonly isKnown: boolean;
  readonly closesAt: number | null;
  readonly sessionAt: number | null;
};

/** Reads it for many at once, each at its place; writes nothing. */
export function readForecastFacts(
  redis: Redis,
  prefix: string,
  refs: readonly DeliveryRef[],
): Promise<readonly ForecastFacts[]> {
  return Promise.all(
    refs.map(async ({ from, id, to }) => {
      const keys = accountKeys(prefix, from);
      const known = redis.exists(keys.record(id), keys.tomb(id));
      const recipient = await canonicalRecipient(redis, keys, to);
      const [closesAt, sessionAt] = await redis.hmget(keys.conv(recipient), 'closesAt', 'sessionAt');
      return {
        recipient,
        isKnown: (await known) > 0,
        closesAt: numberOrNull(closesAt),
        sessionAt: numberOrNull(sessionAt),
      };
    }),
  );
}

/** What has been taken out of the budgets of this day and month. */
export async function readBudgetUsed(
  redis: Redis,
  prefix: string,
  { from, budget, now }: { readonly from: string; readonly budget: Budget; readonly now: number },
): Promise<BudgetUsed> {
  const { budgetPrefix } = accountKeys(prefix, from).fixed;
  const { day, month } = periodsAt(now, budget.timeZone);
  const [usedDay, usedMonth] = await redis.mget(`${budgetPrefix}${day.name}`, `${budgetPrefix}${month.name}`);
  return { day: Number(usedDay ?? 0), month: Number(usedMonth ?? 0) };
}

function numberOrNull(text: string | null | undefined): number | null {
  return text === undefined || text === null || text === '' ? null : Number(text);
}
