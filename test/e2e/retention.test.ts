import { startSandbox } from '../../sandbox/sandbox.js';
import { runWebhooks } from '../../src/app/webhooks.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill } from '../../src/index.js';
import { accountKeys } from '../../src/redis/keys.js';
import { readProjectFile } from '../ops/compose-file.js';
import { startReceiver } from '../push/receiver.js';
import { dump } from '../redis/dump.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { QUICK } from '../worker/line.js';

const redis = withRedis();
const HOUR_MS = 3_600_000;
/** Seconds instead of days. */
const RETENTION = { recordHours: 2000 / HOUR_MS, idHours: 4000 / HOUR_MS, ledgerDays: 6000 / (24 * HOUR_MS) };
const keys = accountKeys('waybill', FROM);
const CLIENT = '97250123456';

/** What outlives a delivery by longer than a test lasts, with its bound in days. */
const LONGER: readonly (readonly [RegExp, number])[] = [
  // Whose message it is, for a receipt that comes again.
  [/:u:/, 7],
  // That a callback was applied, and receipts of messages that are no delivery's.
  [/:seen:/, 7],
  [/:orphan/, 7],
  [/:others/, 90],
  // Windows and names, from when the client last wrote.
  [/:c:/, 90],
  [/:alias:/, 90],
];

it('keeps nothing of a delivery beyond its retention', async () => {
  const receiver = await startReceiver(() => 500);
  const endpoint = {
    url: receiver.url,
    name: 'app',
    secrets: [`whsec_${'a'.repeat(32)}`],
    allowPrivate: true,
  };
  const env = {
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]),
  };
  const webhooks = await runWebhooks(createCore(env).core);
  const url = `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}`;
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: SHOP.apiKey }],
    windowsOpen: true,
    webhook: { url },
  });
  const { core } = createCore({ ...env, WAYBILL_PROVIDER_URL: sandbox.url });
  const short = { ...core, config: { ...core.config, retention: RETENTION } };
  const worker = await runWorker(short, { ...QUICK, forgetEveryMs: 200 });
  const { recordHours: retentionHours, idHours: idRetentionHours } = RETENTION;
  const waybill = createWaybill({ redis: redis.url, retentionHours, idRetentionHours });
  try {
    sandbox.reply(`${CLIENT}1`, 'hi');
    sandbox.windowLeft(`${CLIENT}2`, 0);
    sandbox.fault({ kind: 'fail', reason: 5, to: `${CLIENT}3`, times: 'always' });
    const ids = ['delivered', 'cancelled', 'failed', 'expired', 'urgent'].map((end) => `canary-${end}`);
    const more = [
      { metadata: { note: 'canary' } },
      {},
      {},
      { expiresAt: Date.now() + 3000 },
      { priority: 'high' },
    ];
    for (const [index, id] of ids.entries()) {
      const to = `${CLIENT}${[1, 2, 3, 2, 4][index]}`;
      await waybill.enqueue(requestTo(to, { id, caption: 'canary', ...more[index] }));
    }
    await eventually(async () => (await waybill.get('canary-cancelled')).status === 'held', {
      timeoutMs: 20_000,
    });
    await waybill.cancel('canary-cancelled');
    await sandbox.callback({
      status: 'OK',
      hook: 'update',
      unique: 'canary-unowned',
      from: `${CLIENT}9`,
      to: FROM,
      ack: 1,
    });
    const ended = { timeoutMs: 20_000 };
    await waybill.wait('canary-delivered', 'accepted', ended);
    await sandbox.idle();
    // One after the other they reach their ends, and then go: what is left is what is said to stay longer.
    const left = async () =>
      (await mentions()).filter(([key]) => !LONGER.some(([family]) => family.test(key)));
    await eventually(async () => (await redis.client.exists(...ids.map(keys.record))) === 0, {
      timeoutMs: 30_000,
    });
    await eventually(async () => expect(await left()).toEqual([]) ?? true, { timeoutMs: 40_000 });
    for (const [key] of await mentions()) {
      const bound = LONGER.find(([family]) => family.test(key))?.[1] ?? 0;
      const leftMs = await redis.client.pttl(key);
      expect([key, leftMs > 0, leftMs <= bound * 24 * HOUR_MS]).toEqual([key, true, true]);
    }
  } finally {
    await waybill.close();
    await worker.close();
    await webhooks.close();
    await sandbox.close();
    await receiver.close();
  }
});

/** Every key whose name or value tells of a delivery or a client. */
async function mentions(): Promise<readonly (readonly [string, unknown])[]> {
  return Object.entries(await dump(redis.client)).filter(([key, value]) =>
    [key, JSON.stringify(value)].some((text) => text.includes('canary') || text.includes(CLIENT)),
  );
}

it('is told on the page about privacy of every key that there may be', async () => {
  const page = readProjectFile('docs/privacy.md');
  const names = [...page.matchAll(/`(\{from\}:[a-z-]+[^`]*|queue:\{from\}[^`]*)`/g)].map(
    ([, name = '']) => name,
  );
  const told = new Set(names.map((name) => name.replace(/<[^>]*>/g, '*')));
  const { fixed, ...ofOne } = keys;
  const own = Object.values(fixed).filter((key) => key.startsWith(`waybill:{${FROM}}`));
  const made = Object.values(ofOne).map((name) => name('*'));
  const there = [...own, ...made].map((key) => key.replace('waybill:', '').replace(`{${FROM}}`, '{from}'));
  const missing = there.filter(
    (key) =>
      !told.has(key) && !told.has(`${key}*`) && !told.has(key.replace('queue:{from}:*', 'queue:{from}:d-*')),
  );
  expect(there.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});
