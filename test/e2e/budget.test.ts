import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

const clients = Array.from({ length: 10 }, (_, index) => `97250123450${index}`);
const budget = { perDay: 4, perMonth: null, timeZone: 'UTC' };

async function statuses(ids: readonly string[]) {
  const views = await Promise.all(ids.map((id) => stack.waybill.get(id)));
  return views.map(({ status, reason }) => (status === 'held' ? `held ${reason}` : 'gone'));
}

async function enqueueOne(to: string, caption: string) {
  return (await stack.waybill.enqueue(requestTo(to, { caption }))).id;
}

it('opens as many sessions as the budget has, and holds what would open more', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true }, account: { budget } });
  const ids = await Promise.all(clients.map((to) => enqueueOne(to, `to ${to}`)));
  await eventually(async () => {
    const found = await statuses(ids);
    return (
      found.filter((status) => status === 'held budget').length === 6 && stack.sandbox.bill().length === 4
    );
  });
  const opened = stack.sandbox.bill().map(({ to }) => to);
  const more = await Promise.all(opened.map((to) => enqueueOne(to, `more to ${to}`)));
  for (const id of more) await stack.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
  expect(stack.sandbox.bill()).toHaveLength(4);
});

it('gives back what a rejected delivery had reserved, and wakes one that waits for it', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true }, account: { budget } });
  stack.sandbox.fault({ kind: 'fail', reason: 4, times: 3 });
  const ids = await Promise.all(clients.map((to) => enqueueOne(to, `to ${to}`)));
  await eventually(async () => {
    const found = await statuses(ids);
    return (
      found.filter((status) => status === 'held budget').length === 3 && stack.sandbox.bill().length === 4
    );
  });
  const failed = (await Promise.all(ids.map((id) => stack.waybill.get(id)))).filter(
    ({ status }) => status === 'failed',
  );
  expect(failed).toHaveLength(3);
});

it('keeps what an unknown outcome has reserved', async () => {
  stack = await startStack(redis.url, {
    sandbox: { windowsOpen: true, callbacks: { lossProbability: 1 } },
    account: { budget: { ...budget, perDay: 1 } },
  });
  stack.sandbox.fault({ kind: 'reset_after_reading' });
  const [first = '', second = ''] = clients;
  const unknown = await enqueueOne(first, 'one');
  await stack.waybill.wait(unknown, 'unknown', { timeoutMs: 10_000 });
  const waiting = await enqueueOne(second, 'two');
  await stack.waybill.wait(waiting, 'held', { timeoutMs: 10_000 });
  expect((await stack.waybill.get(waiting)).reason).toBe('budget');
});

it('has no budget where replies are not billed', async () => {
  stack = await startStack(redis.url, {
    sandbox: { windowsOpen: true },
    account: { budget, billing: 'none' },
  });
  const ids = await Promise.all(clients.map((to) => enqueueOne(to, `to ${to}`)));
  for (const id of ids) await stack.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
});
