import { runCli } from '../cli/cli-in-process.js';
import { startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { requestTo, SHOP, type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;
let api: TestApi;

beforeEach(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  api = await startApi(redis.url);
});
afterEach(async () => {
  await api.close();
  await stack.close();
});

const call = async (method: string, path: string, body?: unknown) =>
  (await api.call(method, path, body === undefined ? {} : { body })).json;

it('shows what a paused account has queued as held for the account, on every face, until it is resumed', async () => {
  await call('POST', '/v1/accounts/shop/pause', { reason: 'price list' });
  const { id } = await stack.waybill.enqueue(requestTo('972501234567', { id: 'inv-1' }));
  const held = { id, status: 'held', reason: 'account' };

  await expect(stack.waybill.get(id)).resolves.toMatchObject(held);
  await expect(call('GET', `/v1/deliveries/${id}`)).resolves.toMatchObject(held);
  await expect(call('GET', '/v1/deliveries?status=held&reason=account')).resolves.toMatchObject({
    deliveries: [held],
  });
  await expect(call('GET', '/v1/deliveries?status=queued')).resolves.toMatchObject({ deliveries: [] });
  await expect(call('GET', '/v1/accounts')).resolves.toMatchObject({ accounts: [{ held: 1 }] });
  const env = { REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) };
  const listed = await runCli(['list', '--status', 'held', '--json'], env);
  expect(JSON.parse(listed.stdout)).toMatchObject(held);
  expect((await runCli(['status', id], env)).stdout).toContain('the account is paused');

  await call('POST', '/v1/accounts/shop/resume');
  await stack.waybill.wait(id, 'delivered', { timeoutMs: 20_000 });
});

it('tells in the event who paused an account, and why', async () => {
  await call('POST', '/v1/accounts/shop/pause', { reason: 'price list' });
  const events = stack.waybill.events({ after: '0' });
  for await (const event of events) {
    expect(event).toMatchObject({
      type: 'account.paused',
      data: { reason: 'price list', by: 'operator', who: 'boss' },
    });
    break;
  }
});
