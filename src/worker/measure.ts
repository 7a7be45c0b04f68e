import type { Account } from '../domain/account.js';
import type { AccountObserver } from '../observe/observer.js';
import type { Queues } from '../queue/queues.js';
import type { Backlog } from '../redis/backlog.js';
import type { BudgetUse } from '../redis/budget.js';

export type MeasureDeps = {
  readonly accounts: readonly Account[];
  readonly queues: Queues;
  readonly backlogOf: (from: string) => Promise<Backlog>;
  readonly renewBudget: (account: Account) => Promise<BudgetUse>;
  readonly observer: Pick<AccountObserver, 'backlogMeasured' | 'orphanReceiptsMeasured'>;
};

/**
 * Measures every account's state in Redis, for the gauges that one process at a time publishes; what waits for a budget
 * that has renewed is woken on the way.
 */
export async function measure({ accounts, observer, ...deps }: MeasureDeps): Promise<void> {
  let orphans = 0;
  for (const account of accounts) {
    const { from, name, budget } = account;
    const [backlog, jobs, used] = await Promise.all([
      deps.backlogOf(from),
      deps.queues.counts(from),
      deps.renewBudget(account),
    ]);
    orphans += backlog.orphans;
    // A closed gate holds everything that might otherwise go.
    const paused = backlog.gate.state === 'paused';
    observer.backlogMeasured({
      account: name,
      gate: backlog.gate,
      due: paused ? 0 : backlog.due,
      oldestDueAgeMs: paused ? 0 : backlog.oldestDueAgeMs,
      unknown: backlog.unknown,
      oldestUnknownAgeMs: backlog.oldestUnknownAgeMs,
      held: { window: backlog.heldByWindow, budget: used.held, account: paused ? backlog.due : 0 },
      jobs,
      budget: { day: remaining(budget.perDay, used.day), month: remaining(budget.perMonth, used.month) },
    });
  }
  observer.orphanReceiptsMeasured(orphans);
}

function remaining(limit: number | null, used: number) {
  return limit === null ? null : { limit, remaining: Math.max(0, limit - used) };
}
