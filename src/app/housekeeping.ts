import type { Account } from '../domain/account.js';
import { MINUTE } from '../domain/time.js';
import type { Queues } from '../queue/queues.js';
import { measureBacklog } from '../redis/backlog.js';
import { renewBudget } from '../redis/budget.js';
import type { Redis } from '../redis/connection.js';
import { hasQueueNamed } from '../redis/has-queue.js';
import { createLease } from '../redis/lease.js';
import { measureMemory } from '../redis/memory.js';
import { wakeRemoved } from '../redis/removed.js';
import { createTrimmer } from '../redis/trim.js';
import { walkOn } from '../redis/walk.js';
import { writeWebhookCheck } from '../redis/webhook-checks.js';
import { createMeasurer } from '../worker/measure.js';
import { createProber, type ProbeDeps } from '../worker/probe.js';
import { type SweepDeps, sweep } from '../worker/sweep.js';
import type { Timings } from '../worker/timings.js';
import { createWalk } from '../worker/walk.js';
import { createQueuedWalk } from '../worker/walk-queued.js';
import { createWebhookWatch } from '../worker/watch-webhook.js';
import { type Core, type Running, retentionOf } from './core.js';
import { every } from './every.js';
import { forget } from './forget.js';
import { createGatekeeper } from './gatekeeper.js';
import { createTenure } from './tenure.js';
import { type Watched, watchOver } from './watch-over.js';

const ROLE = 'sweeper';

export type House = Omit<SweepDeps, 'observer' | 'log'> & {
  /** Those that this worker serves by now. */
  readonly accounts: () => readonly Account[];
  readonly redis: Redis;
  readonly queues: Queues;
  readonly timings: Timings;
  readonly provider: ProbeDeps['provider'];
  readonly worker: Watched['worker'];
  readonly end: Watched['end'];
};

/**
 * What goes on beside the sending: sweeping, measuring, probing paused accounts and checking webhooks in one worker at a
 * time, and in each of them the watchdog.
 */
export function keepHouse(core: Core, house: House): Running {
  const { accounts, redis, timings, worker, end } = house;
  const { log } = core;
  const tenure = openTenure(core, house);
  const tidy = openSweeping(core, house);
  const measure = openMeasuring(core, house, tenure.isHeld);
  const sweeping = every(timings.sweepEveryMs, log, async () => {
    for (const account of accounts()) {
      if (!(await tenure.hold())) return;
      // What is wrong with one account is not to be paid by the others.
      await tidy(account).catch((error: unknown) =>
        log.warn('an account could not be swept', { account: account.name, error }),
      );
    }
    if (await tenure.hold()) await measure();
  });
  const probe = openProber(core, house);
  // Apart from the sweeping: a provider that does not answer must not keep it waiting, nor the lease.
  const probing = every(timings.sweepEveryMs, log, async () => {
    if (tenure.isHeld()) await Promise.all(accounts().map(probe));
  });
  const webhooks = openWebhookWatch(core, house, tenure.isHeld);
  const checking = every(timings.sweepEveryMs, log, async () => {
    if (tenure.isHeld()) await Promise.all(accounts().map(webhooks.look));
    else webhooks.forget();
  });
  const watching = watchOver(core, { accounts, redis, worker, end });
  const forgetting = every(timings.forgetEveryMs, log, () => forget(core, house));
  const naming = every(MINUTE, log, () => warnOfMisnamed(core, house));
  return {
    async close() {
      const stopped = Promise.all(
        [sweeping, probing, checking, forgetting, naming, watching].map((each) => each.close()),
      );
      // A round that waits for a Redis that is away may never end; the lease ends by itself.
      if (redis.status !== 'ready') return;
      await stopped;
      await tenure.release();
    },
  };
}

function openTenure({ config: { prefix }, observer, effects }: Core, { redis, timings }: House) {
  const ttlMs = timings.sweeperLeaseMs;
  const lease = createLease({ redis, prefix, role: ROLE, holder: effects.newId(), ttlMs });
  return createTenure({ lease, role: ROLE, ttlMs, observer, monotonic: effects.monotonic });
}

function openMeasuring(core: Core, { accounts, redis, queues }: House, isOurs: () => boolean) {
  const {
    config: { prefix },
    observer,
    effects: { now },
  } = core;
  return createMeasurer({
    accounts,
    queues,
    backlogOf: (from) => measureBacklog(redis, prefix, from),
    renewBudget: ({ from, budget }) => renewBudget(redis, prefix, { from, budget, now: now() }),
    memory: () => measureMemory(redis),
    isOurs,
    observer,
    now,
  });
}

/** What the sweeper does for an account, each time. */
function openSweeping({ config, observer, log }: Core, { redis, queues, store, attempts }: House) {
  const { prefix } = config;
  const trim = createTrimmer({ redis, prefix, retentionMs: retentionOf(config).recordMs });
  const walk = createWalk((part) => walkOn(redis, prefix, part));
  const walkQueued = createQueuedWalk((part) => wakeRemoved(redis, prefix, part));
  const gatekeeper = createGatekeeper({ redis, prefix, queues });
  return async (account: Account): Promise<void> => {
    await sweep(account, { store, attempts, observer, log });
    await walk(account.from);
    await walkQueued(account.from);
    await gatekeeper.align(account.from);
    await trim(account.from);
  };
}

function openProber({ config, secrets, observer, effects }: Core, house: House) {
  const { redis, queues, provider, store, timings } = house;
  return createProber({
    gate: createGatekeeper({ redis, prefix: config.prefix, queues }),
    provider,
    apiKeyOf: (from) => secrets.apiKey(from) ?? '',
    store,
    observer,
    monotonic: effects.monotonic,
    firstProbeMs: timings.firstProbeMs,
  });
}

function openWebhookWatch(core: Core, { provider, redis }: House, isOurs: () => boolean) {
  const {
    config: { prefix },
    secrets,
    observer,
    effects,
  } = core;
  return createWebhookWatch({
    provider,
    apiKeyOf: (from) => secrets.apiKey(from) ?? '',
    tokens: () => secrets.webhookTokens(),
    isOurs,
    observer,
    keep: (from, check) =>
      writeWebhookCheck(redis, prefix, { from, check: { ...check, checkedAt: effects.now() } }),
    monotonic: effects.monotonic,
  });
}

async function warnOfMisnamed({ config: { prefix }, log }: Core, { redis, accounts }: House): Promise<void> {
  for (const { name } of accounts()) {
    const misnamed = await hasQueueNamed(redis, prefix, name);
    if (misnamed) log.warn('a queue carries the account’s name instead of its number', { account: name });
  }
}
