import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, SECOND } from '../domain/time.js';
import { createProviderClient } from '../provider/client.js';
import { createQueues } from '../queue/queues.js';
import { publishAccounts } from '../redis/accounts.js';
import { createLease } from '../redis/lease.js';
import { CONNECT_TIMEOUT_MS } from '../worker/send.js';
import { sweep } from '../worker/sweep.js';
import { startWorker } from '../worker/worker.js';
import { type Core, checkEviction, closeRedis, openRedis, type Running } from './core.js';
import { every } from './every.js';
import { openStores } from './stores.js';

const SWEEP_EVERY_MS = 5 * SECOND;
/** Another worker takes the sweeping over this long after its holder's death. */
const SWEEPER_LEASE_MS = 15 * SECOND;

/** Starts a worker: takes jobs, sends, sweeps when it is its turn. */
export async function runWorker(core: Core): Promise<Running> {
  const { config, secrets, log, observer, effects } = core;
  const { prefix, accounts } = config;
  const redis = openRedis(core, 'waits');
  await checkEviction(redis);
  await publishAccounts(redis, prefix, accounts);
  const queues = createQueues({
    connection: redis,
    prefix,
    onError: (error) => log.warn('queue error', { error }),
  });
  const provider = createProviderClient({
    baseUrl: config.provider.url,
    connections: config.concurrency.total,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...(config.provider.ca === null ? {} : { ca: config.provider.ca }),
    now: effects.now,
  });
  const { store, attempts } = openStores(core, redis);
  const worker = startWorker({
    accounts,
    connection: redis,
    queues,
    prefix,
    concurrency: config.concurrency.perAccount,
    concurrencyTotal: config.concurrency.total,
    provider,
    apiKeyOf: (from) => secrets.apiKey(from) ?? '',
    timeouts: { sendMs: config.sendTimeoutMs, localStorageMs: config.localStorageTimeoutMs },
    sleep: (ms) => sleep(ms),
    store,
    attempts,
    retry: config.retry,
    random: effects.random,
    effects,
    observer,
    log,
  });
  const lease = createLease({
    redis,
    prefix,
    role: 'sweeper',
    holder: effects.newId(),
    ttlMs: SWEEPER_LEASE_MS,
  });
  const sweeping = every(SWEEP_EVERY_MS, log, async () => {
    if (!(await lease.hold())) return;
    for (const account of accounts) await sweep(account, { store, attempts, queues, observer });
  });
  const publishing = every(MINUTE, log, () => publishAccounts(redis, prefix, accounts));
  return {
    async close() {
      await Promise.all([sweeping.close(), publishing.close(), worker.close()]);
      await lease.release().catch(() => undefined);
      await provider.close();
      await queues.close();
      await closeRedis(redis);
    },
  };
}
