import type { Account } from '../domain/account.js';
import type { Log } from '../observe/log.js';
import type { Dispatch } from '../redis/dispatch.js';

export type WatchdogDeps = {
  readonly accounts: () => readonly Account[];
  readonly dispatchOf: (from: string) => Promise<Dispatch>;
  readonly worker: {
    /** Deliveries in this process's hands. */
    active(): number;
    /** When it last fetched a job, by the same clock as `monotonic`. */
    fetchedAt(): number;
  };
  readonly monotonic: () => number;
  /** Work that is not taken up for so long means that this process does not work. */
  readonly patienceMs: number;
  readonly log: Pick<Log, 'error'>;
  /** Ends the process. */
  readonly end: () => void;
};

/**
 * Looks whether this process does nothing though it should, for longer than anything in it may last: then it is better
 * started anew. A look that fails, for Redis is away, proves nothing.
 */
export function createWatchdog(deps: WatchdogDeps): () => Promise<void> {
  /** Since when each look has found an account's work lying there. */
  const idleSince = new Map<string, number>();
  let lastLookAt = deps.monotonic();

  async function isIdle({ from }: Account): Promise<boolean> {
    const { due, inHand, kept } = await deps.dispatchOf(from);
    return due > 0 && inHand === 0 && !kept && deps.worker.active() === 0;
  }

  async function idleMs(account: Account): Promise<number> {
    const lookedAt = deps.monotonic();
    if (!(await isIdle(account))) {
      idleSince.delete(account.from);
      return 0;
    }
    const since = idleSince.get(account.from) ?? lookedAt;
    idleSince.set(account.from, since);
    return lookedAt - Math.max(since, deps.worker.fetchedAt());
  }

  return async () => {
    const now = deps.monotonic();
    // Suspended, or waiting for Redis: nobody knows how it was meanwhile.
    if (now - lastLookAt > deps.patienceMs / 2) idleSince.clear();
    lastLookAt = now;
    try {
      for (const account of deps.accounts()) {
        if ((await idleMs(account)) < deps.patienceMs) continue;
        deps.log.error('jobs are due and none is fetched: ending', { fatal: true, account: account.name });
        deps.end();
        return;
      }
    } catch (error) {
      idleSince.clear();
      throw error;
    }
  };
}
