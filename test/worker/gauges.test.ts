import { startSandbox } from '../../sandbox/sandbox.js';
import type { Running } from '../../src/app/core.js';
import { runWorker } from '../../src/app/worker.js';
import type { Metrics } from '../../src/observe/metrics.js';
import { parseMetrics } from '../observe/metrics-text.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { FROM, SHOP } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { QUICK } from './line.js';

const LEASE = { ...QUICK, sweepEveryMs: 100, sweeperLeaseMs: 1000 };

const redis = withRedis();
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
const workers: Worker[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ from: FROM, apiKey: 'key-of-shop' }] });
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ running }) => running.close()));
});
afterAll(() => sandbox.close());

type Worker = { readonly running: Running; readonly metrics: Metrics; readonly lines: readonly string[] };

async function startWorker(): Promise<Worker> {
  const account = { ...SHOP, budget: { perDay: 0, perMonth: 10 } };
  const { core, metrics, lines } = createCore({
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([account]),
    WAYBILL_PROVIDER_URL: sandbox.url,
  });
  const worker = { running: await runWorker(core, LEASE), metrics, lines };
  workers.push(worker);
  return worker;
}

async function samples({ metrics }: Worker, name: string): Promise<readonly number[]> {
  const { samples: all } = parseMetrics(await metrics.render());
  return all.filter((sample) => sample.name === `waybill_${name}`).map(({ value }) => value);
}

/** Of those that only one may publish. */
const ABOUT_REDIS = ['deliveries_due', 'deliveries_held', 'redis_memory_used_bytes', 'orphan_receipts'];
const publishes = async (worker: Worker) => {
  const shown = await Promise.all(ABOUT_REDIS.map((name) => samples(worker, name)));
  return shown.filter((values) => values.length > 0).length;
};
const all = ABOUT_REDIS.length;

describe('the gauges about Redis', () => {
  it('come from one worker, and from another when that one ends', async () => {
    const first = await startWorker();
    await eventually(async () => (await publishes(first)) === all);
    const second = await startWorker();
    await eventually(async () => (await samples(second, 'redis_command_duration_seconds_count')).length > 0);
    await expect(publishes(second)).resolves.toBe(0);
    await first.running.close();
    await eventually(async () => (await publishes(second)) === all);
    await expect(publishes(first)).resolves.toBe(0);
  });

  it('go with the lease while Redis is away, and come back with it', async () => {
    const worker = await startWorker();
    await eventually(async () => (await publishes(worker)) === all);
    await redis.server.kill('SIGSTOP');
    await eventually(async () => (await publishes(worker)) === 0);
    await expect(samples(worker, 'leader')).resolves.toEqual([0]);
    await redis.server.kill('SIGCONT');
    await eventually(async () => (await publishes(worker)) === all);
  });

  it('show what Redis holds beside its limit', async () => {
    await redis.client.config('SET', 'maxmemory', '123mb');
    const worker = await startWorker();
    await eventually(async () => (await publishes(worker)) === all);
    await redis.client.config('SET', 'maxmemory', '0');
    await expect(samples(worker, 'redis_memory_limit_bytes')).resolves.toEqual([123 * 1024 * 1024]);
    const [used = 0] = await samples(worker, 'redis_memory_used_bytes');
    expect(used).toBeGreaterThan(100_000);
  });

  it('tell of a used up budget, and the log once', async () => {
    const worker = await startWorker();
    await eventually(async () => (await roundsOf(worker)) > 3);
    await expect(samples(worker, 'session_budget_remaining')).resolves.toEqual([0, 10]);
    const told = worker.lines.filter((line) => line.includes('budget exhausted'));
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ account: 'shop', period: 'day' });
  });
});

it('times the commands that a worker gives Redis, by the names of its scripts', async () => {
  const worker = await startWorker();
  await eventually(async () => (await publishes(worker)) === all);
  const { samples: every } = parseMetrics(await worker.metrics.render());
  const counted = every.filter(({ name }) => name === 'waybill_redis_command_duration_seconds_count');
  expect(counted.map(({ labels }) => labels.command)).toEqual(
    expect.arrayContaining(['backlog', 'budget', 'overdue', 'info']),
  );
});

it('shows when the worker last took a delivery, from its start on', async () => {
  const before = Date.now() / 1000;
  const worker = await startWorker();
  const [at = 0] = await samples(worker, 'last_progress_timestamp_seconds');
  expect(at).toBeGreaterThan(before - 1);
});

/** How often it has measured Redis. */
async function roundsOf({ metrics }: Worker): Promise<number> {
  const { samples: all } = parseMetrics(await metrics.render());
  const info = all.find(
    ({ name, labels }) =>
      name === 'waybill_redis_command_duration_seconds_count' && labels.command === 'backlog',
  );
  return info?.value ?? 0;
}
