import { createHash } from 'node:crypto';
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
const JOB = 'messaging-pods';
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

it('scrapes a worker, a webhook consumer and the API, and knows them by what they say', async () => {
  const answering = () => prometheus.query('waybill_build_info and on (job, instance) up == 1');
  await eventually(async () => (await answering()).length === SERVICES.length, PATIENT);
  const found = (await answering()).map(({ metric: { role, job, service } }) => ({ role, job, service }));
  expect(found.map(({ role }) => role).sort()).toEqual([...SERVICES].sort());
  expect(found.map(({ job, service }) => [job, service])).toEqual(SERVICES.map(() => [JOB, undefined]));
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

it('fires for a process that has died, and for the last of its kind', async () => {
  await processes[SERVICES.indexOf('webhooks')]?.close();
  const about = async () => {
    const firing = await prometheus.firing();
    return firing.filter(({ labels }) =>
      /^Waybill(ProcessDown|ServiceMissing)$/.test(labels.alertname ?? ''),
    );
  };
  await eventually(async () => (await about()).length === 2, PATIENT);
  const found = (await about()).map(({ labels, annotations }) => [
    labels.alertname,
    labels.role,
    annotations.summary,
  ]);
  expect(found.sort()).toEqual([
    ['WaybillProcessDown', 'webhooks', 'A process of Waybill does not answer'],
    ['WaybillServiceMissing', 'webhooks', 'No webhooks runs'],
  ]);
});

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

/** As somebody else's Prometheus may have it: another job name, and no label but what every scrape has. */
function scrapeConfigs(ports: readonly number[]): readonly unknown[] {
  return [{ job_name: JOB, static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }] }];
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
