import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { API_KEY, call, FROM, LINK, sendFile, TO } from './calls.js';

const NOON = Date.UTC(2026, 0, 5, 12);
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 1 }, { now: () => NOON });
});
afterEach(() => sandbox.close());

describe('sendFile', () => {
  it('takes a file inside the window and echoes it in the documented types', async () => {
    sandbox.reply(TO, 'hello');
    sandbox.advance(60_000);
    const { status, json } = await sendFile(sandbox, { caption: 'Invoice 7' });
    expect(status).toBe(200);
    expect(json).toEqual({
      status: 'OK',
      unique: expect.stringMatching(/^[0-9A-F]{64}$/),
      body: LINK,
      caption: 'Invoice 7',
      from: FROM,
      to: TO,
      timestamp: NOON / 1000 + 60,
      templateTimeLeft: '1439',
    });
  });

  it('shows the request without its key when asked to', async () => {
    sandbox.reply(TO, 'hello');
    const { json } = await sendFile(sandbox, { showRequest: 1 });
    expect(json.originalRequest).toEqual({ from: FROM, to: TO, body: LINK, showRequest: 1 });
  });

  it('makes base64 ids when told to', async () => {
    const other = await startSandbox({ uniqueForm: 'base64', windowsOpen: true });
    const { json } = await sendFile(other);
    expect(json.unique).toMatch(/^HBgM[A-Za-z0-9+/]{43}=$/);
    await other.close();
  });

  it.each([
    [2, 'an account that does not exist', { from: '972770000000' }],
    [3, 'a wrong key', { apiKey: 'wrong' }],
    [4, 'no recipient', { to: '' }],
    [4, 'a recipient in another form', { to: '+972-50' }],
    [5, 'no file', { body: '' }],
    [8, 'a client that never wrote', { to: '972502222222' }],
  ])('fails with reason %i for %s', async (reason, _, fields) => {
    sandbox.reply(TO, 'hello');
    const { status, json } = await sendFile(sandbox, fields);
    expect([status, json.status, json.reason]).toEqual([200, 'FAIL', reason]);
    expect(sandbox.accepted()).toEqual([]);
  });

  it('fails with reason 2 for broken JSON', async () => {
    const { json } = await call(sandbox, 'sendFile', '{"apiKey":');
    expect(json).toEqual({ status: 'FAIL', reason: 2 });
  });

  it('fails with reason 7 a day after the client wrote', async () => {
    sandbox.reply(TO, 'hello');
    sandbox.advance(24 * 3_600_000);
    const { json } = await sendFile(sandbox);
    expect(json).toMatchObject({ status: 'FAIL', reason: 7, templateTimeLeft: '0' });
  });

  it('answers a FAIL with another HTTP status when told to', async () => {
    const other = await startSandbox({ failHttpStatus: 400 });
    expect((await sendFile(other)).status).toBe(400);
    await other.close();
  });
});

describe('sendTemplate', () => {
  const template = { to: TO, name: 'invoice', headerType: 5, headerLink: LINK, bodyVariable1: 'Dana' };

  it('needs no window and opens none', async () => {
    const { json } = await call(sandbox, 'sendTemplate', template);
    expect(json).toMatchObject({ status: 'OK', templateTimeLeft: '0' });
    expect(sandbox.accepted({ kind: 'template' })).toMatchObject([
      { body: LINK, template: { name: 'invoice', variables: ['Dana'] } },
    ]);
    expect((await sendFile(sandbox)).json.reason).toBe(7);
  });

  it.each([
    ['has no name', { name: '' }, 5],
    ['promises a header without a link', { headerLink: '' }, 9],
    ['is too long', { bodyVariable2: 'x'.repeat(1024) }, 9],
  ])('fails when it %s', async (_, fields, reason) => {
    const { json } = await call(sandbox, 'sendTemplate', { ...template, ...fields });
    expect(json).toMatchObject({ status: 'FAIL', reason });
  });
});

describe('getHistory', () => {
  it('lists both directions of one client, newest first', async () => {
    const inbound = sandbox.reply(TO, 'hello');
    sandbox.reply('972503333333', 'not this one');
    const sent = await sendFile(sandbox, { caption: 'Invoice 7' });
    const { text } = await call(sandbox, 'getHistory', { to: TO, page: 1 });
    const timestamp = String(NOON / 1000);
    expect(JSON.parse(text)).toEqual([
      {
        unique: sent.json.unique,
        timestamp,
        direction: '2',
        from: FROM,
        to: TO,
        type: 'file',
        state: 'accepted',
        message: 'Invoice 7',
      },
      { unique: inbound, timestamp, direction: '1', from: TO, to: FROM, type: 'text', message: 'hello' },
    ]);
  });

  it('turns pages of 50 over the whole account', async () => {
    for (let index = 0; index < 51; index += 1) sandbox.reply(TO, `message ${index}`);
    const { text } = await call(sandbox, 'getHistory', { to: '', page: 2 });
    expect(JSON.parse(text)).toMatchObject([{ message: 'message 0' }]);
  });

  it('shows an outgoing message only after the lag', async () => {
    const lagging = await startSandbox({ historyLagMs: 600_000, windowsOpen: true }, { now: () => NOON });
    await sendFile(lagging);
    expect((await call(lagging, 'getHistory', { to: TO, page: 1 })).text).toBe('[]');
    lagging.advance(600_000);
    expect(JSON.parse((await call(lagging, 'getHistory', { to: TO, page: 1 })).text)).toHaveLength(1);
    await lagging.close();
  });

  it('refuses a wrong key and a missing page', async () => {
    expect((await call(sandbox, 'getHistory', { to: TO, page: 1, apiKey: 'wrong' })).json.reason).toBe(3);
    expect((await call(sandbox, 'getHistory', { to: TO })).json.reason).toBe(9);
  });
});

describe('setWebhook and getWebhook', () => {
  it('have every flag off until it is asked for', async () => {
    await call(sandbox, 'setWebhook', { url: 'http://127.0.0.1:9/hook', retry: 1 });
    const { json } = await call(sandbox, 'getWebhook', {});
    expect(json).toEqual({
      status: 'OK',
      url: 'http://127.0.0.1:9/hook',
      system: '0',
      systemPhoneAlert: '',
      retry: 1,
      readStatus: 0,
      reason: 1,
    });
  });

  it('clear the address with a space', async () => {
    await call(sandbox, 'setWebhook', { url: 'http://127.0.0.1:9/hook' });
    expect((await call(sandbox, 'setWebhook', { url: ' ' })).json.url).toBe('');
  });

  it('refuse a wrong key, an unknown account and an address that is none', async () => {
    expect((await call(sandbox, 'getWebhook', { apiKey: 'wrong' })).json.reason).toBe(3);
    expect((await call(sandbox, 'setWebhook', { from: '972770000000' })).json.reason).toBe(2);
    expect((await call(sandbox, 'setWebhook', { url: 'ftp://x' })).json.reason).toBe(9);
  });
});

it('keeps every request that arrived, also refused ones, without the key', async () => {
  sandbox.reply(TO, 'hello');
  await sendFile(sandbox, { apiKey: 'wrong' });
  const { json } = await sendFile(sandbox);
  expect(sandbox.requests()).toMatchObject([
    { order: 1, endpoint: 'sendFile', answer: 'FAIL 3', unique: null },
    { order: 2, endpoint: 'sendFile', answer: 'OK', unique: json.unique, fields: { to: TO, body: LINK } },
  ]);
  expect(JSON.stringify(sandbox.requests())).not.toContain(API_KEY);
});

it('answers other paths and methods without counting them', async () => {
  expect((await call(sandbox, 'sendText', {})).status).toBe(404);
  expect(sandbox.counts().requests).toBe(0);
});
