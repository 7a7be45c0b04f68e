import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/sandbox.js';
import type { Running } from '../../src/app/core.js';
import { type RunningWebhooks, runWebhooks } from '../../src/app/webhooks.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill, type Waybill } from '../../src/index.js';
import { parseMetrics } from '../observe/metrics-text.js';
import { BOSS, startApi, type TestApi } from '../support/api.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const SHOP = { from: '972771234567', name: 'shop', apiKey: 'key-of-shop', ratePerSecond: 1000 };
const CLINIC = { from: '972771234568', name: 'clinic', apiKey: 'key-of-clinic', ratePerSecond: 1000 };
const TO = '972501234567';
const OTHER = '972509999999';
const TEMPLATE = { name: 'invoice', language: 1, variables: [] };
/** Within seconds: what is promised, and what a busy machine needs beside it. */
const SOON = { timeoutMs: 30_000 };

const redis = withRedis();
let folder: string;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let webhooks: RunningWebhooks;
let api: TestApi;
let library: Waybill;
const workers: Worker[] = [];

type Worker = ReturnType<typeof createCore> & { readonly running: Running };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-accounts-'));
  put([SHOP]);
  webhooks = await runWebhooks(
    createCore({ ...env(), WAYBILL_WEBHOOK_TOKEN: TOKEN, WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0' }).core,
  );
  sandbox = await startSandbox({
    accounts: [SHOP, CLINIC].map(({ from, apiKey }) => ({ from, apiKey })),
    windowsOpen: true,
    webhook: { url: `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}` },
  });
  // Of no accounts of its own: it knows them from the workers alone.
  api = await startApi(redis.url, { env: { WAYBILL_ACCOUNTS: '' } });
  library = createWaybill({ redis: redis.url });
});
afterEach(async () => {
  await library.close();
  await api.close();
  await Promise.all(workers.splice(0).map(({ running }) => running.close()));
  await webhooks.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const path = (name = 'accounts.json') => join(folder, name);
const env = (name?: string) => ({ REDIS_URL: redis.url, WAYBILL_ACCOUNTS_FILE: path(name) });

/** By rename, as careful editors and Kubernetes do. */
function put(accounts: unknown, name?: string): void {
  const text = typeof accounts === 'string' ? accounts : JSON.stringify(accounts);
  writeFileSync(`${path(name)}.next`, text);
  renameSync(`${path(name)}.next`, path(name));
}

async function startWorker(more: Readonly<Record<string, string>> = env()): Promise<Worker> {
  const core = createCore({
    REDIS_URL: redis.url,
    WAYBILL_PROVIDER_URL: sandbox.url,
    WAYBILL_RETRY_BASE_MS: '20',
    WAYBILL_RETRY_CAP_MS: '100',
    ...more,
  });
  const worker = { ...core, running: await runWorker(core.core) };
  workers.push(worker);
  return worker;
}

const request = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  from: 'shop',
  to: TO,
  id,
  fileUrl: 'https://files.example.com/invoice.pdf',
  ...more,
});
const post = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  api.call('POST', '/v1/deliveries', { body: request(id, more) });
const accepted = (id: string, from?: string) =>
  library.wait(id, 'accepted', { ...SOON, ...(from === undefined ? {} : { from }) });
async function page(): Promise<string> {
  const authorization = `Basic ${Buffer.from(`boss:${BOSS.secret}`).toString('base64')}`;
  return (await api.call('GET', '/', { key: null, headers: { authorization } })).text;
}

describe('a change to the accounts’ file, while worker, webhooks, API and library run', () => {
  it('reaches the next claim, the page, and what is taken by the API and the library', async () => {
    await startWorker();
    put([{ ...SHOP, budget: { perDay: 0 } }]);
    await eventually(async () => (await page()).includes('0 left'), SOON);
    await post('one');
    await eventually(async () => (await library.get('one')).status === 'held', SOON);
    // Refused for now: the account has no template.
    await expect(library.enqueue(request('two', { onClosedWindow: 'template' }))).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(post('three', { onClosedWindow: 'template' })).resolves.toMatchObject({ status: 422 });

    put([{ ...SHOP, budget: { perDay: 7 }, template: TEMPLATE }]);
    await accepted('one');
    await eventually(async () => (await page()).includes('6 left'), SOON);
    await eventually(async () => (await post('three', { onClosedWindow: 'template' })).status === 202, SOON);
    await eventually(() => library.enqueue(request('two', { onClosedWindow: 'template' })), SOON);
    await accepted('two');
  });

  it('opens a queue for a new account, whose callbacks are taken too', async () => {
    await startWorker();
    await expect(library.enqueue(request('one', { from: 'clinic' }))).rejects.toMatchObject({
      code: 'UNKNOWN_ACCOUNT',
    });
    put([SHOP, CLINIC]);
    await eventually(() => library.enqueue(request('one', { from: 'clinic' })), SOON);
    await library.wait('one', 'delivered', SOON);
    await expect(post('two', { from: 'clinic' })).resolves.toMatchObject({ status: 202 });
    await accepted('two');
    expect((await api.call('GET', '/v1/accounts')).json).toMatchObject({
      accounts: [{ name: 'clinic' }, { name: 'shop' }],
    });
  });

  it('lets the deliveries of a removed account wait, says why, and loses none of them', async () => {
    const worker = await startWorker();
    put([SHOP, CLINIC]);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await eventually(() => library.enqueue(request('due', { from: 'clinic', sendAt: later })), SOON);
    put([SHOP]);
    const explained = async () =>
      JSON.stringify((await api.call('GET', `/v1/conversations/clinic/${TO}`)).json);
    await eventually(
      async () => (await explained()).includes('was removed from the workers’ settings'),
      SOON,
    );
    const refusal = () =>
      library.enqueue(request('due', { from: 'clinic', sendAt: later })).catch(({ code }) => code);
    await eventually(async () => (await refusal()) === 'UNKNOWN_ACCOUNT', SOON);
    await eventually(async () => (await post('due', { from: 'clinic', sendAt: later })).status === 422, SOON);
    await expect(library.get('due')).resolves.toMatchObject({ status: 'waiting' });
    // The others go on.
    await library.enqueue(request('of-shop'));
    await accepted('of-shop');
    await eventually(() =>
      worker.lines.some((line) => /"removed":\["clinic"\].*accounts changed/.test(line)),
    );

    put([SHOP, CLINIC]);
    await eventually(() => library.enqueue(request('more', { from: 'clinic' })), SOON);
    await accepted('more');
    await expect(library.get('due')).resolves.toMatchObject({ status: 'waiting' });
  });

  it('ends what a removed account has in flight by its answer, with the key that it began with', async () => {
    await startWorker();
    put([SHOP, CLINIC]);
    sandbox.fault({ kind: 'slow', latencyMs: 4000, to: TO, times: 1 });
    await eventually(() => library.enqueue(request('slow', { from: 'clinic' })), SOON);
    await eventually(async () => (await library.get('slow')).status === 'sending', SOON);
    put([SHOP]);
    await accepted('slow');
    expect(sandbox.counts().accepted).toBe(1);
  });

  it('is refused as a whole where it is wrong, which shows; mended, it counts', async () => {
    const worker = await startWorker();
    put([{ ...SHOP, ratePerSecond: 'fast' }, CLINIC]);
    const told = await eventually(() => worker.lines.find((line) => line.includes('is not usable')), SOON);
    expect(told).toContain('in shop, at /0/ratePerSecond');
    expect(told).not.toContain(SHOP.apiKey);
    expect(worker.core.secrets.unusable()).toEqual(['WAYBILL_ACCOUNTS_FILE']);
    const unusable = async () =>
      parseMetrics(await worker.metrics.render())
        .samples.filter(({ name }) => name === 'waybill_setting_unusable')
        .map(({ value }) => value);
    await expect(unusable()).resolves.toEqual([1]);
    await library.enqueue(request('one'));
    await accepted('one');
    put([SHOP, CLINIC]);
    await eventually(() => library.enqueue(request('two', { from: 'clinic' })), SOON);
    await accepted('two');
    await expect(unusable()).resolves.toEqual([0]);
  });

  it('is followed by event readers that are reading already', async () => {
    await startWorker();
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { data } of library.events({ signal: stop.signal }))
        if ('deliveryId' in data) seen.push(String(data.deliveryId));
    })();
    await eventually(async () => {
      await library.enqueue(request(`early-${seen.length}`));
      return seen.length > 0;
    }, SOON);
    put([SHOP, CLINIC]);
    await eventually(() => library.enqueue(request('of-clinic', { from: 'clinic' })), SOON);
    await eventually(() => seen.includes('of-clinic'), SOON);
    stop.abort();
    await reading;
  });

  it('drops the gauges of a removed account', async () => {
    const worker = await startWorker();
    const measured = async () => {
      const { samples } = parseMetrics(await worker.metrics.render());
      return samples
        .filter(({ name }) => name === 'waybill_deliveries_due')
        .map(({ labels }) => labels.account);
    };
    put([SHOP, CLINIC]);
    await eventually(async () => (await measured()).length === 2, SOON);
    put([SHOP]);
    await eventually(async () => (await measured()).join() === 'shop', SOON);
  });
});

describe('workers with different settings', () => {
  const inEnv = (...accounts: readonly object[]) => ({ WAYBILL_ACCOUNTS: JSON.stringify(accounts) });
  const OLD = inEnv({ ...SHOP, budget: { perDay: 100 } });
  const NEW = inEnv({ ...SHOP, budget: { perDay: 200 } });
  const left = async () => /(\d+) left/.exec(await page())?.[1];
  const close = async ({ running }: Worker) => {
    await running.close();
    workers.splice(
      workers.findIndex((worker) => worker.running === running),
      1,
    );
  };
  const publishedTimes = async () => Number(await redis.client.hget('waybill:accounts', 'version'));

  it('all send by the newest, and an old replica that starts again changes nothing', async () => {
    const old = await startWorker(OLD);
    await eventually(async () => (await left()) === '100', SOON);
    await startWorker(NEW);
    await eventually(async () => (await left()) === '200', SOON);
    await eventually(() => old.lines.some((line) => line.includes('accounts changed')), SOON);
    const times = await publishedTimes();
    await close(old);
    const again = await startWorker(OLD);
    await eventually(() => again.lines.some((line) => line.includes('accounts changed')), SOON);
    expect(await publishedTimes()).toBe(times);
    expect(await left()).toBe('200');
  });

  it('are rolled back when the last worker with the newer ones has left', async () => {
    const old = await startWorker(OLD);
    const young = await startWorker(NEW);
    await eventually(async () => (await left()) === '200', SOON);
    await close(old);
    await close(young);
    await startWorker(OLD);
    await eventually(async () => (await left()) === '100', SOON);
  });

  it('send for whatever each of them has, where their accounts differ', async () => {
    await startWorker(inEnv(SHOP));
    const other = await startWorker(inEnv(CLINIC));
    for (const from of ['shop', 'clinic']) {
      await eventually(() => library.enqueue(request(`to-${from}`, { from, to: OTHER })), SOON);
      await accepted(`to-${from}`, from);
    }
    expect(other.lines.filter((line) => line.includes('accounts changed'))).toEqual([]);
  });
});
