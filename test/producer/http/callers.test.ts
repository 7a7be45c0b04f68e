import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWaybill } from '../../../src/index.js';
import { authenticate } from '../../../src/producer/http/auth.js';
import { apiKeys, BOSS, startApi, type TestApi, type TestKey } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, SHOP } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

const OTHER = { from: '972770000000', name: 'other', apiKey: 'key-of-other' };
const ACCOUNTS = { WAYBILL_ACCOUNTS: JSON.stringify([SHOP, OTHER]) };
const FILE = 'https://files.example.com/invoice.pdf';
const KEYS: readonly TestKey[] = [
  BOSS,
  { name: 'sender', secret: 'secret-of-sender', accounts: ['shop'], roles: ['send'] },
  { name: 'reader', secret: 'secret-of-reader', accounts: [FROM], roles: ['read'] },
  { name: 'operator', secret: 'secret-of-operator', accounts: ['shop'], roles: ['operate'] },
  { name: 'stranger', secret: 'secret-of-stranger', accounts: ['other'] },
];

const redis = withRedis();
let api: TestApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

const start = async (options: Parameters<typeof startApi>[1] = {}): Promise<TestApi> => {
  api = await startApi(redis.url, { keys: KEYS, ...options, env: { ...ACCOUNTS, ...options.env } });
  return api;
};
const request = { from: 'shop', to: '972501234567', fileUrl: FILE, id: 'one' };

const CALLS = [
  ['POST', '/v1/deliveries', ['sender']],
  ['GET', '/v1/deliveries', ['reader']],
  ['GET', '/v1/deliveries/none', ['reader']],
  ['PATCH', '/v1/deliveries/none', ['operator']],
  ['POST', '/v1/deliveries/none/cancel', ['sender', 'operator']],
  ['POST', '/v1/deliveries/none/resend', ['operator']],
  ['POST', '/v1/deliveries/none/resolve', ['operator']],
  ['GET', '/v1/accounts', ['reader']],
  ['POST', '/v1/accounts/shop/pause', ['operator']],
  ['POST', '/v1/accounts/shop/resume', ['operator']],
  ['GET', '/v1/ledger/shop/2026-11', ['reader']],
] as const;

it.each(CALLS)('lets into %s %s only who has a role for it: %j', async (method, path, allowed) => {
  const { call } = await start();
  for (const name of ['sender', 'reader', 'operator']) {
    const { status, json } = await call(method, path, { key: `secret-of-${name}` });
    if (allowed.some((each) => each === name)) expect([200, 404, 422]).toContain(status);
    else expect({ name, status, json }).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  }
});

it.each([null, '', 'wrong', 'secret-of-the-bos', 'secret-of-the-boss2'])('knows no key %j', async (key) => {
  const { call } = await start();
  for (const [method, path] of CALLS) {
    const { status, headers, json } = await call(method, path, { key });
    expect({ path, status, json }).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
});

it('shows a key nothing of other accounts than its own', async () => {
  const { call } = await start();
  await call('POST', '/v1/deliveries', { body: request });
  const key = 'secret-of-stranger';
  for (const [method, path] of [
    ['GET', '/v1/deliveries/one'],
    ['POST', '/v1/deliveries/one/cancel'],
    ['POST', '/v1/deliveries/one/resend'],
    ['POST', '/v1/accounts/shop/pause'],
    ['GET', '/v1/ledger/shop/2026-11'],
  ] as const) {
    expect({ path, ...(await call(method, path, { key })) }).toMatchObject({ path, status: 404 });
  }
  // The same as of an account that there is not.
  for (const from of ['shop', 'none']) {
    await expect(call('GET', `/v1/deliveries/one?from=${from}`, { key })).resolves.toMatchObject({
      status: 422,
      json: { code: 'unknown_account', detail: expect.stringMatching(/there is other$/) },
    });
  }
  await expect(call('POST', '/v1/deliveries', { key, body: request })).resolves.toMatchObject({
    status: 422,
    json: { code: 'unknown_account' },
  });
  await expect(call('GET', '/v1/deliveries', { key })).resolves.toMatchObject({ json: { deliveries: [] } });
  const { json } = await call('GET', '/v1/accounts', { key });
  expect(json).toMatchObject({ accounts: [{ name: 'other' }] });
  expect(json).not.toHaveProperty('accounts.1');
});

it('asks for the account where the key has several, and where an id is in two', async () => {
  const { call } = await start();
  const { json } = await call('POST', '/v1/deliveries', { body: { ...request, from: undefined } });
  expect(json).toMatchObject({
    errors: [{ pointer: '/from', detail: expect.stringContaining('other, shop') }],
  });
  await call('POST', '/v1/deliveries', { body: request });
  await call('POST', '/v1/deliveries', { body: { ...request, from: 'other' } });
  const two = await call('GET', '/v1/deliveries/one');
  expect(two).toMatchObject({ status: 409, json: { code: 'ambiguous_id' } });
  await expect(call('GET', '/v1/deliveries/one?from=other')).resolves.toMatchObject({ status: 200 });
});

it('refuses a key once its entry is out of the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-keys-'));
  const file = join(folder, 'keys.json');
  writeFileSync(file, apiKeys(KEYS));
  const { call } = await start({ keys: [], env: { WAYBILL_API_KEYS: '', WAYBILL_API_KEYS_FILE: file } });
  const status = async () => (await call('GET', '/v1/accounts', { key: 'secret-of-reader' })).status;
  await expect(status()).resolves.toBe(200);
  writeFileSync(file, apiKeys([BOSS]));
  await eventually(async () => (await status()) === 401);
  await rm(folder, { recursive: true });
});

it('takes so many calls a second from a key, and then says when to come again', async () => {
  const { call } = await start({ env: { WAYBILL_API_RATE: '2' } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('GET', '/v1/accounts')));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ json: { code: 'rate_limited' } });
  expect(refused?.headers.get('retry-after')).toBe('1');
  await expect(call('GET', '/v1/accounts', { key: 'secret-of-reader' })).resolves.toMatchObject({
    status: 200,
  });
});

it('takes no more than the backlog’s limit, and says when to come again', async () => {
  const { call } = await start({ env: { WAYBILL_BACKLOG_LIMIT: '3' } });
  const post = (index: number) =>
    call('POST', '/v1/deliveries', { body: { ...request, id: `d${index}`, to: `97250123456${index}` } });
  for (const index of [1, 2, 3]) await expect(post(index)).resolves.toMatchObject({ status: 202 });
  const full = await post(4);
  expect(full).toMatchObject({ status: 429, json: { code: 'backlog_full' } });
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  await expect(waybill.get('d4')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await waybill.close();
});

it('takes Basic only where browsers come', () => {
  const entry = JSON.parse(apiKeys([{ name: 'a', secret: 'päss:word' }]))[0];
  const header = `Basic ${Buffer.from('anybody:päss:word').toString('base64')}`;
  expect(authenticate(header, [entry], 'any')).toMatchObject({ name: 'a' });
  expect(authenticate(header, [entry], 'bearer')).toBeNull();
  expect(authenticate('Basic !!!', [entry], 'any')).toBeNull();
});

it('tells no key and no recipient in its log, and counts each call by its route', async () => {
  const { call, lines, metrics } = await start();
  await call('POST', '/v1/deliveries', { body: request });
  await call('GET', '/v1/deliveries/one?from=shop');
  await call('GET', '/v1/deliveries/one', { key: 'wrong-canary' });
  await call('GET', '/nowhere/972501234567');
  expect(lines.join('')).not.toMatch(/secret-of|wrong-canary|972501234567/);
  const text = await metrics.render();
  expect(text).toMatch(
    /http_request_duration_seconds_count\{[^}]*route="\/v1\/deliveries",[^}]*code="202"[^}]*\} 1/,
  );
  expect(text).toMatch(
    /http_request_duration_seconds_count\{[^}]*route="\/v1\/deliveries\/:id"[^}]*code="401"/,
  );
  expect(text).toMatch(/http_request_duration_seconds_count\{[^}]*route="none"[^}]*code="404"/);
});
