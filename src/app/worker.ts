import { setTimeout as sleep } from 'node:timers/promises';
import { createPreflight } from '../preflight/preflight.js';
import { createProviderClient } from '../provider/client.js';
import { createQueues } from '../queue/queues.js';
import type { Inspect } from '../worker/run.js';
import { CONNECT_TIMEOUT_MS, type SendTimeouts } from '../worker/send.js';
import { createSlots } from '../worker/slots.js';
import { TIMINGS, type Timings } from '../worker/timings.js';
import { startWorker } from '../worker/worker.js';
import { checkClock } from './check-clock.js';
import {
  type Core,
  checkEviction,
  closeRedis,
  openRedis,
  type Running,
  sealerOf,
  tunnelsOf,
} from './core.js';
import { finishedJobsMs } from './forget.js';
import { keepHouse } from './housekeeping.js';
import { keepPushing } from './push.js';
import { serveAccounts } from './serve-accounts.js';
import { openStores } from './stores.js';

const PREFLIGHTS_AT_ONCE = 50;

/** Starts a worker: takes jobs, sends, sweeps when it is its turn. `end` ends a process that does nothing any more. */
export async function runWorker(
  core: Core,
  timings: Timings = TIMINGS,
  end: () => void = () => process.exit(1),
): Promise<Running> {
  const { config, secrets, log, observer, effects } = core;
  const { prefix } = config;
  const redis = openRedis(core, 'waits');
  await checkEviction(redis);
  await checkClock(redis, core);
  const accounts = await serveAccounts(core, redis);
  const pushing = await keepPushing(core, { redis, accounts, timings });
  const queues = createQueues({
    connection: redis,
    prefix,
    onError: (error) => {
      if (redis.status === 'ready') log.warn('queue error', { error });
    },
  });
  const provider = openProvider(core);
  const { store, attempts } = openStores(core, redis);
  const worker = startWorker({
    accounts: accounts.now(),
    connection: redis,
    isConnected: () => redis.status === 'ready',
    queues,
    prefix,
    concurrency: config.concurrency.perAccount,
    concurrencyTotal: config.concurrency.total,
    provider,
    apiKeyOf: (from) => secrets.apiKey(from) ?? '',
    timeouts: timeoutsOf(core, timings),
    timings,
    finishedJobsMs: finishedJobsMs(config),
    sleep: (ms) => sleep(ms),
    store,
    attempts,
    inspect: openPreflight(core),
    sealer: sealerOf(core),
    lockedAgainMs: timings.lockedAgainMs,
    retry: config.retry,
    historyLagMs: config.historyLagMs,
    random: effects.random,
    effects,
    observer,
    log,
  });
  accounts.onChange(worker.serve);
  const house = { accounts: accounts.now, redis, store, attempts, queues, timings, provider, worker, end };
  const housekeeping = keepHouse(core, house);
  return {
    dependencies: () => ({ redis: redis.status }),
    leftMs: worker.leftMs,
    async close() {
      await Promise.all([accounts, housekeeping, pushing, worker].map((each) => each.close()));
      await provider.close();
      await queues.close();
      await closeRedis(redis);
    },
  };
}

function timeoutsOf({ config }: Core, { lockMs }: Timings): SendTimeouts {
  return { sendMs: config.sendTimeoutMs, localStorageMs: config.localStorageTimeoutMs, lockMs };
}

/** Deliveries that share a link share the look; so many hosts are asked at once. */
function openPreflight({ network, effects }: Core): Inspect {
  const withSlot = createSlots(PREFLIGHTS_AT_ONCE);
  const preflight = createPreflight({ network, now: effects.now });
  return (file) => withSlot(() => preflight(file));
}

function openProvider(core: Core) {
  const { config, effects } = core;
  return createProviderClient({
    tunnelTo: tunnelsOf(core),
    baseUrl: config.provider.url,
    connections: config.concurrency.total,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...(config.provider.ca === null ? {} : { ca: config.provider.ca }),
    now: effects.now,
  });
}
