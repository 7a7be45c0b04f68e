import { BOSS, startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

const NDJSON = 'application/x-ndjson';
const CLERK = { name: 'clerk', secret: 'secret-of-the-clerk', accounts: ['depot'] };
const READER = { name: 'reader', secret: 'secret-of-the-reader', roles: ['read'] };

const redis = withRedis();
let api: TestApi;

beforeEach(async () => {
  api = await startApi(redis.url, { keys: [BOSS, CLERK, READER] });
});
afterEach(() => api.close());

const request = (index: number, more = {}) => ({
  to: `${972_500_000_000 + index}`,
  fileUrl: `https://files.example.com/${index}.pdf?signature=${Math.random()}`,
  ...more,
});
const post = (body: string, type = NDJSON, key = BOSS.secret) =>
  api.call('POST', '/v1/deliveries/batch', { body, key, headers: { 'content-type': type } });
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('POST /v1/deliveries/batch', () => {
  it('answers NDJSON line by line, bad ones too', async () => {
    const body = [
      JSON.stringify(request(1, { id: 'one' })),
      'nonsense',
      '',
      JSON.stringify(request(2, { to: '12', from: 'shop' })),
      JSON.stringify(request(3, { from: 'nobody' })),
      '5',
      JSON.stringify({ caption: 'x'.repeat(70_000) }),
      JSON.stringify(request(4)),
    ].join('\n');
    const { status, headers, text } = await post(body);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: NDJSON });
    const fault = (code: string) => expect.objectContaining({ code, status: 422, title: expect.any(String) });
    expect(lines(text)).toEqual([
      { line: 1, id: 'one', status: 'queued', duplicate: false, warnings: [] },
      { line: 2, error: fault('validation') },
      { line: 4, error: fault('validation') },
      { line: 5, error: fault('unknown_account') },
      { line: 6, error: fault('validation') },
      { line: 7, error: fault('validation') },
      { line: 8, id: expect.stringMatching(/^dlv_/), status: 'queued', duplicate: false, warnings: [] },
    ]);
  });

  it('answers an array with an array, and the same again as duplicates, whatever the signature', async () => {
    const send = () => post(JSON.stringify([request(1), request(2, { from: FROM })]), 'application/json');
    const { headers, json } = await send();
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(json).toEqual([
      expect.objectContaining({ line: 1, duplicate: false }),
      expect.objectContaining({ line: 2, duplicate: false }),
    ]);
    expect((await send()).json).toEqual([
      expect.objectContaining({ line: 1, duplicate: true }),
      expect.objectContaining({ line: 2, duplicate: true }),
    ]);
  });

  it.each([
    ['[]', []],
    ['[5]', [{ line: 1, error: expect.objectContaining({ code: 'validation' }) }]],
  ])('answers %s', async (body, answers) => {
    expect((await post(body, 'application/json')).json).toEqual(answers);
  });

  it('refuses a conflict in its place', async () => {
    await post(JSON.stringify(request(1, { id: 'one' })));
    const { text } = await post(JSON.stringify(request(2, { id: 'one' })));
    expect(lines(text)).toEqual([
      { line: 1, error: expect.objectContaining({ code: 'idempotency_key_reused' }) },
    ]);
  });

  it('takes nothing for an account that the key is not for, and wants the role', async () => {
    const { text } = await post(JSON.stringify(request(1, { from: 'shop' })), NDJSON, CLERK.secret);
    expect(lines(text)).toEqual([{ line: 1, error: expect.objectContaining({ code: 'unknown_account' }) }]);
    expect(await post('', NDJSON, READER.secret)).toMatchObject({ status: 403 });
    expect(await post('', 'text/csv')).toMatchObject({ status: 415 });
  });

  it('is described in both of its forms', async () => {
    const { json } = await api.call('GET', '/openapi.json');
    const post = expect.objectContaining({
      requestBody: expect.objectContaining({
        content: { 'application/json': expect.anything(), [NDJSON]: expect.anything() },
      }),
    });
    expect(json).toMatchObject({ paths: { '/v1/deliveries/batch': { post } } });
  });

  it('answers while it still reads', async () => {
    let release = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${JSON.stringify(request(1, { id: 'one' }))}\n`);
      await first;
      yield Buffer.from(`${JSON.stringify(request(2, { id: 'two' }))}\n`);
    }
    const answering = fetch(`${api.url}/v1/deliveries/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOSS.secret}`, 'content-type': NDJSON },
      body: ReadableStream.from(body()),
      duplex: 'half',
    } as RequestInit);
    await eventually(async () => (await api.call('GET', '/v1/deliveries/one')).status === 200);
    release();
    expect(lines(await (await answering).text()).map(({ id }) => id)).toEqual(['one', 'two']);
  });

  /** A batch whose first line is taken, and whose others come once `gone` is called. */
  async function begin() {
    let gone = (): void => undefined;
    const away = new Promise<void>((resolve) => {
      gone = resolve;
    });
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${JSON.stringify(request(1, { id: 'one' }))}\n`);
      await away;
      for (let index = 0; index < 1000; index += 1) yield Buffer.from(`${JSON.stringify(request(index))}\n`);
    }
    const stop = new AbortController();
    const answering = fetch(`${api.url}/v1/deliveries/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOSS.secret}`, 'content-type': NDJSON },
      body: ReadableStream.from(body()),
      duplex: 'half',
      signal: stop.signal,
    } as RequestInit);
    answering.catch(() => undefined);
    try {
      await eventually(async () => (await api.call('GET', '/v1/deliveries/one')).status === 200);
      return { answering, gone };
    } catch (error) {
      stop.abort();
      throw error;
    }
  }

  it('answers the rest as unavailable when Redis goes away, and ends', async () => {
    // On a busy machine Redis may count as away for the first line already: the batch is sent again then.
    const { answering, gone } = await eventually(begin, { timeoutMs: 40_000 });
    await redis.server.kill('SIGSTOP');
    try {
      gone();
      const answers = lines(await (await answering).text());
      expect(answers).toHaveLength(1001);
      expect(answers[0]).toMatchObject({ id: 'one' });
      expect(new Set(answers.slice(1).map(({ error }) => error?.code))).toEqual(new Set(['unavailable']));
    } finally {
      await redis.server.kill('SIGCONT');
    }
  });
});

describe('a batch that Redis refuses', () => {
  it('answers each line as unavailable while Redis has no memory left, and takes them when it has', async () => {
    const body = [request(1), request(2)].map((each) => JSON.stringify(each)).join('\n');
    await redis.client.config('SET', 'maxmemory', '1');
    const refused = await post(body);
    await redis.client.config('SET', 'maxmemory', '0');
    expect(lines(refused.text).map(({ error }) => error.code)).toEqual(['unavailable', 'unavailable']);
    expect(lines((await post(body)).text).map(({ error }) => error)).toEqual([undefined, undefined]);
  });

  it('answers each line, and ends, where Redis fails on what it finds', async () => {
    await redis.client.set(`waybill:{${FROM}}:deliveries`, 'no sorted set');
    const refused = await post([1, 2, 3].map((index) => JSON.stringify(request(index))).join('\n'));
    expect(lines(refused.text).map(({ line, error }) => [line, error.code])).toEqual([
      [1, 'internal'],
      [2, 'internal'],
      [3, 'internal'],
    ]);
  });
});
