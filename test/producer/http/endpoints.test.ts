import type { Browser } from 'playwright-core';
import { startReceiver } from '../../push/receiver.js';
import { startApi, type TestApi } from '../../support/api.js';
import { openBrowser } from '../../support/chromium.js';
import { withRedis } from '../../support/redis.js';

const KEYS = [
  { name: 'boss', secret: 'secret-of-the-boss' },
  { name: 'shop', secret: 'secret-of-the-shop', accounts: ['shop'] },
  { name: 'looker', secret: 'secret-of-the-looker', roles: ['read'] },
];
const SECRETS = [`whsec_${Buffer.alloc(32, 5).toString('base64')}`];
const redis = withRedis();
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let api: TestApi;

beforeEach(async () => {
  receiver = await startReceiver();
  const url = `${receiver.url}?key=canary-query`;
  const shared = { secrets: SECRETS, allowPrivate: true };
  const endpoints = [
    { name: 'app', url, ...shared },
    { name: 'crm', url: `${url}&crm`, ...shared, accounts: ['shop'], types: ['delivery.failed'] },
  ];
  const env = { WAYBILL_EVENT_ENDPOINTS: JSON.stringify(endpoints) };
  api = await startApi(redis.url, { keys: KEYS, env });
});
afterEach(async () => {
  await api.close();
  await receiver.close();
});

const list = (key = 'secret-of-the-boss') => api.call('GET', '/v1/events/endpoints', { key });
const tryOne = (name: string, key = 'secret-of-the-boss') =>
  api.call('POST', `/v1/events/endpoints/${name}/test`, { key });

describe('over HTTP', () => {
  it('lists the endpoints with what they are told and did not take, and without their URLs', async () => {
    await redis.client.xadd('waybill:dead-events:crm', '*', 'event', '{}', 'reason', 'http_500');
    const { status, json, text } = await list();
    expect([status, json]).toEqual([
      200,
      {
        endpoints: [
          { name: 'app', types: [], accounts: [], deadEvents: 0 },
          { name: 'crm', types: ['delivery.failed'], accounts: ['shop'], deadEvents: 1 },
        ],
      },
    ]);
    expect(text).not.toContain('canary');
  });

  it('posts a test event, answers what the endpoint answered, and logs who asked', async () => {
    const { status, json } = await tryOne('crm');
    expect([status, json]).toMatchObject([
      200,
      { endpoint: 'crm', taken: true, status: 204, reason: null, id: receiver.all[0]?.event.id },
    ]);
    receiver.answerWith(() => 401);
    await expect(tryOne('app')).resolves.toMatchObject({
      status: 200,
      json: { taken: false, status: 401, reason: 'http_401' },
    });
    await receiver.goDown();
    await expect(tryOne('app')).resolves.toMatchObject({ json: { status: null, reason: 'refused' } });
    await receiver.comeBack();
    const logged = api.lines.filter((line) => line.includes('endpoint tried'));
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ endpoint: 'crm', who: 'boss', source: 'API' });
    expect(api.lines.join('')).not.toContain('canary');
  });

  it('shows a key those that are told of its accounts alone', async () => {
    await expect(list('secret-of-the-shop')).resolves.toMatchObject({
      json: { endpoints: [{ name: 'crm' }] },
    });
    await expect(tryOne('crm', 'secret-of-the-shop')).resolves.toMatchObject({ status: 200 });
    const others = await tryOne('app', 'secret-of-the-shop');
    expect(others).toMatchObject({ status: 404, json: { code: 'endpoint_not_found' } });
    expect(receiver.all).toHaveLength(1);
  });

  it('refuses a name that there is none of, with those that there are, and who may only look', async () => {
    await expect(tryOne('none')).resolves.toMatchObject({
      status: 404,
      json: { code: 'endpoint_not_found', detail: expect.stringContaining('there are app, crm') },
    });
    await expect(tryOne('app', 'secret-of-the-looker')).resolves.toMatchObject({ status: 403 });
    expect(receiver.all).toEqual([]);
  });

  it('says where to name endpoints when there are none', async () => {
    const bare = await startApi(redis.url);
    try {
      const tried = await bare.call('POST', '/v1/events/endpoints/app/test');
      expect(tried).toMatchObject({
        status: 404,
        json: { detail: expect.stringContaining('WAYBILL_EVENT_ENDPOINTS') },
      });
    } finally {
      await bare.close();
    }
  });
});

describe('on the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function visit(key: string) {
    const context = await browser.newContext({ httpCredentials: { username: 'anna', password: key } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${api.url}/`);
    await page.getByRole('link', { name: 'Events' }).click();
    await page.waitForURL(/\/endpoints$/);
    return page;
  }

  it('lists the endpoints, and posts a test event to one', async () => {
    const page = await visit('secret-of-the-boss');
    await expect(page.getByRole('row').count()).resolves.toBe(3);
    await page.getByRole('button', { name: 'Send a test event to crm' }).click();
    await page.waitForSelector('.notice');
    expect(await page.textContent('.notice')).toMatch(/crm: answered 204 after \d+ ms\./);
    expect(receiver.taken).toHaveLength(1);
    receiver.answerWith(() => 500);
    await page.getByRole('button', { name: 'Send a test event to app' }).click();
    await page.getByText(/app: answered 500/).waitFor();
    await page.context().close();
  });

  it('has no button for who may only look, and refuses a form that is not ours', async () => {
    const page = await visit('secret-of-the-looker');
    await expect(page.getByRole('button', { name: 'Send a test event' }).count()).resolves.toBe(0);
    await page.context().close();
    const authorization = `Basic ${Buffer.from('anna:secret-of-the-boss').toString('base64')}`;
    const forged = await fetch(`${api.url}/endpoints/app/test`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(forged.status).toBe(403);
    expect(receiver.all).toEqual([]);
  });
});
