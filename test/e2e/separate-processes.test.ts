import { request } from 'undici';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { createWaybill, type Waybill } from '../../src/index.js';
import { CANARIES, findLeaks } from '../support/canaries.js';
import { portOf, startCommand } from '../support/command.js';
import { planConversations } from '../support/conversations.js';
import { allOf } from '../support/fleet.js';
import type { Followed } from '../support/follow-process.js';
import { produce } from '../support/produce.js';
import { acceptedByClient, idsOf, plannedByClient } from '../support/provider-truth.js';
import { withRedis } from '../support/redis.js';
import { seeded, shuffled } from '../support/seeded.js';

const { account: SHOP, badAccount: KIOSK, apiKey, webhookToken, client } = CANARIES;

const redis = withRedis();
let webhooks: readonly Followed[] = [];
let workers: readonly Followed[] = [];
let sandbox: Sandbox;
let waybill: Waybill;

// The first one builds, if anything has changed since the last time.
beforeAll(async () => {
  const version = startCommand(['--version'], {});
  expect({ ...(await version.exited), output: version.output() }).toMatchObject({ code: 0 });
});

beforeEach(async () => {
  const env = environment();
  webhooks = [startCommand(['webhooks'], env), startCommand(['webhooks'], env)];
  const ports = await Promise.all(webhooks.map((each) => portOf(each, 'WAYBILL_LISTEN_WEBHOOKS')));
  sandbox = await startSandbox({
    accounts: [SHOP, KIOSK].map((from) => ({ from, apiKey })),
    windowsOpen: true,
    callbacks: { earlyProbability: 0.2, duplicateProbability: 0.2 },
  });
  await tellProvider(ports);
  const workerEnv = { ...env, WAYBILL_PROVIDER_URL: sandbox.url };
  workers = [startCommand(['worker'], workerEnv), startCommand(['worker'], workerEnv)];
  await Promise.all(workers.map((each) => portOf(each, 'metrics')));
  waybill = createWaybill({ redis: redis.url });
});

afterEach(async () => {
  await waybill.close();
  await Promise.all([...workers, ...webhooks].map((each) => each.close()));
  await sandbox.close();
});

it(
  'shares the work among several workers and webhook consumers, each started by its command',
  seeded(async (dice) => {
    const size = { deliveries: 60, conversations: 25 };
    const planned = [
      ...planConversations({ ...size, from: 'shop', clientsFrom: Number(`${client}00`) }, dice),
      ...planConversations({ ...size, from: 'kiosk', clientsFrom: Number(`${client}50`) }, dice),
    ];
    await produce(waybill, shuffled(planned, dice));

    await allOf(waybill, idsOf(planned), {
      until: ({ status }) => status === 'delivered' || status === 'read',
      timeoutMs: 15_000,
    });
    expect(acceptedByClient(sandbox)).toEqual(plannedByClient(planned));
    const counted = {
      workers: await counts(workers, 'waybill_attempts_total'),
      webhooks: await counts(webhooks, 'waybill_webhook_events_total'),
    };
    expect(counted.workers.reduce((sum, count) => sum + count, 0)).toBe(120);
    for (const count of [...counted.workers, ...counted.webhooks]) expect(count).toBeGreaterThan(0);
  }),
);

it('ends in good order when told to, and has kept numbers and secrets to itself', async () => {
  const to = `${client}99`;
  const { id } = await waybill.enqueue({ from: 'shop', to, fileUrl: 'https://files.example.com/a.pdf' });
  await waybill.wait(id, 'delivered', { timeoutMs: 20_000 });

  const all = [...workers, ...webhooks];
  const exits = await Promise.all(all.map((each) => each.close()));

  expect(exits).toEqual(all.map(() => ({ code: 0, signal: null })));
  const outputs = all.map((each) => each.output());
  expect(outputs.filter((output) => !output.includes('"msg":"stopped"'))).toEqual([]);
  expect(findLeaks(outputs.map((text) => ({ where: 'output', text })))).toEqual([]);
});

function environment(): Readonly<Record<string, string>> {
  const accounts = [
    { from: SHOP, name: 'shop', apiKey, ratePerSecond: 1000 },
    { from: KIOSK, name: 'kiosk', apiKey, ratePerSecond: 1000 },
  ];
  return {
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify(accounts),
    WAYBILL_WEBHOOK_TOKEN: webhookToken,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
    WAYBILL_LOG_LEVEL: 'debug',
    WAYBILL_CONCURRENCY: '5',
  };
}

/** Each account's callbacks go to another consumer. */
async function tellProvider(ports: readonly number[]): Promise<void> {
  for (const [index, from] of [SHOP, KIOSK].entries()) {
    const url = `http://127.0.0.1:${ports[index]}/webhooks/${webhookToken}`;
    const body = JSON.stringify({ apiKey, from, url, system: 1, readStatus: 1, retry: 1 });
    const answer = await request(`${sandbox.url}/setWebhook`, { method: 'POST', body });
    expect(await answer.body.json()).toMatchObject({ status: 'OK' });
  }
}

/** What each process has counted under this name, whatever the labels. */
async function counts(processes: readonly Followed[], name: string): Promise<readonly number[]> {
  return Promise.all(
    processes.map(async (each) => {
      const answer = await request(`http://127.0.0.1:${await portOf(each, 'metrics')}/metrics`);
      const lines = (await answer.body.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    }),
  );
}
