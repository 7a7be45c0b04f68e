import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepUnread } from '../../../../src/redis/quarantine.js';
import { createScriptRunner } from '../../../../src/redis/script.js';
import { CLIENT, delivery, FROM, openBench, PREFIX } from '../../../redis/bench.js';
import { startApi, type TestApi } from '../../../support/api.js';
import { openBrowser } from '../../../support/chromium.js';
import { withRedis } from '../../../support/redis.js';

const redis = withRedis();
const KEYS = [
  { name: 'boss', secret: 'secret-of-the-boss' },
  { name: 'looker', secret: 'secret-of-the-looker', roles: ['read'] },
];
const UPDATE = { status: 'OK', hook: 'update', unique: 'u1', from: CLIENT, to: FROM };
let browser: Browser;
let api: TestApi;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  api = await startApi(redis.url, { keys: KEYS });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await api.close();
});

async function visit(path: string, key = 'secret-of-the-boss'): Promise<Page> {
  const context = await browser.newContext({ httpCredentials: { username: 'anna', password: key } });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${api.url}${path}`);
  return page;
}

const keep = (name: string, callback: unknown) =>
  keepUnread({ runScript: createScriptRunner(redis.client), prefix: PREFIX }, name, JSON.stringify(callback));

async function accepted(id: string, unique: string) {
  const bench = openBench(redis.client);
  const one = delivery(id);
  await bench.accept(one);
  await bench.claim(one);
  const acceptance = { unique, timestamp: null, windowLeftMs: null };
  await bench.settle(one, { outcome: { kind: 'accepted', reason: 'ok', acceptance } });
  return bench;
}

it('lists what could not be applied, and replays it', async () => {
  const bench = await accepted('one', 'u1');
  await keep('ack_4', { ...UPDATE, ack: 4, senderName: 'A client' });
  await keep('system_issues', { hook: 'system', type: 'issues', to: FROM });
  const page = await visit('/');
  await page.getByRole('link', { name: 'Callbacks' }).click();
  const rows = page.getByRole('row');
  await expect(rows.count()).resolves.toBe(3);
  const text = await page.locator('main').textContent();
  expect(text).toContain('its "ack" is 4, which is not known');
  for (const hidden of [CLIENT, FROM, 'A client']) expect(text).not.toContain(hidden);
  await page.getByRole('row').filter({ hasText: '"ack" is 4' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Replay it' }).click();
  await page.getByRole('status').filter({ hasText: 'Replayed: 1 applied' }).waitFor();
  await expect(bench.status('one')).resolves.toBe('read');
  await page.getByRole('button', { name: 'Replay all' }).click();
  await page.getByText('1 callback is kept.').waitFor();
  await page.getByRole('button', { name: 'Replay all' }).click();
  await page.getByRole('status').filter({ hasText: '1 still not understood' }).waitFor();
});

it('offers nothing to change to who may look only', async () => {
  await keep('ack_9', { ...UPDATE, ack: 9 });
  const page = await visit('/callbacks', 'secret-of-the-looker');
  await expect(page.getByRole('button', { name: /Replay/ }).count()).resolves.toBe(0);
});

it('says why the provider reported a failure, in the list and in the timeline', async () => {
  const bench = await accepted('one', 'u1');
  const why = { code: '131026', reason: 'Message undeliverable' };
  const receipt = { kind: 'receipt', account: FROM, recipient: null, unique: 'u1', timestamp: null } as const;
  await bench.callbacks.applyReceipt({ ...receipt, receipt: 'failed', ...why });
  const words = 'reported failed, code 131026: Message undeliverable';
  const page = await visit('/deliveries?status=failed');
  expect(await page.locator('td.state').textContent()).toContain(words);
  await page.goto(`${api.url}/deliveries/shop/one`);
  expect(await page.locator('.timeline').textContent()).toContain(words);
  expect(await page.locator('.verdict').textContent()).toContain(words);
});

it('says that an operator stated that a message was sent', async () => {
  const bench = openBench(redis.client);
  const one = delivery('one');
  await bench.accept(one);
  await bench.claim(one);
  await bench.doubt(one);
  await redis.client.hset(bench.keys.record('one'), 'horizonAt', Date.now() - 1);
  const page = await visit('/deliveries/shop/one');
  await page.getByRole('button', { name: /Was sent/ }).click();
  await page.getByRole('button', { name: 'It was sent' }).click();
  await page.getByText('An operator (boss) said at').waitFor();
  expect(await page.locator('.timeline').textContent()).toContain('an operator said so');
  expect(await page.locator('main').textContent()).not.toContain('The provider accepted it');
  await page.goto(`${api.url}/deliveries?status=accepted`);
  expect(await page.locator('td.state').textContent()).toContain('an operator said so');
});
