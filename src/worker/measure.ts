import type { Account } from '../domain/account.js';
import type { AccountObserver } from '../observe/observer.js';
import type { Queues } from '../queue/queues.js';
import type { Backlog } from '../redis/backlog.js';

export type MeasureDeps = {
  readonly accounts: readonly Account[];
  readonly queues: Queues;
  readonly backlogOf: (from: string) => Promise<Backlog>;
  readonly observer: Pick<AccountObserver, 'backlogMeasured' | 'orphanReceiptsMeasured'>;
};

/** Measures every account's state in Redis, for the gauges that one process at a time publishes. */
export async function measure({ accounts, queues, backlogOf, observer }: MeasureDeps): Promise<void> {
  let orphans = 0;
  for (const { from, name } of accounts) {
    const [backlog, jobs] = await Promise.all([backlogOf(from), queues.counts(from)]);
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
      held: { window: backlog.heldByWindow, budget: 0, account: paused ? backlog.due : 0 },
      jobs,
      budget: { day: null, month: null },
    });
  }
  observer.orphanReceiptsMeasured(orphans);
}
