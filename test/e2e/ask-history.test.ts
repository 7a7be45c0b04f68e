import { HOUR } from '../../src/domain/time.js';
import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, type Stack, type StackOptions, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

// What the setting `askHistory` does where no callback has ever told of a conversation's window.
const redis = withRedis();
const CLIENT = '972501234567';
let stack: Stack;

async function start(
  account: StackOptions['account'] = { askHistory: true },
  sandbox: StackOptions['sandbox'] = {},
): Promise<void> {
  stack = await startStack(redis.url, { account: { ...account }, sandbox: { ...sandbox } });
}
afterEach(() => stack.close());

const enqueue = (id: string, more = {}) => stack.waybill.enqueue(requestTo(CLIENT, { id, ...more }));
const calls = (endpoint: string) =>
  stack.sandbox.requests().filter((request) => JSON.stringify(request).includes(endpoint)).length;

function seen(id: string, status: string, reason: string) {
  return eventually(async () => {
    const view = await stack.waybill.get(id);
    expect(view).toMatchObject({ status, reason });
    return view;
  });
}

/** The client wrote, and its callback never came. */
async function writeUnheard(): Promise<void> {
  stack.sandbox.reply(CLIENT, 'hello');
  await stack.sandbox.idle();
  await redis.client.del(accountKeys('waybill', FROM).conv(CLIENT));
}

const window = () => redis.client.hget(accountKeys('waybill', FROM).conv(CLIENT), 'closesAt');

it('opens the window from the client’s newest message, asks once, and sends', async () => {
  await start();
  await writeUnheard();
  await enqueue('one');
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await enqueue('two');
  await stack.waybill.wait('two', 'accepted', { timeoutMs: 10_000 });
  expect(calls('getHistory')).toBe(1);
  expect(Number(await window())).toBeGreaterThan(Date.now() + 23 * HOUR);
});

it('holds by onClosedWindow when the history shows no message of the last day, and lets go when one comes', async () => {
  await start();
  await enqueue('one');
  await seen('one', 'held', 'window');
  expect(calls('sendFile')).toBe(0);
  stack.sandbox.reply(CLIENT, 'hello');
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  expect(calls('getHistory')).toBe(1);
});

it('sends as without the setting when the history cannot be read', async () => {
  await start(
    { askHistory: true },
    { faults: [{ kind: 'http', status: 500, on: ['getHistory'], times: 'always' }] },
  );
  await writeUnheard();
  await enqueue('one');
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  expect(calls('getHistory')).toBe(1);
  expect(calls('sendFile')).toBe(1);
});

it('asks nothing when the window is known, and nothing at all without the setting', async () => {
  await start();
  stack.sandbox.reply(CLIENT, 'hello');
  await eventually(window);
  await enqueue('one');
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  expect(calls('getHistory')).toBe(0);
  await stack.close();
  await redis.client.flushall();
  await start({});
  await enqueue('one');
  await seen('one', 'held', 'window');
  expect([calls('getHistory'), calls('sendFile')]).toEqual([0, 1]);
});
