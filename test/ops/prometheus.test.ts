import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { createWaybill } from '../../src/index.js';
import { portOf, startCommand } from '../support/command.js';
import type { Followed } from '../support/follow-process.js';
import { asUser, withUser } from '../support/least-rights.js';
import { type Prometheus, startPrometheus } from '../support/prometheus.js';
import { FROM, requestTo, SHOP, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { readProjectFile } from './compose-file.js';
import { queriesOf, readDashboards } from './dashboards.js';

const DESK = { ...SHOP, from: '972771234568', name: 'desk', apiKey: 'a key that the provider refuses' };
const CALLER = {
  name: 'app',
  sha256: createHash('sha256').update('any').digest('hex'),
  accounts: ['shop'],
  roles: ['read'],
};
const SERVICES = ['worker', 'webhooks', 'api'] as const;
const PATIENT = { timeoutMs: 60_000 };

let redis: PrivateRedis;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let processes: readonly Followed[] = [];
let prometheus: Prometheus;

beforeAll(async () => {
  redis = await startPrivateRedis(withUser());
  sandbox = await startSandbox({
    accounts: [
      { from: FROM, apiKey: SHOP.apiKey },
      { from: DESK.from, apiKey: 'another key' },
    ],
    windowsOpen: true,
  });
  processes = SERVICES.map((service) => startCommand([service], environment()));
  const ports = await Promise.all(processes.map((each) => portOf(each, 'metrics')));
  prometheus = await startPrometheus({ scrapeConfigs: scrapeConfigs(ports), rules: hurried() });
  await enqueueFromBoth();
}, 120_000);

afterAll(async () => {
  await prometheus?.close();
  await Promise.all(processes.map((each) => each.close()));
  await sandbox?.close();
  await redis?.stop();
});

it('scrapes a worker, a webhook consumer and the API', async () => {
  const answering = () => prometheus.query('up{job="waybill"} == 1');
  await eventually(async () => (await answering()).length === SERVICES.length, PATIENT);
  const services = (await answering()).map(({ metric }) => metric.service);
  expect(services.sort()).toEqual([...SERVICES].sort());
});

it('sees what was accepted', async () => {
  const accepted = 'sum by (account) (waybill_attempts_total{outcome="accepted"}) > 0';
  await eventually(async () => (await prometheus.query(accepted)).length === 1, PATIENT);
  await expect(prometheus.query(accepted)).resolves.toMatchObject([{ metric: { account: 'shop' } }]);
});

it('fires when a refused key has paused an account, and only for that one', async () => {
  const paused = async () => {
    const firing = await prometheus.firing();
    return firing.filter(({ labels }) => labels.alertname === 'WaybillAccountPaused');
  };
  await eventually(async () => (await paused()).length > 0, PATIENT);
  await expect(paused()).resolves.toMatchObject([
    {
      labels: { account: 'desk', reason: '3', severity: 'critical' },
      annotations: { summary: 'The account desk is paused', description: 'Nothing of it is sent: 3.' },
    },
  ]);
});

it('has no alert about data that is missing', async () => {
  const missing = ['WaybillProcessDown', 'WaybillServiceMissing', 'WaybillNobodyMeasures'];
  const alarmed = async () =>
    (await prometheus.firing()).filter(({ labels }) => missing.includes(labels.alertname ?? ''));
  await eventually(async () => (await alarmed()).length === 0, PATIENT);
});

it.each(readDashboards().map((dashboard) => [dashboard.title, dashboard] as const))(
  'answers every query of the dashboard %s',
  async (_title, dashboard) => {
    const queries = queriesOf(dashboard);
    expect(queries.length).toBeGreaterThan(5);
    const known = new Set(await prometheus.names());
    for (const [where, expr] of queries) {
      await expect(prometheus.query(expr)).resolves.toEqual(expect.any(Array));
      const foreign = expr.match(/\b(?:process|nodejs)_[a-z0-9_]+/g) ?? [];
      expect([where, foreign.filter((name) => !known.has(name))]).toEqual([where, []]);
    }
  },
);

function environment(): Record<string, string> {
  const listen = ['METRICS', 'WEBHOOKS', 'API'].map((what) => [`WAYBILL_LISTEN_${what}`, '127.0.0.1:0']);
  return {
    ...Object.fromEntries(listen),
    REDIS_URL: asUser(redis.url),
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP, DESK]),
    WAYBILL_PROVIDER_URL: sandbox.url,
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_API_KEYS: JSON.stringify([CALLER]),
  };
}

/** Those of ops/prometheus, with the addresses of our processes in place of the services' names. */
function scrapeConfigs(ports: readonly number[]): readonly unknown[] {
  const { scrape_configs } = z
    .object({ scrape_configs: z.array(z.looseObject({ job_name: z.string() })) })
    .parse(parse(readProjectFile('ops/prometheus/prometheus.yml')));
  const found = SERVICES.map((service, index) => ({
    targets: [`127.0.0.1:${ports[index] ?? 0}`],
    labels: { service },
  }));
  return scrape_configs.map(({ job_name }) => ({ job_name, static_configs: found }));
}

/** The rules with seconds in place of the minutes for which something must last. */
function hurried(): string {
  return readProjectFile('ops/prometheus/rules.yml').replace(/^( +for: \d+)m$/gm, '$1s');
}

async function enqueueFromBoth(): Promise<void> {
  const waybill = createWaybill({
    redis: asUser(redis.url),
    accounts: [SHOP, DESK].map(({ from, name }) => ({ from, name })),
  });
  await waybill.enqueue(requestTo('972501234567'));
  await waybill.enqueue({ ...requestTo('972501234568'), from: 'desk' });
  await waybill.close();
}
