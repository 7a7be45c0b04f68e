import { linesOf } from '../../src/redis/timeline.js';
import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const TO = '972501234567';
const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

async function sendWithFault(fault: object, more: object = {}) {
  stack.sandbox.reply(TO, 'hi');
  await stack.sandbox.idle();
  stack.sandbox.fault(fault as never);
  const { id } = await stack.waybill.enqueue(requestTo(TO, { caption: 'Invoice 7', ...more }));
  return id;
}

it('finds in the history that a message without an answer was taken', async () => {
  stack = await startStack(redis.url, { sandbox: { callbacks: { lossProbability: 1 } } });
  const id = await sendWithFault({ kind: 'reset_after_accepting' });
  await stack.waybill.wait(id, 'unknown', { timeoutMs: 10_000 });
  const view = await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
  const [message] = stack.sandbox.accepted();
  expect(view.unique).toBe(message?.unique);
  expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 7' })).toBe(1);
});

it('asks at once when a receipt for an unowned message comes', async () => {
  stack = await startStack(redis.url, {
    sandbox: { callbacks: { sentMs: { min: 300, max: 400 } } },
  });
  const id = await sendWithFault({ kind: 'reset_after_accepting' });
  const view = await stack.waybill.wait(id, 'delivered', { timeoutMs: 20_000 });
  expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'accepted']);
});

it('stays unknown when the history does not show it, and settles nothing by an agent’s own message', async () => {
  stack = await startStack(redis.url);
  const id = await sendWithFault({ kind: 'reset_after_reading' });
  await stack.waybill.wait(id, 'unknown', { timeoutMs: 10_000 });
  stack.sandbox.agentSend(TO, 'I will send you the invoice');
  await eventually(
    async () => {
      const record = await redis.client.hgetall(`waybill:{972771234567}:d:${id}`);
      return linesOf(record).some((line) => /^asked\t\d+\tabsent$/.test(line));
    },
    { timeoutMs: 15_000 },
  );
  expect((await stack.waybill.get(id)).status).toBe('unknown');
  expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 7' })).toBe(0);
});
