import type { SandboxOptionsInput } from '../../sandbox/options.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { eventually } from '../support/wait.js';
import { call, FROM, PROMPT, sendFile, TO } from './calls.js';
import { type Receiver, startReceiver } from './receiver.js';

type Callbacks = SandboxOptionsInput['callbacks'];
let receiver: Receiver;
let sandbox: Sandbox;

async function start(callbacks: Callbacks = {}, more: SandboxOptionsInput = {}): Promise<void> {
  sandbox = await startSandbox({
    seed: 7,
    windowsOpen: true,
    webhook: { url: receiver.url },
    callbacks: { ...PROMPT, ...callbacks },
    ...more,
  });
}

function acks(): unknown[] {
  return receiver.ofHook('update').map(({ ack }) => ack);
}

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

it('reports sent, delivered and read with from and to reversed', async () => {
  await start();
  const { json } = await sendFile(sandbox);
  await sandbox.idle();
  expect(receiver.received.map(({ payload }) => payload)).toEqual(
    [1, 2, 3].map((ack) => ({ status: 'OK', hook: 'update', unique: json.unique, from: TO, to: FROM, ack })),
  );
  expect(sandbox.accepted()).toMatchObject([{ state: 'read' }]);
});

it('posts a client message as the provider documents it', async () => {
  await start();
  sandbox.client({ number: TO, fromId: 'IL.1605856887361213' });
  const unique = sandbox.reply(TO, 'hello', { quote: 'Q1' });
  await sandbox.idle();
  expect(receiver.received[0]?.payload).toMatchObject({
    status: 'OK',
    hook: 'new',
    unique,
    from: TO,
    from_id: 'IL.1605856887361213',
    phone: TO,
    to: FROM,
    type: 'text',
    body: 'hello',
    quote: true,
    quoteUnique: 'Q1',
    timestamp: expect.stringMatching(/^\d{10}$/),
    conversationTimeLeft: '1440',
  });
});

it('names a client that hides its number by from_id alone', async () => {
  await start();
  sandbox.client({ number: TO, fromId: 'IL.42', hidden: true });
  sandbox.reply(TO, 'hello');
  await sandbox.idle();
  expect(receiver.received[0]?.payload).toMatchObject({ from: 'IL.42', from_id: 'IL.42', phone: null });
});

it.each([
  ['update', ['update']],
  ['system', ['system']],
  ['both', ['system', 'update']],
] as const)('tells a failure in the form "%s"', async (failureForm, hooks) => {
  await start({ failProbability: 1, failureForm, failureCode: 5 });
  const { json } = await sendFile(sandbox);
  await sandbox.idle();
  const failures = receiver.received
    .map(({ payload }) => payload)
    .filter((payload) => payload.ack === 0 || payload.hook === 'system');
  expect(failures.map(({ hook }) => hook).sort()).toEqual(hooks);
  for (const failure of failures.filter(({ hook }) => hook === 'system')) {
    expect(failure).toEqual({
      status: 'OK',
      hook: 'system',
      type: 'messages',
      to: FROM,
      timestamp: expect.any(Number),
      unique: json.unique,
      messageUpdate: 5,
      messageTo: TO,
    });
  }
});

it('fails one message on demand', async () => {
  await start({ failureForm: 'update' });
  sandbox.fault({ kind: 'undeliverable', to: TO });
  expect((await sendFile(sandbox)).json.status).toBe('OK');
  await sandbox.idle();
  expect(acks()).toEqual([1, 0]);
  expect(sandbox.accepted()).toMatchObject([{ state: 'failed' }]);
});

it('loses callbacks, although what they tell has happened', async () => {
  await start({ lossProbability: 1 });
  await sendFile(sandbox);
  await sandbox.idle();
  expect(receiver.received).toEqual([]);
  expect(sandbox.counts().callbacksLost).toBe(3);
  expect(sandbox.accepted()).toMatchObject([{ state: 'read' }]);
});

it('posts callbacks twice', async () => {
  await start({ duplicateProbability: 1 });
  await sendFile(sandbox);
  await sandbox.idle();
  expect(acks()).toEqual([1, 1, 2, 2, 3, 3]);
});

it('reorders a message’s receipts', async () => {
  await start({ reorderProbability: 1 });
  await sendFile(sandbox);
  await sandbox.idle();
  expect(acks()).toEqual([2, 3, 1]);
});

it('reports read without delivered', async () => {
  await start({ skipDeliveredProbability: 1 });
  await sendFile(sandbox);
  await sandbox.idle();
  expect(acks()).toEqual([1, 3]);
});

it('posts a callback before the send call is answered', async () => {
  await start({ earlyProbability: 1, deliveredMs: { min: 60_000, max: 60_000 } });
  const { json } = await sendFile(sandbox);
  expect(receiver.ofHook('update')).toMatchObject([{ unique: json.unique, ack: 1 }]);
});

it('waits for the delays that are set, which time travel passes', async () => {
  await start({ deliveredMs: { min: 3_600_000, max: 3_600_000 }, readProbability: 0 });
  await sendFile(sandbox);
  await eventually(() => acks().length === 1);
  await expect(sandbox.idle({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'not_idle' });
  sandbox.advance(3_600_001);
  await sandbox.idle();
  expect(acks()).toEqual([1, 2]);
});

it('sends credentials of the address as basic auth', async () => {
  await start({}, { webhook: { url: receiver.url.replace('://', '://hook:s%40cret@') } });
  sandbox.reply(TO, 'hello');
  await sandbox.idle();
  const expected = `Basic ${Buffer.from('hook:s@cret').toString('base64')}`;
  expect(receiver.received[0]?.headers.authorization).toBe(expected);
});

it('posts any payload on demand', async () => {
  await start();
  await sandbox.callback({ hook: 'system', type: 'issues' });
  expect(receiver.received.map(({ payload }) => payload)).toEqual([{ hook: 'system', type: 'issues' }]);
});

it('answers for the client when told to', async () => {
  await start({}, { autoReply: { text: 'Thanks!', afterMs: { min: 0, max: 0 } } });
  await sendFile(sandbox);
  await sandbox.idle();
  expect(receiver.ofHook('new')).toMatchObject([{ from: TO, body: 'Thanks!' }]);
});

describe('the flags of setWebhook', () => {
  it('hold back receipts and failures, but not client messages', async () => {
    await start({ failProbability: 1 }, { webhook: undefined });
    await call(sandbox, 'setWebhook', { url: receiver.url });
    await sendFile(sandbox);
    sandbox.reply(TO, 'hello');
    await sandbox.idle();
    expect(receiver.received.map(({ payload }) => payload.hook)).toEqual(['new']);
  });
});

describe('retry', () => {
  const fails = (times: number) => startReceiver((arrival) => (arrival <= times ? 503 : 200));
  const replaceReceiver = async (times: number): Promise<void> => {
    await receiver.close();
    receiver = await fails(times);
  };

  it('repeats a callback that was not answered 200 until it is', async () => {
    await replaceReceiver(3);
    await start({ retryTimeFactor: 0 }, { webhook: { url: receiver.url, retry: 1 } });
    sandbox.reply(TO, 'hello');
    await sandbox.idle();
    expect(sandbox.callbacks().map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 503],
      [2, 503],
      [3, 503],
      [4, 200],
    ]);
  });

  it('gives up after the sixth repetition', async () => {
    await replaceReceiver(100);
    await start({ retryTimeFactor: 0 }, { webhook: { url: receiver.url, retry: 1 } });
    sandbox.reply(TO, 'hello');
    await sandbox.idle();
    expect(receiver.received).toHaveLength(7);
  });

  it('comes after five minutes, which time travel passes', async () => {
    await replaceReceiver(2);
    await start({}, { webhook: { url: receiver.url, retry: 1 } });
    sandbox.reply(TO, 'hello');
    await eventually(() => sandbox.callbacks().length === 2);
    sandbox.advance(5 * 60_000);
    await sandbox.idle();
    expect(sandbox.callbacks().at(-1)).toMatchObject({ attempt: 3, status: 200 });
  });

  it('is off by default: the callback is lost', async () => {
    await replaceReceiver(1);
    await start();
    sandbox.reply(TO, 'hello');
    await sandbox.idle();
    expect(receiver.received).toHaveLength(1);
  });
});

it('survives a receiver that nobody listens at', async () => {
  await start({}, { webhook: { url: 'http://127.0.0.1:1/hook' } });
  sandbox.reply(TO, 'hello');
  await sandbox.idle();
  expect(sandbox.callbacks()).toMatchObject([{ status: null }]);
});
