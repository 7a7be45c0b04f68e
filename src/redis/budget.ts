import type { Budget } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** So many deliveries are woken at once when a budget renews. */
const MOST_WOKEN = 500;

/** Sessions taken out of the budgets, and the deliveries that wait for them. */
export type BudgetUse = { readonly day: number; readonly month: number; readonly held: number };

/** The budgets of a moment as scripts take them; '' where there is no limit. */
export function budgetArgs({ perDay, perMonth, timeZone }: Budget, now: number) {
  const { day, month } = periodsAt(now, timeZone);
  return {
    dayName: day.name,
    dayLimit: perDay ?? '',
    dayEndsAt: day.endsAt,
    monthName: month.name,
    monthLimit: perMonth ?? '',
    monthEndsAt: month.endsAt,
  };
}

/** Measures the budgets, and wakes deliveries that need not wait for them any more. */
export async function renewBudget(
  redis: Redis,
  prefix: string,
  asked: { readonly from: string; readonly budget: Budget; readonly now: number },
): Promise<BudgetUse> {
  const keys = accountKeys(prefix, asked.from).fixed;
  const args = { ...budgetArgs(asked.budget, asked.now), most: MOST_WOKEN };
  const raw = await createScriptRunner(redis)('budget', keys, args);
  const [day = 0, month = 0, held = 0] = Array.isArray(raw) ? raw.map(Number) : [];
  return { day, month, held };
}
