import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { call, FROM, LINK, PROMPT, sendFile, TO } from './calls.js';
import { startReceiver } from './receiver.js';

const NOON = Date.UTC(2026, 0, 5, 12);
const HOUR = 3_600_000;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 1 }, { now: () => NOON });
});
afterEach(() => sandbox.close());

describe('clients', () => {
  it('are one conversation under both of their names', async () => {
    sandbox.client({ number: TO, fromId: 'IL.42' });
    sandbox.reply('IL.42', 'hello');
    await sendFile(sandbox);
    await sendFile(sandbox, { to: 'IL.42' });
    expect(sandbox.bill()).toEqual([{ from: FROM, to: TO, openedAt: NOON, messages: 2 }]);
    expect(sandbox.accepted({ to: 'IL.42' }).map(({ to }) => to)).toEqual(['IL.42']);
    expect(sandbox.accepted({ to: TO }).map(({ to }) => to)).toEqual([TO, 'IL.42']);
  });

  it('may have a from_id alone', async () => {
    sandbox.reply('IL.42', 'hello');
    expect((await sendFile(sandbox, { to: 'IL.42' })).json).toMatchObject({ status: 'OK', to: 'IL.42' });
  });

  it.each([
    ['no name', {}],
    ['a number in another form', { number: '+972' }],
    ['a hidden number and no from_id', { number: TO, hidden: true }],
  ])('are refused with %s', (_, input) => {
    expect(() => sandbox.client(input)).toThrow(expect.objectContaining({ code: 'unknown_client' }));
  });

  it('are refused by verbs when their name is neither number nor from_id', () => {
    expect(() => sandbox.reply('Dana', 'hello')).toThrow(expect.objectContaining({ code: 'unknown_client' }));
  });
});

describe('windows', () => {
  it('open with a reply and close a day later', async () => {
    sandbox.reply(TO, 'hello');
    sandbox.advance(24 * HOUR - 1);
    expect((await sendFile(sandbox)).json.status).toBe('OK');
    sandbox.advance(1);
    expect((await sendFile(sandbox)).json.reason).toBe(7);
  });

  it('can be set to minutes', async () => {
    sandbox.windowLeft(TO, 400);
    expect((await sendFile(sandbox)).json.templateTimeLeft).toBe('400');
  });

  it('are open for everyone when told so, but for whom it was said otherwise', async () => {
    const open = await startSandbox({ windowsOpen: true });
    open.windowLeft(TO, 0);
    open.windowLeft('972502222222', null);
    expect((await sendFile(open)).json.reason).toBe(7);
    expect((await sendFile(open, { to: '972502222222' })).json.reason).toBe(8);
    expect((await sendFile(open, { to: '972503333333' })).json.templateTimeLeft).toBe('1440');
    await open.close();
  });
});

describe('the bill', () => {
  it('opens a session a day, and counts every message of ours in it', async () => {
    sandbox.reply(TO, 'hello');
    await sendFile(sandbox);
    sandbox.advance(23 * HOUR);
    sandbox.reply(TO, 'again');
    await sendFile(sandbox);
    sandbox.agentSend(TO, 'a person here');
    sandbox.advance(HOUR);
    await sendFile(sandbox);
    expect(sandbox.bill()).toEqual([
      { from: FROM, to: TO, openedAt: NOON, messages: 3 },
      { from: FROM, to: TO, openedAt: NOON + 24 * HOUR, messages: 1 },
    ]);
  });

  it('keeps accounts apart', async () => {
    const [one, other] = ['972771111111', '972772222222'];
    const two = await startSandbox({
      windowsOpen: true,
      accounts: [one, other].map((from) => ({ from, apiKey: 'sandbox-key' })),
    });
    await sendFile(two, { from: one });
    await sendFile(two, { from: other });
    expect(two.bill().map(({ from }) => from)).toEqual([one, other]);
    expect(() => two.reply(TO, 'hello', { from: FROM })).toThrow(
      expect.objectContaining({ code: 'unknown_account' }),
    );
    await two.close();
  });
});

it('tells how many times a delivery was taken', async () => {
  sandbox.reply(TO, 'hello');
  await sendFile(sandbox, { caption: 'one' });
  await sendFile(sandbox, { caption: 'one' });
  await sendFile(sandbox, { caption: 'two' });
  expect(sandbox.acceptedTimes({ caption: 'one' })).toBe(2);
  expect(sandbox.acceptedTimes({ body: LINK })).toBe(3);
  expect(sandbox.acceptedTimes({ body: LINK, caption: 'three' })).toBe(0);
});

it('lets a person answer from the same number: receipts, history, no send call', async () => {
  const receiver = await startReceiver();
  const live = await startSandbox({ webhook: { url: receiver.url }, callbacks: PROMPT });
  const unique = live.agentSend(TO, 'a person here');
  await live.idle();
  expect(receiver.ofHook('update').map((payload) => [payload.unique, payload.ack])).toEqual([
    [unique, 1],
    [unique, 2],
    [unique, 3],
  ]);
  expect(live.history({ to: TO })).toMatchObject([{ unique, origin: 'agent', kind: 'text' }]);
  expect([live.accepted(), live.bill().length]).toEqual([[], 1]);
  await live.close();
  await receiver.close();
});

describe('a seed', () => {
  const UNSTEADY = {
    ...PROMPT,
    readProbability: 0.5,
    failProbability: 0.2,
    lossProbability: 0.2,
    duplicateProbability: 0.3,
    reorderProbability: 0.3,
  };

  /** What one run comes to: the answers, and all callbacks, whichever conversation came first. */
  async function run(seed: number): Promise<unknown> {
    const receiver = await startReceiver();
    const one = await startSandbox(
      {
        seed,
        windowsOpen: true,
        webhook: { url: receiver.url },
        callbacks: UNSTEADY,
        faults: [{ kind: 'fail', reason: 6, times: 'always', probability: 0.3 }],
      },
      { now: () => NOON },
    );
    const answers = [];
    for (let index = 0; index < 20; index += 1) {
      answers.push((await sendFile(one, { to: `97250${1_000_000 + index}` })).json);
    }
    one.advance(1000);
    await one.idle();
    await one.close();
    await receiver.close();
    const told = receiver.received.map(({ payload }) => JSON.stringify(payload)).sort();
    return { answers, told };
  }

  it('gives the same run again', async () => {
    expect(await run(11)).toEqual(await run(11));
  });

  it('gives another run when it is another', async () => {
    expect(await run(11)).not.toEqual(await run(12));
  });

  it('is told, and differs from start to start, when none was given', async () => {
    const others = await Promise.all([startSandbox(), startSandbox()]);
    expect(others[0].seed).not.toBe(others[1].seed);
    await Promise.all(others.map((other) => other.close()));
  });
});

it('keeps counters, and only the last messages, when it keeps no requests', async () => {
  const light = await startSandbox({
    windowsOpen: true,
    keepRequests: false,
    keptMessages: 3,
    keptConversations: 2,
  });
  for (let index = 0; index < 10; index += 1) await sendFile(light, { to: `97250${1_000_000 + index}` });
  expect(light.counts()).toMatchObject({ requests: 10, accepted: 10 });
  expect([light.requests().length, light.accepted().length, light.bill().length]).toEqual([0, 3, 2]);
  await light.close();
});

it('closes once, and forgets what was due', async () => {
  await call(sandbox, 'setWebhook', { url: 'http://127.0.0.1:1/hook', readStatus: 1 });
  sandbox.agentSend(TO, 'a person here');
  await Promise.all([sandbox.close(), sandbox.close()]);
  await sandbox.idle();
  await expect(sendFile(sandbox)).rejects.toThrow();
});
