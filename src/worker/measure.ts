import type { Account } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import type { AccountObserver, BacklogMeasured } from '../observe/observer.js';
import type { Queues } from '../queue/queues.js';
import type { Backlog } from '../redis/backlog.js';
import type { BudgetUse } from '../redis/budget.js';
import type { RedisMemory } from '../redis/memory.js';

export type MeasureDeps = {
  readonly accounts: () => readonly Account[];
  readonly queues: Pick<Queues, 'counts'>;
  readonly backlogOf: (from: string) => Promise<Backlog>;
  readonly renewBudget: (account: Account) => Promise<BudgetUse>;
  readonly memory: () => Promise<RedisMemory>;
  /** Whether it is still this process that publishes: the lease may be lost while it measures. */
  readonly isOurs: () => boolean;
  readonly observer: Pick<
    AccountObserver,
    'backlogMeasured' | 'orphanReceiptsMeasured' | 'memoryMeasured' | 'budgetExhausted'
  >;
  readonly now: () => number;
};

/**
 * Measures every account's state in Redis, for the gauges that one process at a time publishes; what waits for a budget
 * that has renewed is woken on the way.
 */
export function createMeasurer(deps: MeasureDeps): () => Promise<void> {
  const { accounts, isOurs, observer } = deps;
  const tellExhausted = createExhaustionTeller(deps);
  return async () => {
    let orphans = 0;
    for (const account of accounts()) {
      const backlog = await deps.backlogOf(account.from);
      const measured = await measureAccount(account, backlog, deps);
      if (!isOurs()) return;
      orphans += backlog.orphans;
      observer.backlogMeasured(measured);
      tellExhausted(account, measured.budget);
    }
    const memory = await deps.memory();
    if (!isOurs()) return;
    observer.orphanReceiptsMeasured(orphans);
    observer.memoryMeasured(memory);
  };
}

async function measureAccount(
  account: Account,
  backlog: Backlog,
  { queues, renewBudget }: MeasureDeps,
): Promise<BacklogMeasured> {
  const { from, name, budget } = account;
  const [jobs, used] = await Promise.all([queues.counts(from), renewBudget(account)]);
  // A closed gate holds everything that might otherwise go.
  const paused = backlog.gate.state === 'paused';
  return {
    account: name,
    gate: backlog.gate,
    due: paused ? 0 : backlog.due,
    oldestDueAgeMs: paused ? 0 : backlog.oldestDueAgeMs,
    unknown: backlog.unknown,
    oldestUnknownAgeMs: backlog.oldestUnknownAgeMs,
    held: { window: backlog.heldByWindow, budget: used.held, account: paused ? backlog.due : 0 },
    jobs,
    budget: { day: remaining(budget.perDay, used.day), month: remaining(budget.perMonth, used.month) },
  };
}

function remaining(limit: number | null, used: number) {
  return limit === null ? null : { limit, remaining: Math.max(0, limit - used) };
}

/** Tells of a used up budget once, until it has renewed or was given back. */
function createExhaustionTeller({ observer, now }: MeasureDeps) {
  const told = new Set<string>();
  return ({ from, name, budget: { timeZone } }: Account, budget: BacklogMeasured['budget']): void => {
    for (const period of ['day', 'month'] as const) {
      const key = `${from} ${period}`;
      if (budget[period]?.remaining !== 0) {
        told.delete(key);
        continue;
      }
      if (told.has(key)) continue;
      told.add(key);
      observer.budgetExhausted({
        account: name,
        period,
        renewsAt: periodsAt(now(), timeZone)[period].endsAt,
      });
    }
  };
}
