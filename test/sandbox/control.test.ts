import { request } from 'undici';
import { createSandboxClient, type SandboxClient } from '../../sandbox/control/client.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { FROM, LINK, PROMPT, sendFile, TO } from './calls.js';
import { type Receiver, startReceiver } from './receiver.js';

let receiver: Receiver;
let sandbox: Sandbox;
let remote: SandboxClient;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({ webhook: { url: receiver.url }, callbacks: PROMPT });
  remote = createSandboxClient(sandbox.url);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function control(method: 'GET' | 'POST' | 'PUT', path: string, body?: string) {
  const answer = await request(`${sandbox.origin}/sandbox/${path}`, {
    method,
    ...(body !== undefined && { body }),
  });
  return { status: answer.statusCode, json: await answer.body.json() };
}

it('lets a client reply and reads what a send came to', async () => {
  const unique = await remote.reply(TO, 'hello', { from: FROM });
  const { json } = await sendFile(sandbox, { caption: 'Invoice 7' });
  await remote.idle({ timeoutMs: 10_000 });
  expect(receiver.ofHook('new')).toMatchObject([{ unique, body: 'hello' }]);
  expect(await remote.accepted({ caption: 'Invoice 7' })).toMatchObject([
    { unique: json.unique, state: 'read' },
  ]);
  expect(await remote.acceptedTimes({ body: LINK, to: TO })).toBe(1);
});

it('reads the same as the process does', async () => {
  sandbox.reply(TO, 'hello');
  await sendFile(sandbox);
  await sandbox.idle();
  expect(await remote.bill()).toEqual(sandbox.bill());
  expect(await remote.requests()).toEqual(sandbox.requests());
  expect(await remote.history({ to: TO })).toEqual(sandbox.history({ to: TO }));
  expect(await remote.callbacks()).toEqual(sandbox.callbacks());
  expect(await remote.counts()).toEqual(sandbox.counts());
});

it('knows clients, agents, windows and any callback', async () => {
  expect(await remote.client({ number: TO, fromId: 'IL.42', hidden: true })).toEqual({
    id: TO,
    number: TO,
    fromId: 'IL.42',
    hidden: true,
  });
  await remote.windowLeft('IL.42', 400);
  expect((await sendFile(sandbox)).json).toMatchObject({ status: 'OK' });
  const unique = await remote.agentSend(TO, 'a person here');
  expect(sandbox.history({ to: TO })[0]).toMatchObject({ unique, origin: 'agent' });
  await remote.callback({ hook: 'system', type: 'update' });
  expect(receiver.ofHook('system')).toEqual([{ hook: 'system', type: 'update' }]);
});

it('travels in time', async () => {
  const before = await remote.now();
  expect(await remote.advance(3_600_000)).toBeGreaterThanOrEqual(before + 3_600_000);
});

it('orders, lists and clears faults', async () => {
  await remote.fault({ kind: 'fail', reason: 6, times: 3 });
  expect(await remote.faults()).toMatchObject([{ kind: 'fail', reason: 6, times: 3 }]);
  await remote.clearFaults();
  expect(await remote.faults()).toEqual([]);
});

describe('refuses with a clear answer', () => {
  const cases = [
    { what: 'a missing field', path: 'reply', body: { to: TO }, says: ['invalid', 'text'] },
    {
      what: 'an unlisted field',
      path: 'clock',
      body: { advanceMs: 1, back: true },
      says: ['invalid', 'back'],
    },
    { what: 'time travel backwards', path: 'clock', body: { advanceMs: -1 }, says: ['invalid', 'advanceMs'] },
    { what: 'no object', path: 'clock', body: 'soon', says: ['invalid', 'must be an object'] },
    { what: 'an unlisted fault', path: 'faults', body: { kind: 'smoke' }, says: ['invalid', 'kind'] },
    {
      what: 'no client',
      path: 'reply',
      body: { to: 'Dana', text: 'hi' },
      says: ['unknown_client', 'number'],
    },
  ] as const;

  it.each(cases)('$what', async ({ path, body, says: [error, words] }) => {
    expect(await control('POST', path, JSON.stringify(body))).toEqual({
      status: 400,
      json: { error, message: expect.stringContaining(words) },
    });
  });

  it('a body that is not JSON', async () => {
    expect(await control('POST', 'clock', '{"advanceMs":')).toMatchObject({ status: 400 });
  });

  it('an unlisted query', async () => {
    expect(await control('GET', 'accepted?colour=red')).toMatchObject({
      status: 400,
      json: { error: 'invalid' },
    });
  });

  it('an unknown account', async () => {
    const body = JSON.stringify({ to: TO, text: 'hi', from: '972770000000' });
    expect(await control('POST', 'agent', body)).toMatchObject({
      status: 404,
      json: { error: 'unknown_account' },
    });
  });

  it('an unknown path', async () => {
    expect(await control('GET', 'weather')).toMatchObject({ status: 404, json: { error: 'not_found' } });
  });

  it('another method', async () => {
    expect(await control('PUT', 'clock', '{}')).toEqual({
      status: 405,
      json: { error: 'wrong_method', message: 'Takes GET, POST' },
    });
  });

  it('idleness that does not come in time', async () => {
    const slow = await startSandbox({
      webhook: { url: receiver.url },
      callbacks: { sentMs: { min: 3_600_000, max: 3_600_000 } },
    });
    slow.agentSend(TO, 'a person here');
    await expect(createSandboxClient(slow.origin).idle({ timeoutMs: 1 })).rejects.toThrow('answered 504');
    await slow.close();
  });

  it('a callback without a webhook, in the words of the sandbox', async () => {
    const quiet = await startSandbox();
    await expect(createSandboxClient(quiet.origin).callback({})).rejects.toMatchObject({
      code: 'control_refused',
      message: expect.stringContaining('no_webhook'),
    });
    await quiet.close();
  });
});
