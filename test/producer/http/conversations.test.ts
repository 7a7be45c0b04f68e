import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, requestTo, type Stack, startStack } from '../../support/stack.js';

const TO = '972501234567';

const redis = withRedis();
let api: TestApi;
let stack: Stack;

beforeEach(async () => {
  stack = await startStack(redis.url, { account: { budget: { perDay: 3 } } });
  api = await startApi(redis.url);
});
afterEach(async () => {
  await api.close();
  await stack.close();
});

const explained = (path: string) => api.call('GET', `/v1/conversations/${path}`);

it('tells whether a file may go, what it would cost, and who is ahead', async () => {
  await stack.waybill.enqueue(requestTo(TO, { id: 'inv-1' }));
  await stack.waybill.wait('inv-1', 'held', { timeoutMs: 10_000 });
  const { status, json } = await explained(`shop/${TO}`);
  expect({ status, json }).toMatchObject({
    status: 200,
    json: {
      from: FROM,
      to: TO,
      window: { state: 'closed' },
      session: { state: 'none', openedAt: null },
      cost: { sessions: 1, held: false, day: { limit: 3, used: 0, left: 3 }, month: { limit: null } },
      lane: { deliveries: [{ id: 'inv-1', status: 'held', reason: 'window' }], count: 1, flight: null },
      account: { name: 'shop', workers: 1, gate: { state: 'open' } },
    },
  });
  expect(json).toMatchObject({
    words: expect.arrayContaining([
      expect.stringMatching(/^The customer window has been closed since \d{4}-\d\d-\d\dT[\d:.]+Z \(/),
      expect.stringContaining('Of the budget 3 sessions of 3 are left today.'),
      'In the lane: inv-1 (held: the customer window is closed until the recipient writes).',
    ]),
  });
});

it('takes a recipient as people write it, and refuses what is none', async () => {
  const written = await explained(`${FROM}/${encodeURIComponent('+972-50-123 4567')}`);
  expect(written).toMatchObject({ status: 200, json: { to: TO, lane: { count: 0 } } });
  const local = await explained('shop/0501234567');
  expect(local).toMatchObject({ status: 422, json: { errors: [{ pointer: '/path/to' }] } });
});

it('knows only the accounts of the key', async () => {
  const other = await explained(`nobody/${TO}`);
  expect(other).toMatchObject({ status: 404, json: { code: 'account_not_found' } });
});
