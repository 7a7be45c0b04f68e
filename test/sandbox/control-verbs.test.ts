import { request } from 'undici';
import { createSandboxClient, type SandboxClient } from '../../sandbox/control/client.js';
import { CONTROL_ROUTES } from '../../sandbox/control/routes.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { SandboxVerbs } from '../../sandbox/verbs.js';
import { API_KEY, call, FROM, PROMPT, sendFile, TO } from './calls.js';
import { type Receiver, startReceiver } from './receiver.js';

const HOUR = 3_600_000;
const SECRET = 'a-token-that-is-secret';

let receiver: Receiver;
let sandbox: Sandbox;
let remote: SandboxClient;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({
    seed: 5,
    webhook: { url: receiver.url },
    callbacks: { ...PROMPT, automatic: false },
  });
  remote = createSandboxClient(sandbox.origin);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function sent(to = TO): Promise<string> {
  await remote.windowLeft(to, 60);
  return String((await sendFile(sandbox, { to })).json.unique);
}

describe('the list of controls', () => {
  it.each(['/', '/sandbox', '/sandbox/'])('is at GET %s', async (path) => {
    const answer = await request(`${sandbox.origin}${path}`);
    const text = await answer.body.text();
    expect(answer.statusCode).toBe(200);
    const { seed, provider, controls } = JSON.parse(text);
    expect(seed).toBe(5);
    expect(provider).toContain('POST /whatsapp/v2/sendFile');
    expect(controls).toHaveLength(CONTROL_ROUTES.length);
    expect(controls).toContainEqual({
      method: 'POST',
      path: '/sandbox/clock',
      what: expect.stringContaining('travels'),
      example: { advanceMs: 90_000_000 },
      input: expect.objectContaining({ required: ['advanceMs'] }),
    });
    expect(text).not.toContain(API_KEY);
  });

  const missed = new Proxy({} as SandboxVerbs, { get: () => () => undefined });

  it.each(CONTROL_ROUTES)('$method $path takes its own example', async ({ method, example, run }) => {
    const given =
      method === 'POST'
        ? example
        : Object.fromEntries(Object.entries(example).map(([name, value]) => [name, String(value)]));
    await expect((async () => run(missed, given))()).resolves.not.toThrow();
  });

  it.each(CONTROL_ROUTES)('$method $path refuses a field that it does not know', ({ run, example }) => {
    expect(() => run(missed, { ...example, colour: 'red' })).toThrow(/colour|nvalid/);
  });
});

describe('a reset', () => {
  it('leaves nothing of what was, and gives the same draws again', async () => {
    const account = { from: FROM, apiKey: 'another' };
    await remote.account(account);
    await remote.webhook(null);
    await remote.fault({ kind: 'fail', reason: 6, times: 'always' });
    await remote.client({ number: TO, fromId: 'IL.42' });
    await remote.reply(TO, 'hello');
    await remote.advance(30 * HOUR);
    expect(await remote.reset()).toBe(5);
    expect(await remote.history()).toEqual([]);
    expect([await remote.requests(), await remote.faults(), await remote.windows()]).toEqual([[], [], []]);
    expect(await remote.now()).toBeLessThan(Date.now() + HOUR);
    expect(await remote.accounts()).toMatchObject([{ webhook: { readStatus: 1 } }]);
    expect((await sendFile(sandbox)).json.reason).toBe(8);
  });

  it('never gives an id twice', async () => {
    const before = await sent();
    await remote.reset();
    expect(await sent()).not.toBe(before);
  });

  it('forgets callbacks that are due, and takes another seed', async () => {
    await remote.webhook({ url: 'http://127.0.0.1:1/hook', retry: 1 });
    await remote.receipt(await sent(), 'sent');
    expect(await remote.reset({ seed: 9 })).toBe(9);
    await remote.idle({ timeoutMs: 10_000 });
    expect(receiver.received).toEqual([]);
  });
});

describe('receipts on demand', () => {
  it('are the only ones when automatic is off', async () => {
    const unique = await sent();
    await remote.idle();
    expect(receiver.received).toEqual([]);
    await remote.receipt(unique, 'delivered');
    expect(receiver.received.map(({ payload }) => payload)).toMatchObject([
      { hook: 'update', unique, ack: 2 },
    ]);
    expect(await remote.accepted({ unique })).toMatchObject([{ state: 'delivered' }]);
  });

  it('tell a failure in both forms', async () => {
    const unique = await sent();
    await remote.receipt(unique, 'failed', { code: 8 });
    expect(receiver.ofHook('update')).toMatchObject([{ unique, ack: 0 }]);
    expect(receiver.ofHook('system')).toMatchObject([{ unique, messageUpdate: 8 }]);
  });

  it('are refused where nobody has the message, or wants to hear', async () => {
    await expect(remote.receipt('nothing', 'read')).rejects.toThrow('404');
    const unique = await sent();
    await remote.webhook({ url: receiver.url, readStatus: 0 });
    await expect(remote.receipt(unique, 'read')).rejects.toThrow('readStatus');
  });
});

describe('accounts', () => {
  it('take another key, and join', async () => {
    await remote.account({ from: FROM, apiKey: 'another' });
    expect((await call(sandbox, 'getWebhook', {})).json.reason).toBe(3);
    expect((await call(sandbox, 'getWebhook', { apiKey: 'another' })).json.reason).toBe(1);
    await remote.account({ from: '972770000000', apiKey: 'third' });
    expect((await call(sandbox, 'getWebhook', { from: '972770000000', apiKey: 'third' })).json.status).toBe(
      'OK',
    );
  });

  it('are shown without keys and tokens', async () => {
    await call(sandbox, 'setWebhook', { url: `https://a.example/webhooks/${SECRET}`, readStatus: 1 });
    expect(await remote.accounts()).toEqual([
      {
        from: FROM,
        webhook: { url: 'https://a.example/webhooks/…', system: 0, readStatus: 1, retry: 0 },
      },
    ]);
    const told = JSON.stringify([await remote.accounts(), await remote.requests()]);
    for (const secret of [SECRET, API_KEY]) expect(told).not.toContain(secret);
  });
});

it('tells windows, by client', async () => {
  await remote.reply(TO, 'hello');
  await remote.windowLeft('972502222222', 0);
  expect(await remote.windows({ to: TO })).toMatchObject([{ from: FROM, to: TO, state: 'open' }]);
  expect((await remote.windows()).map(({ state }) => state)).toEqual(['open', 'closed']);
});

it('tells calls by name, recipient and answer', async () => {
  await sent();
  await sendFile(sandbox, { to: '972502222222' });
  expect(await remote.requests({ answer: 'FAIL 8' })).toMatchObject([{ fields: { to: '972502222222' } }]);
  expect(await remote.requests({ endpoint: 'sendFile', to: TO })).toHaveLength(1);
  expect(await remote.requests({ endpoint: 'getHistory' })).toEqual([]);
});

it('lets a client send a picture', async () => {
  await remote.reply(TO, 'look', { type: 'image', media: 'https://files.example/cat.jpg' });
  await remote.idle();
  expect(receiver.ofHook('new')).toMatchObject([
    { type: 'image', body: 'https://files.example/cat.jpg', caption: 'look' },
  ]);
});

it('refuses a body that is no JSON, or too large, with a clear answer', async () => {
  const post = async (body: string) => {
    const answer = await request(`${sandbox.origin}/sandbox/clock`, { method: 'POST', body });
    return [answer.statusCode, await answer.body.json()];
  };
  expect(await post('{"advanceMs":')).toEqual([400, expect.objectContaining({ error: 'not_json' })]);
  expect(await post(`"${'x'.repeat(2 ** 20)}"`)).toEqual([
    413,
    expect.objectContaining({ error: 'too_large' }),
  ]);
});

describe('as the provider', () => {
  it('forgets messages after a year', async () => {
    const unique = await sent();
    const told = async () => JSON.parse((await call(sandbox, 'getHistory', { to: TO, page: 1 })).text);
    expect(await told()).toMatchObject([{ unique }]);
    await remote.advance(366 * 24 * HOUR);
    expect(await told()).toEqual([]);
  });

  it('takes a link that WhatsApp cannot reach, which fails later unless it is stored first', async () => {
    const strict = await startSandbox({
      windowsOpen: true,
      unreachableHosts: ['internal.example'],
      webhook: { url: receiver.url },
      callbacks: PROMPT,
    });
    const body = 'https://internal.example/a.pdf';
    await sendFile(strict, { body });
    await sendFile(strict, { body, localStorage: 1 });
    await strict.idle();
    expect(strict.accepted().map(({ state }) => state)).toEqual(['failed', 'read']);
    await strict.close();
  });

  it('holds a template’s header against its file, and takes its language', async () => {
    const template = { to: TO, name: 'invoice', headerLink: 'https://files.example/a.pdf', language: 2 };
    expect((await call(sandbox, 'sendTemplate', { ...template, headerType: 3 })).json.reason).toBe(9);
    expect((await call(sandbox, 'sendTemplate', { ...template, headerType: 5 })).json.status).toBe('OK');
    expect(sandbox.accepted()).toMatchObject([{ template: { name: 'invoice', language: 2 } }]);
  });
});
