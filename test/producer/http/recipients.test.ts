import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { requestTo, type Stack, startStack } from '../../support/stack.js';

const TO = '972501234567';

const redis = withRedis();
let api: TestApi;
let stack: Stack;

beforeEach(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  api = await startApi(redis.url);
});
afterEach(async () => {
  await api.close();
  await stack.close();
});

const erase = (path: string, call: Parameters<TestApi['call']>[2] = {}) =>
  api.call('DELETE', `/v1/recipients/${path}`, call);

it('erases what is kept of a recipient, and counts it by kind', async () => {
  await stack.waybill.enqueue(requestTo(TO, { id: 'inv-1' }));
  await stack.waybill.wait('inv-1', 'accepted', { timeoutMs: 10_000 });
  const erased = await erase(`shop/${encodeURIComponent('+972 50-123-4567')}`);
  expect(erased).toMatchObject({
    status: 200,
    json: { deliveries: 1, jobs: 1, deadEvents: 0, aliases: 0, sessions: 1, messages: 0, callbacks: 0 },
  });
  await expect(api.call('GET', '/v1/deliveries/inv-1')).resolves.toMatchObject({ status: 404 });
  await expect(erase(`shop/${TO}`)).resolves.toMatchObject({ status: 200, json: { deliveries: 0 } });
});

it('refuses while something may be on its way, and says until when', async () => {
  stack.sandbox.fault({ kind: 'reset_after_reading' });
  await stack.waybill.enqueue(requestTo(TO, { id: 'lost' }));
  await stack.waybill.wait('lost', 'unknown', { timeoutMs: 10_000 });
  const { status, json } = await erase(`shop/${TO}`);
  expect({ status, json }).toMatchObject({
    status: 409,
    json: { code: 'illegal_state', detail: expect.stringMatching(/may still be on its way until \d{4}-/) },
  });
});

it('refuses what is no recipient, and an account that is none', async () => {
  await expect(erase('shop/0501234567')).resolves.toMatchObject({
    status: 422,
    json: { errors: [{ pointer: '/path/to' }] },
  });
  await expect(erase(`nobody/${TO}`)).resolves.toMatchObject({
    status: 404,
    json: { code: 'account_not_found' },
  });
});
