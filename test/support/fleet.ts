import type { SandboxOptionsInput } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { billingMonth } from '../../src/domain/session.js';
import { DAY, SECOND } from '../../src/domain/time.js';
import { createWaybill, type DeliveryView, type Waybill } from '../../src/index.js';
import { connectRedisUrl } from '../../src/redis/connection.js';
import { type LedgerRow, readLedger } from '../../src/redis/ledger.js';
import type { Timings } from '../../src/worker/timings.js';
import { type Child, loadChild, startChild } from './child.js';
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
};

export type FleetOptions = {
  readonly sandbox?: SandboxOptionsInput;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 3. */
  readonly workers?: number;
};

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

/** Workers and a webhook consumer in processes of their own; the sandbox and one producer in this one. */
export async function startFleet(redisUrl: string, options: FleetOptions = {}) {
  const env = environment(redisUrl, options);
  const webhooks = await startChild('webhooks', env);
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: API_KEY }],
    windowsOpen: true,
    ...options.sandbox,
    webhook: {
      ...options.sandbox?.webhook,
      url: `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}`,
    },
  });
  const workerEnv = { ...env, WAYBILL_PROVIDER_URL: sandbox.url };
  const startWorker = (more: Readonly<Record<string, string>> = {}) =>
    startChild('worker', { ...workerEnv, ...more });
  const workers = await Promise.all(Array.from({ length: options.workers ?? 3 }, () => startWorker()));
  // Known before any worker has published them.
  const waybill = createWaybill({ redis: redisUrl, accounts: [{ from: FROM, name: 'shop' }] });
  return {
    sandbox,
    waybill,
    workers,
    webhooks,
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
    ledger: () => ledgerOf(redisUrl),
    async close(): Promise<void> {
      await waybill.close();
      await Promise.all(workers.map((worker) => worker.close()));
      await sandbox.close();
      await webhooks.close();
    },
  };
}

async function ledgerOf(redisUrl: string): Promise<readonly LedgerRow[]> {
  const redis = connectRedisUrl(redisUrl, 'waits');
  try {
    const now = Date.now();
    const months = new Set([now - DAY, now].map((at) => billingMonth(at, 'UTC')));
    const rows = [...months].map((month) =>
      readLedger(redis, 'waybill', { from: FROM, month, timeZone: 'UTC' }),
    );
    return (await Promise.all(rows)).flat();
  } finally {
    redis.disconnect();
  }
}

function environment(redisUrl: string, { account, env }: FleetOptions): Readonly<Record<string, string>> {
  const shop = {
    from: FROM,
    name: 'shop',
    apiKey: API_KEY,
    ratePerSecond: 1000,
    pairBurst: 1000,
    ...account,
  };
  return {
    REDIS_URL: redisUrl,
    WAYBILL_ACCOUNTS: JSON.stringify([shop]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_RETRY_BASE_MS: '20',
    WAYBILL_RETRY_CAP_MS: '100',
    WAYBILL_LOG_LEVEL: 'info',
    TEST_TIMINGS: JSON.stringify(QUICK),
    ...env,
  };
}

type Awaiting = { readonly until: (view: DeliveryView) => boolean; readonly timeoutMs: number };

/** Waits until every delivery is as wanted, and returns how each of them then stands, in the order of the ids. */
export async function allOf(
  waybill: Waybill,
  ids: readonly string[],
  { until, timeoutMs }: Awaiting,
): Promise<readonly DeliveryView[]> {
  const done = new Map<string, DeliveryView>();
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
