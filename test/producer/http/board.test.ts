import { createWaybill } from '../../../src/index.js';
import { type ApiOptions, startApi, type TestApi } from '../../support/api.js';
import { openBrowser } from '../../support/chromium.js';
import { withRedis } from '../../support/redis.js';
import { eventually } from '../../support/wait.js';

const redis = withRedis();
const SHOP = '972771234567';
const CLINIC = '972771234568';
const KEYS = [
  { name: 'boss', secret: 'secret-of-the-boss' },
  { name: 'clinic-only', secret: 'secret-of-the-clinic', accounts: ['clinic'], roles: ['read'] },
  { name: 'sender', secret: 'secret-of-the-sender', roles: ['send'] },
];
let api: TestApi;

const account = (from: string, name: string) => ({ from, name, apiKey: `key-${name}` });
async function start(options: ApiOptions = {}, more: readonly object[] = []): Promise<void> {
  const accounts = [account(SHOP, 'shop'), account(CLINIC, 'clinic'), ...more];
  api = await startApi(redis.url, {
    keys: KEYS,
    ...options,
    env: { WAYBILL_ACCOUNTS: JSON.stringify(accounts), ...options.env },
  });
}
afterEach(() => api.close());

const basic = (secret: string) => `Basic ${Buffer.from(`anybody:${secret}`).toString('base64')}`;
const get = (path: string, secret = 'secret-of-the-boss') =>
  api.call('GET', path, { key: null, headers: { authorization: basic(secret) } });

async function enqueue(count: number): Promise<void> {
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: SHOP, name: 'shop' }] });
  await waybill.enqueueMany(
    Array.from({ length: count }, (_, at) => ({
      id: `inv-${at}`,
      from: 'shop',
      to: String(972_501_234_000 + at),
      fileUrl: 'https://files.example.com/invoice.pdf?signature=not-to-be-seen',
      caption: 'call 972501234567',
      metadata: { phone: '+972 50-123 4567' },
    })),
  );
  await waybill.close();
}

type Told = { readonly queues: readonly { readonly name: string; readonly jobs: readonly unknown[] }[] };
const queuesOf = (json: unknown) => (json as Told).queues;
const listed = (more = '') => `/board/api/queues?activeQueue=${encodeURIComponent(`{${SHOP}}`)}${more}`;

it('wants a key, as the password of any user, with a role that may look', async () => {
  await start();
  const nobody = await api.call('GET', '/board', { key: null });
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic /);
  expect((await get('/board/api/queues', 'wrong')).status).toBe(401);
  expect((await get('/board/api/queues', 'secret-of-the-sender')).status).toBe(403);
  expect((await get('/board/static/js/none.js', 'wrong')).status).toBe(401);
  expect((await get('/board/api/queues')).status).toBe(200);
});

it('shows the queues of the key’s accounts only', async () => {
  await start();
  const names = async (secret?: string) =>
    queuesOf((await get(listed(), secret)).json).map(({ name }) => name);
  await expect(names()).resolves.toEqual([`{${CLINIC}}`, `{${SHOP}}`]);
  await expect(names('secret-of-the-clinic')).resolves.toEqual([`{${CLINIC}}`]);
  const job = `/board/api/queues/${encodeURIComponent(`{${SHOP}}`)}/d-inv-0`;
  await enqueue(1);
  expect((await get(job)).status).toBe(200);
  expect((await get(job, 'secret-of-the-clinic')).status).toBe(404);
});

it('shows neither whole numbers nor what stands in a link’s query', async () => {
  await start();
  await enqueue(2);
  const job = `/board/api/queues/${encodeURIComponent(`{${SHOP}}`)}/d-inv-0`;
  for (const path of [listed(), listed('&status=waiting'), job]) {
    const { text } = await get(path);
    expect(text).toContain('https://files.example.com/invoice.pdf');
    expect(text).not.toContain('not-to-be-seen');
    expect(text).not.toMatch(/97250\d{7}|50-123 4567/);
  }
});

it('reads a page of jobs at most, whatever is asked for', async () => {
  await start();
  await enqueue(120);
  const { json } = await get(listed('&status=waiting&jobsPerPage=100000'));
  expect(queuesOf(json).find(({ name }) => name === `{${SHOP}}`)?.jobs).toHaveLength(50);
});

it('reads some of many accounts for a poll, and the one that is looked at', async () => {
  const many = Array.from({ length: 200 }, (_, at) => account(String(972_772_000_000 + at), `a${1000 + at}`));
  await start({}, many);
  const names = queuesOf((await get(listed())).json).map(({ name }) => name);
  expect(names).toHaveLength(21);
  expect(names).toContain(`{${SHOP}}`);
  const before = await commands();
  await get(listed());
  // Some twenty for each queue, all of them counts.
  expect((await commands()) - before).toBeLessThan(21 * 20);
});

async function commands(): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await redis.client.info('stats'))?.[1]);
}

it('changes nothing', async () => {
  await start();
  await enqueue(1);
  const queue = `/board/api/queues/${encodeURIComponent(`{${SHOP}}`)}`;
  await get(listed());
  const before = await redis.client.keys('*');
  for (const path of [
    '/board/api/queues/pause',
    `${queue}/pause`,
    `${queue}/empty`,
    `${queue}/promote`,
    `${queue}/d-inv-0/clean`,
  ]) {
    const answer = await api.call('PUT', path, {
      key: null,
      headers: { authorization: basic('secret-of-the-boss') },
    });
    expect([403, 404]).toContain(answer.status);
  }
  expect((await get(`${queue}/d-inv-0/flow`)).status).toBe(403);
  expect((await get('/board/api/redis/stats')).status).toBe(403);
  expect((await redis.client.keys('*')).toSorted()).toEqual(before.toSorted());
  await expect(redis.client.hexists(`waybill:queue:{${SHOP}}:meta`, 'paused')).resolves.toBe(0);
});

it('works in a browser with nothing from elsewhere', async () => {
  await start();
  await enqueue(3);
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({
      httpCredentials: { username: 'anna', password: 'secret-of-the-boss' },
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${api.url}/board/queue/${encodeURIComponent(`{${SHOP}}`)}`);
    await eventually(async () => (await page.textContent('body'))?.includes('d-inv-'), { what: 'the jobs' });
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
  }
});
