import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

it('sends a file and follows it to read', async () => {
  stack = await startStack(redis.url, { sandbox: { callbacks: { readProbability: 1 } } });
  stack.sandbox.reply('972501234567', 'hi');
  await stack.sandbox.idle();
  const { id } = await stack.waybill.enqueue(requestTo('972501234567', { caption: 'Invoice 1' }));
  const view = await stack.waybill.wait(id, 'read', { timeoutMs: 20_000 });
  expect(view.receipts).toEqual({
    sent: expect.any(String),
    delivered: expect.any(String),
    read: expect.any(String),
  });
  expect(stack.sandbox.accepted()).toHaveLength(1);
});

it('holds a delivery until its client writes', async () => {
  stack = await startStack(redis.url);
  stack.sandbox.windowLeft('972501234567', 0);
  const { id } = await stack.waybill.enqueue(requestTo('972501234567'));
  await stack.waybill.wait(id, 'held', { timeoutMs: 10_000 });
  stack.sandbox.reply('972501234567', 'hi');
  await stack.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
});
