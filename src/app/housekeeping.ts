import type { Account } from '../domain/account.js';
import { MINUTE } from '../domain/time.js';
import { publishAccounts } from '../redis/accounts.js';
import { measureBacklog } from '../redis/backlog.js';
import { renewBudget } from '../redis/budget.js';
import type { Redis } from '../redis/connection.js';
import { hasQueueNamed } from '../redis/has-queue.js';
import { createLease } from '../redis/lease.js';
import { measure } from '../worker/measure.js';
import { type SweepDeps, sweep } from '../worker/sweep.js';
import type { Timings } from '../worker/timings.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';

const ROLE = 'sweeper';

export type House = Omit<SweepDeps, 'observer'> & { readonly redis: Redis; readonly timings: Timings };

/**
 * What goes on beside the sending: sweeping and measuring in one worker at a time, and in each of them telling apps
 * which accounts there are.
 */
export function keepHouse(core: Core, { redis, timings, ...stores }: House): Running {
  const { config, log, observer, effects } = core;
  const { prefix, accounts } = config;
  const lease = createLease({
    redis,
    prefix,
    role: ROLE,
    holder: effects.newId(),
    ttlMs: timings.sweeperLeaseMs,
  });
  const backlogOf = (from: string) => measureBacklog(redis, prefix, from);
  const renew = ({ from, budget }: Account) =>
    renewBudget(redis, prefix, { from, budget, now: effects.now() });
  let held = false;

  async function holdLease(): Promise<boolean> {
    const holds = await lease.hold();
    if (holds && !held) observer.leaseTaken(ROLE);
    if (!holds && held) observer.leaseLost(ROLE);
    held = holds;
    return holds;
  }

  const sweeping = every(timings.sweepEveryMs, log, async () => {
    if (!(await holdLease())) return;
    for (const account of accounts) await sweep(account, { ...stores, observer });
    await measure({ accounts, queues: stores.queues, backlogOf, renewBudget: renew, observer });
  });
  const publishing = every(MINUTE, log, async () => {
    await publishAccounts(redis, prefix, accounts);
    for (const { name } of accounts) {
      const misnamed = await hasQueueNamed(redis, prefix, name);
      if (misnamed) log.warn('a queue carries the account’s name instead of its number', { account: name });
    }
  });
  return {
    async close() {
      const stopped = Promise.all([sweeping.close(), publishing.close()]);
      // A round that waits for a Redis that is away may never end; the lease ends by itself.
      if (redis.status !== 'ready') return;
      await stopped;
      await lease.release().catch(() => undefined);
    },
  };
}
