import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { runWorker } from '../../src/app/worker.js';
import { readEnv } from '../../src/config/env.js';
import { parseConfig } from '../../src/config.js';
import type { WebhookChecked } from '../../src/observe/observer.js';
import { createProviderClient } from '../../src/provider/client.js';
import type { Timings } from '../../src/worker/timings.js';
import { createWebhookWatch } from '../../src/worker/watch-webhook.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { FROM, SHOP, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { QUICK } from './line.js';

const HOUR = 3_600_000;
const URL_OF_OURS = `https://waybill.example.com/webhooks/${TOKEN}`;
const RIGHT = { url: URL_OF_OURS, retry: 1 } as const;

let sandbox: Sandbox;
const start = async (webhook?: { url: string; retry?: 0 | 1 }): Promise<void> => {
  sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: SHOP.apiKey }],
    ...(webhook && { webhook }),
  });
};
afterEach(() => sandbox.close());

describe('the watch over an account’s webhook', () => {
  let now = 0;
  let ours = true;
  let told: WebhookChecked[];

  function watch() {
    [now, ours, told] = [0, true, []];
    const provider = createProviderClient({ baseUrl: sandbox.url, now: () => now });
    const { config } = parseConfig(readEnv({ WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) }));
    const watching = createWebhookWatch({
      provider,
      apiKeyOf: () => SHOP.apiKey,
      tokens: () => [TOKEN],
      isOurs: () => ours,
      observer: { webhookChecked: (event) => void told.push(event) },
      keep: async () => undefined,
      monotonic: () => now,
    });
    const look = async () => {
      for (const account of config.accounts) await watching.look(account);
      return told.map(({ state }) => state);
    };
    return { look, forget: watching.forget, close: () => provider.close() };
  }

  it('looks at once, and again after an hour', async () => {
    await start(RIGHT);
    const { look, close } = watch();
    expect(await look()).toEqual(['right']);
    now = HOUR - 1;
    expect(await look()).toEqual(['right']);
    now = HOUR;
    expect(await look()).toEqual(['right', 'right']);
    await close();
  });

  it('names what is wrong', async () => {
    await start({ url: 'https://elsewhere.example.com/hook' });
    const { look, close } = watch();
    await look();
    expect(told).toEqual([{ account: 'shop', state: 'wrong', faults: ['url_foreign', 'retry_off'] }]);
    sandbox.fault({ kind: 'fail', reason: 3, on: ['getWebhook'] });
    now = HOUR;
    await look();
    expect(told.at(-1)).toEqual({ account: 'shop', state: 'wrong', faults: ['key_wrong'] });
    await close();
  });

  it('asks sooner after an answer that told nothing', async () => {
    await start(RIGHT);
    sandbox.fault({ kind: 'http', status: 502, on: ['getWebhook'] });
    const { look, close } = watch();
    await look();
    expect(told).toEqual([{ account: 'shop', state: 'unanswered', faults: ['no_answer'] }]);
    now = HOUR / 10;
    expect(await look()).toEqual(['unanswered', 'right']);
    await close();
  });

  it('tells nothing once another process does', async () => {
    await start(RIGHT);
    const { look, forget, close } = watch();
    ours = false;
    expect(await look()).toEqual([]);
    ours = true;
    expect(await look()).toEqual(['right']);
    forget();
    expect(await look()).toEqual(['right', 'right']);
    await close();
  });
});

describe('a worker', () => {
  const redis = withRedis();
  const timings: Timings = QUICK;

  function open() {
    const { core, metrics, lines } = createCore({
      REDIS_URL: redis.url,
      WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
      WAYBILL_PROVIDER_URL: sandbox.url,
      WAYBILL_WEBHOOK_TOKEN: TOKEN,
    });
    const shows = (value: 0 | 1) =>
      eventually(async () =>
        (await metrics.render()).includes(`waybill_provider_webhook_ok{account="shop"} ${value}`),
      );
    return { core, metrics, lines, shows };
  }

  it('warns at boot by metric and by log, without a secret, and works on', async () => {
    await start();
    const { core, lines, shows } = open();
    const worker = await runWorker(core, timings);
    await shows(0);
    const warning = lines.find((line) => line.includes('webhook settings are wrong'));
    expect(JSON.parse(warning ?? '{}')).toMatchObject({ level: 'warn', account: 'shop' });
    for (const secret of [TOKEN, SHOP.apiKey, FROM]) expect(lines.join('')).not.toContain(secret);
    await worker.close();
  });

  it('asks once, however many replicas there are, and shows it while it holds the lease', async () => {
    await start(RIGHT);
    const replicas = [open(), open()];
    const workers = await Promise.all(replicas.map(({ core }) => runWorker(core, timings)));
    await Promise.any(replicas.map(({ shows }) => shows(1)));
    expect(sandbox.requests().filter(({ endpoint }) => endpoint === 'getWebhook')).toHaveLength(1);
    const texts = await Promise.all(replicas.map(({ metrics }) => metrics.render()));
    expect(texts.filter((text) => text.includes('waybill_provider_webhook_ok{'))).toHaveLength(1);
    for (const { core, metrics } of replicas) {
      core.observer.leaseLost('sweeper');
      expect(await metrics.render()).not.toContain('waybill_provider_webhook_ok{');
    }
    await Promise.all(workers.map((worker) => worker.close()));
  });
});
