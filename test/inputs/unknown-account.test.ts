import { runCli } from '../cli/cli-in-process.js';
import { startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP } from '../support/stack.js';

// A mistyped account is told as such, with those that there are: "no delivery has this id" would send people searching.
const redis = withRedis();
const CLINIC = { ...SHOP, from: '972771234568', name: 'clinic' };
const KEYS = [
  { name: 'boss', secret: 'secret-of-the-boss' },
  { name: 'shop', secret: 'secret-of-the-shop', accounts: ['shop'] },
];
const ACCOUNTS = { WAYBILL_ACCOUNTS: JSON.stringify([SHOP, CLINIC]) };
let api: TestApi;

beforeEach(async () => {
  api = await startApi(redis.url, { keys: KEYS, env: ACCOUNTS });
  await api.call('POST', '/v1/deliveries', { body: requestTo('972501234567', { id: 'inv-1' }) });
});
afterEach(() => api.close());

type Call = { readonly method: string; readonly path: string; readonly body?: object };

const CALLS: readonly Call[] = [
  { method: 'GET', path: '/v1/deliveries/inv-1' },
  { method: 'GET', path: '/v1/deliveries/inv-1?wait=1' },
  { method: 'PATCH', path: '/v1/deliveries/inv-1', body: { caption: 'new' } },
  { method: 'POST', path: '/v1/deliveries/inv-1/cancel' },
  { method: 'POST', path: '/v1/deliveries/inv-1/resend' },
  { method: 'POST', path: '/v1/deliveries/inv-1/resolve', body: { outcome: 'sent' } },
];
const withFrom = (path: string, from: string) => `${path}${path.includes('?') ? '&' : '?'}from=${from}`;

it.each(CALLS)('over HTTP by $method $path', async ({ method, path, body }) => {
  const call = (from: string, key = 'secret-of-the-boss') =>
    api.call(method, withFrom(path, from), { key, ...(body === undefined ? {} : { body }) });
  const unknown = (names: string) => ({
    status: 422,
    json: {
      code: 'unknown_account',
      errors: [{ pointer: '/query/from', detail: expect.stringMatching(`; there is ${names}$`) }],
    },
  });
  await expect(call('shpo')).resolves.toMatchObject(unknown('clinic, shop'));
  await expect(call('97277123456')).resolves.toMatchObject(unknown('clinic, shop'));
  // Of an account that is not the key's, nothing is told.
  await expect(call('clinic', 'secret-of-the-shop')).resolves.toMatchObject(unknown('shop'));
  await expect(call('clinic')).resolves.toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect((await call(FROM)).status).not.toBe(422);
});

it.each([
  ['status', 'inv-1'],
  ['explain', 'inv-1'],
  ['cancel', 'inv-1'],
  ['resend', 'inv-1'],
  ['resolve', 'inv-1', '--sent'],
])('at the command line by %s', async (...args) => {
  const { code, stderr } = await runCli([...args, '--from', 'shpo'], { REDIS_URL: redis.url, ...ACCOUNTS });
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: 'waybill: No account has this number or name: there is clinic, shop\n',
  });
});
