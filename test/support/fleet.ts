import type { SandboxOptionsInput } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { billingMonth } from '../../src/domain/session.js';
import { DAY, SECOND } from '../../src/domain/time.js';
import { createWaybill, type Delivery, type Waybill } from '../../src/index.js';
import { type LedgerRow, readLedger } from '../../src/redis/ledger.js';
import { connectTo } from '../../src/redis/servers.js';
import type { Timings } from '../../src/worker/timings.js';
import { type Child, loadChild, startChild } from './child.js';
import { type RedisAt, redisAt } from './redis-at.js';
import { FROM, TOKEN } from './stack.js';
import { eventually } from './wait.js';

const API_KEY = 'key-of-shop';

/** A dead worker's deliveries come back in seconds, and every other proportion is as in production. */
const QUICK: Timings = {
  lockMs: 4 * SECOND,
  stalledCheckMs: SECOND,
  sweepEveryMs: SECOND,
  sweeperLeaseMs: 3 * SECOND,
  firstProbeMs: 15 * SECOND,
  lockedAgainMs: SECOND,
  forgetEveryMs: 60 * SECOND,
};

export type FleetOptions = {
  readonly sandbox?: SandboxOptionsInput;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 3. */
  readonly workers?: number;
  /** So many accounts, each like the first one; default 1. */
  readonly accounts?: number;
  readonly timings?: Partial<Timings>;
  /** In place of the sandbox's own URL. */
  readonly providerUrl?: (sandboxUrl: string) => string;
};

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/** Workers and a webhook consumer in processes of their own; the sandbox and one producer in this one. */
export async function startFleet(redis: string | RedisAt, options: FleetOptions = {}) {
  const at = redisAt(redis);
  const froms = Array.from({ length: options.accounts ?? 1 }, (_, index) => String(Number(FROM) + index));
  const env = environment(at, froms, options);
  let webhooks = await startChild('webhooks', env);
  const sandbox = await startSandbox({
    accounts: froms.map((from) => ({ from, apiKey: API_KEY })),
    windowsOpen: true,
    ...options.sandbox,
    webhook: {
      retry: 1,
      ...options.sandbox?.webhook,
      url: `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}`,
    },
  });
  const providerUrl = options.providerUrl?.(sandbox.url) ?? sandbox.url;
  const workerEnv = { ...env, WAYBILL_PROVIDER_URL: providerUrl };
  const startWorker = (more: Readonly<Record<string, string>> = {}) =>
    startChild('worker', { ...workerEnv, ...more });
  const workers = await Promise.all(Array.from({ length: options.workers ?? 3 }, () => startWorker()));
  // Known before any worker has published them.
  const waitReplicas = Number(env.REDIS_WAIT_REPLICAS ?? 0);
  const waybill = createWaybill({ redis: at.redis, waitReplicas, accounts: froms.map(named) });
  return {
    froms,
    sandbox,
    waybill,
    workers,
    webhooks: () => webhooks,
    /** Kills the webhook consumer; the returned function starts another at its address. */
    async killWebhooks(): Promise<() => Promise<void>> {
      webhooks.kill('SIGKILL');
      await webhooks.exited;
      const listen = { WAYBILL_LISTEN_WEBHOOKS: `127.0.0.1:${webhooks.port}` };
      return async () => {
        webhooks = await startChild('webhooks', { ...env, ...listen });
      };
    },
    /** One more of them, with more in its environment. */
    async startWorker(more?: Readonly<Record<string, string>>): Promise<Child> {
      const worker = await startWorker(more);
      workers.push(worker);
      return worker;
    },
    /** A worker that has loaded all it needs; the returned function starts it. */
    async loadWorker() {
      const spare = await loadChild('worker', workerEnv);
      return { close: spare.close, start: async () => void workers.push(await spare.start()) };
    },
    startProducer: () => startChild('producer', env),
    /** The ledger of this month and of the one that may have ended while we looked. */
    ledger: () => ledgerOf(at, froms),
    async close(): Promise<void> {
      await waybill.close();
      await Promise.all(workers.map((worker) => worker.close()));
      await sandbox.close();
      await webhooks.close();
    },
  };
}

async function ledgerOf(at: RedisAt, froms: readonly string[]): Promise<readonly LedgerRow[]> {
  const redis = connectTo(at.redis, 'waits');
  try {
    const now = Date.now();
    const months = new Set([now - DAY, now].map((at) => billingMonth(at, 'UTC')));
    const asked = froms.flatMap((from) => [...months].map((month) => ({ from, month, timeZone: 'UTC' })));
    return (await Promise.all(asked.map((each) => readLedger(redis, 'waybill', each)))).flat();
  } finally {
    redis.disconnect();
  }
}

/** The first one is the shop of all tests. */
function named(from: string, index: number) {
  return { from, name: index === 0 ? 'shop' : `shop-${index + 1}` };
}

function environment(
  at: RedisAt,
  froms: readonly string[],
  { account, env, timings }: FleetOptions,
): Readonly<Record<string, string>> {
  const shops = froms.map((from, index) => ({
    ...named(from, index),
    apiKey: API_KEY,
    ratePerSecond: 1000,
    pairBurst: 1000,
    ...account,
  }));
  return {
    ...at.env,
    WAYBILL_ACCOUNTS: JSON.stringify(shops),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_RETRY_BASE_MS: '20',
    WAYBILL_RETRY_CAP_MS: '100',
    WAYBILL_LOG_LEVEL: 'info',
    TEST_TIMINGS: JSON.stringify({ ...QUICK, ...timings }),
    ...env,
  };
}

type Awaiting = { readonly until: (view: Delivery) => boolean; readonly timeoutMs: number };

/** Waits until every delivery is as wanted, and returns how each of them then stands, in the order of the ids. */
export async function allOf(
  waybill: Waybill,
  ids: readonly string[],
  { until, timeoutMs }: Awaiting,
): Promise<readonly Delivery[]> {
  const done = new Map<string, Delivery>();
  await eventually(
    async () => {
      const left = ids.filter((id) => !done.has(id));
      // One by one: on a busy machine more at a time would only wait for one another.
      for (const id of left) {
        const view = await waybill.get(id);
        if (until(view)) done.set(id, view);
        else throw new Error(`${ids.length - done.size} are not done, as ${id}: ${JSON.stringify(view)}`);
      }
      return true;
    },
    { timeoutMs, what: `The end of ${ids.length} deliveries` },
  );
  return ids.flatMap((id) => done.get(id) ?? []);
}

/** The lines of the children's output that are no everyday news. */
export function troublesOf(children: readonly Child[]): readonly string[] {
  const lines = children.flatMap((child) => child.output().split('\n'));
  return lines.filter((line) => line !== '' && !/^\{"level":"(debug|info)"/.test(line));
}
