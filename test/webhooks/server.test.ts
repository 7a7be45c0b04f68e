import { once } from 'node:events';
import { createServer } from 'node:net';
import { ConfigError, ListenError } from '../../src/errors.js';
import { type Harness, JSON_TYPE, openSocket, post, startHarness, TOKEN, until } from './harness.js';
import { ACCOUNT, FAILED_MESSAGE, INBOUND, SYSTEM, UNIQUE, UPDATE } from './samples.js';

let harness: Harness;

async function start(options: Parameters<typeof startHarness>[0] = {}): Promise<Harness> {
  harness = await startHarness(options);
  return harness;
}

afterEach(() => harness.server.close());

describe('a callback that is taken', () => {
  test.each([
    ['an incoming message', INBOUND, 'inbound applied'],
    ['a status update', UPDATE, 'receipt early'],
    ['a failed message', FAILED_MESSAGE, 'receipt early'],
    ['another system callback', SYSTEM, 'other kept'],
    ['well-formed JSON of no meaning', 'null', 'other kept'],
    ['an unlisted ack', { ...UPDATE, ack: 9 }, 'other kept'],
  ])('%s is answered 200 with an empty body', async (_name, body, expected) => {
    const { hook, recorder } = await start();
    expect(await post(hook, body)).toMatchObject({ status: 200, body: '' });
    const told = recorder.applied.map(({ callback, result }) => `${callback.kind} ${result.kind}`);
    expect(told).toEqual([expected]);
    expect(recorder.refusals).toEqual([]);
  });

  test('is durable before the answer', async () => {
    const { hook, store } = await start();
    await post(hook, INBOUND);
    expect(store.inbound).toMatchObject([{ account: ACCOUNT, unique: UNIQUE }]);
  });

  test('is a duplicate the second time, and answered the same', async () => {
    const { hook, recorder } = await start();
    await post(hook, INBOUND);
    expect(await post(hook, INBOUND)).toMatchObject({ status: 200, body: '' });
    expect(recorder.applied.map(({ result }) => result.kind)).toEqual(['applied', 'duplicate']);
  });

  test('for an account that is not ours is kept as it came', async () => {
    const { hook, store, recorder } = await start();
    const text = JSON.stringify({ ...INBOUND, to: '972500000000' });
    expect(await post(hook, text)).toMatchObject({ status: 200 });
    expect(store.unread).toEqual([{ name: 'unknown_account', raw: text }]);
    expect(recorder.applied).toMatchObject([{ result: { kind: 'unknown_account' } }]);
  });

  test('that is not understood is kept raw, cut at 64 KiB and at a whole character', async () => {
    const { hook, store } = await start();
    const text = JSON.stringify({ ...SYSTEM, note: 'é'.repeat(40_000) });
    await post(hook, text);
    const [kept] = store.unread;
    expect(kept?.name).toBe('system_issues');
    expect(text.startsWith(kept?.raw ?? 'nothing')).toBe(true);
    expect(Buffer.byteLength(kept?.raw ?? '')).toBeGreaterThan(64 * 1024 - 4);
    expect(Buffer.byteLength(kept?.raw ?? '')).toBeLessThanOrEqual(64 * 1024);
  });

  test('that is not understood is told of once, however often it comes', async () => {
    const { hook, recorder } = await start();
    for (let times = 0; times < 3; times += 1) await post(hook, SYSTEM);
    expect(recorder.quarantined).toEqual(['system_issues']);
    expect(recorder.applied.map(({ result }) => result.kind)).toEqual(['kept', 'duplicate', 'duplicate']);
  });

  test('with a key twice is applied by its last value, and kept as it came', async () => {
    const { hook, store, recorder } = await start();
    const text = JSON.stringify(UPDATE).replace('"ack":1', '"ack":1,"ack":3');
    expect(await post(hook, text)).toMatchObject({ status: 200 });
    expect(store.receipts.map(({ receipt }) => receipt)).toEqual(['read']);
    expect(store.unread).toEqual([{ name: 'keys_repeated', raw: text }]);
    expect(recorder.quarantined).toEqual(['keys_repeated']);
  });

  test('may be one of several in an array', async () => {
    const { hook, store } = await start();
    expect(await post(hook, [INBOUND, UPDATE, FAILED_MESSAGE, 4711])).toMatchObject({ status: 200 });
    expect(store.inbound).toHaveLength(1);
    expect(store.receipts.map(({ receipt }) => receipt)).toEqual(['sent', 'failed']);
    expect(store.unread).toEqual([{ name: 'not_an_object', raw: '4711' }]);
  });

  test('is kept unread when it nests 10,000 levels deep', async () => {
    const { hook, store } = await start();
    const text = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect(await post(hook, text)).toMatchObject({ status: 200 });
    expect(store.unread).toMatchObject([{ name: 'too_deep' }]);
  });

  test('leaves prototypes alone', async () => {
    const { hook, store } = await start();
    const text = JSON.stringify(UPDATE).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},',
    );
    expect(await post(hook, text)).toMatchObject({ status: 200 });
    expect(store.receipts).toHaveLength(1);
    expect('polluted' in {} || store.receipts.some((receipt) => 'polluted' in receipt)).toBe(false);
  });

  test.each([
    `${JSON_TYPE}; charset=utf-8`,
    'Application/JSON',
    'text/json',
    'application/vnd.provider+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
    'none',
    ';;',
  ])('may call itself %s', async (contentType) => {
    const { hook, recorder } = await start();
    expect(await post(hook, INBOUND, { 'content-type': contentType })).toMatchObject({ status: 200 });
    expect(recorder.refusals).toEqual([]);
  });

  test('may call itself nothing', async () => {
    const { hook, store } = await start();
    const body = new Blob([JSON.stringify(INBOUND)]);
    expect((await fetch(hook, { method: 'POST', body })).status).toBe(200);
    expect(store.inbound).toHaveLength(1);
  });
});

describe('a request that is refused', () => {
  test.each([
    ['a wrong token', '/webhooks/wrong-token-of-the-tests', '404 token'],
    ['a token with more behind it', `/webhooks/${TOKEN}x`, '404 token'],
    ['a very long token', `/webhooks/${'x'.repeat(8000)}`, '404 token'],
    ['another path', `/webhook/${TOKEN}`, '404 path'],
    ['no token', '/webhooks/', '404 token'],
    ['a path that cannot be decoded', '/webhooks/%E0%A4%A', '404 path'],
  ])('%s: 404, no body and no hint', async (_name, path, refusal) => {
    const { origin, recorder, store } = await start();
    const answer = await post(`${origin}${path}`, INBOUND);
    expect(answer).toMatchObject({ status: 404, body: '' });
    expect(answer.headers.get('content-type')).toBeNull();
    expect(recorder.refusals).toEqual([refusal]);
    expect(store.inbound).toEqual([]);
  });

  test('another method: 404', async () => {
    const { hook } = await start();
    const response = await fetch(hook);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  test.each(['not json', '', '{"hook":', 'data=%7B%7D'])('%p: 400, counted and kept', async (body) => {
    const { hook, recorder, store } = await start();
    expect(await post(hook, body)).toMatchObject({ status: 400, body: '' });
    expect(recorder.refusals).toEqual(['400 not_json']);
    expect(recorder.answers).toEqual([400]);
    expect(store.unread).toEqual([{ name: 'not_json', raw: body }]);
    expect(recorder.quarantined).toEqual(['not_json']);
  });

  test('a body over 256 KiB: 413, while one of 256 KiB is taken', async () => {
    const { hook, store, recorder } = await start();
    const padding = 256 * 1024 - JSON.stringify({ ...INBOUND, pad: '' }).length;
    expect(await post(hook, { ...INBOUND, pad: 'x'.repeat(padding) })).toMatchObject({ status: 200 });
    // We hang up on the rest of the body, so the client may see a reset instead of the answer.
    await post(hook, { ...INBOUND, pad: 'x'.repeat(padding + 1) }).catch(() => undefined);
    await until(() => recorder.refusals.length === 1);
    expect(recorder.refusals).toEqual(['413 too_large']);
    expect(store.inbound).toHaveLength(1);
  });

  test('a body announced as huge: 413 before it comes', async () => {
    const { server } = await start();
    const { socket, received } = await openSocket(server.port);
    socket.write(requestHead({ 'content-length': '999999999' }));
    expect(await received).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('what is not HTTP: 400, and the connection is cut', async () => {
    const { server, recorder } = await start();
    const { socket, received } = await openSocket(server.port);
    socket.write('EHLO example.com\r\n\r\n');
    expect(await received).toMatch(/^HTTP\/1\.1 400 /);
    expect(recorder.refusals).toEqual(['400 malformed']);
  });

  test('a bug of ours: 500, no body, and a line in the log', async () => {
    const tokens = () => {
      throw new Error('no tokens to be had');
    };
    const { hook, recorder } = await start({ tokens });
    expect(await post(hook, INBOUND)).toMatchObject({ status: 500, body: '' });
    expect(recorder.refusals).toEqual(['500 bug']);
    expect(recorder.lines.join()).toContain('no tokens to be had');
  });

  test('headers over 16 KiB: 431', async () => {
    const { server, recorder } = await start();
    const { socket, received } = await openSocket(server.port);
    socket.write(requestHead({ 'x-filler': 'x'.repeat(17_000) }));
    expect(await received).toMatch(/^HTTP\/1\.1 431 /);
    expect(recorder.refusals).toEqual(['431 headers_too_large']);
  });
});

function requestHead(headers: Record<string, string>): string {
  const lines = Object.entries({ host: 'test', 'content-type': JSON_TYPE, ...headers });
  return `POST /webhooks/${TOKEN} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n`;
}

describe('who may call', () => {
  test('a token is valid from when it is added until it is taken away', async () => {
    let tokens: readonly string[] = [TOKEN];
    const { origin } = await start({ tokens: () => tokens });
    const answers = async () => {
      const urls = [TOKEN, 'the-next-token-to-use'].map((token) => `${origin}/webhooks/${token}`);
      return Promise.all(urls.map(async (url) => (await post(url, INBOUND)).status));
    };
    expect(await answers()).toEqual([200, 404]);
    tokens = [TOKEN, 'the-next-token-to-use'];
    expect(await answers()).toEqual([200, 200]);
    tokens = ['the-next-token-to-use'];
    expect(await answers()).toEqual([404, 200]);
  });

  test('an address that is not allowed is answered like a wrong token, but counted and told apart', async () => {
    const { hook, recorder } = await start({ allow: ['192.0.2.0/24'] });
    expect(await post(hook, INBOUND)).toMatchObject({ status: 404, body: '' });
    expect(recorder.refusals).toEqual(['404 address']);
    expect(recorder.lines.join()).toContain('"address":"127.0.0.1"');
  });

  test('the first call from a strange address is an error in the log, the next ones are counted', async () => {
    const { hook, recorder } = await start({ allow: ['192.0.2.0/24'], trustProxy: 1 });
    for (const from of ['203.0.113.9', '203.0.113.9', '203.0.113.10']) {
      await post(hook, INBOUND, { 'x-forwarded-for': from });
    }
    const errors = recorder.lines.filter((line) => line.includes('"level":"error"'));
    expect(errors.map((line) => /"address":"(.*?)"/.exec(line)?.[1])).toEqual([
      '203.0.113.9',
      '203.0.113.10',
    ]);
    expect(recorder.refusals).toEqual(['404 address', '404 address', '404 address']);
  });

  test('a wrong token says nothing of the address', async () => {
    const { origin, recorder } = await start({ allow: ['192.0.2.0/24'] });
    await post(`${origin}/webhooks/wrong-token-of-the-tests`, INBOUND);
    expect([recorder.refusals, recorder.lines.filter((line) => line.includes('address'))]).toEqual([
      ['404 token'],
      [expect.stringContaining('listening')],
    ]);
  });

  test.each([
    ['keeps a connection of a caller for 5 seconds', 0, 'timeout=5'],
    ['keeps that of a proxy for longer than the proxy itself', 1, 'timeout=72'],
  ])('%s', async (_name, trustProxy, expected) => {
    const { hook } = await start({ trustProxy });
    expect((await post(hook, INBOUND)).headers.get('keep-alive')).toBe(expected);
  });

  test('behind a proxy the address is the one that the proxy saw', async () => {
    const { hook } = await start({ allow: ['192.0.2.0/24'], trustProxy: 1 });
    const statusFor = async (header: string) =>
      (await post(hook, INBOUND, { 'x-forwarded-for': header })).status;
    expect(await statusFor('192.0.2.7')).toBe(200);
    expect(await statusFor('192.0.2.7, 203.0.113.9')).toBe(404);
  });

  test('without a proxy the header is not believed', async () => {
    const { hook } = await start({ allow: ['192.0.2.0/24'] });
    expect(await post(hook, INBOUND, { 'x-forwarded-for': '192.0.2.7' })).toMatchObject({ status: 404 });
  });
});

describe('health', () => {
  test('the process answers, and is ready once started, whatever its dependencies do', async () => {
    const dependencies = { redis: 'down' };
    const { origin } = await start({ ready: () => ({ ready: true, dependencies }) });
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    const ready = await fetch(`${origin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, dependencies }]);
  });

  test('it is not ready before', async () => {
    const { origin } = await start({ ready: () => ({ ready: false, dependencies: {} }) });
    expect((await fetch(`${origin}/readyz`)).status).toBe(503);
  });
});

describe('starting', () => {
  test('tells where it listens', async () => {
    const { server, recorder } = await start();
    expect(server.address).toBe(`127.0.0.1:${server.port}`);
    expect(recorder.lines[0]).toContain(`"address":"${server.address}"`);
  });

  test('a taken port names the variable to change', async () => {
    await start();
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const failure: unknown = await startHarness({ port }).catch((error: unknown) => error);
    squatter.close();
    expect(failure).toBeInstanceOf(ListenError);
    expect(failure).toMatchObject({ code: 'LISTEN_FAILED', setting: 'WAYBILL_LISTEN_WEBHOOKS' });
  });

  test('an allow list that cannot be read is refused', async () => {
    await start();
    await expect(startHarness({ allow: ['example.com'] })).rejects.toThrow(ConfigError);
  });
});
