import { Queue, QueueEvents } from 'bullmq';
import { accountKeys } from '../../src/redis/keys.js';
import { BOSS, startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { OPAQUE_TOKENS, SIGNED_PAYLOADS } from '../support/signed-links.js';
import { FROM, requestTo, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
const CLIENT = '972501234567';
const NDJSON = 'application/x-ndjson';

type Answer = Readonly<Record<string, unknown>> & { readonly duplicate?: boolean };
const linesOf = (text: string): readonly Answer[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const inLines = (requests: readonly object[]) => requests.map((each) => `${JSON.stringify(each)}\n`).join('');

describe('a batch over HTTP', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(redis.url, { keys: [BOSS] });
    await eventually(async () => (await api.call('GET', '/v1/accounts')).status === 200);
  });
  afterAll(() => api.close());

  const post = (body: unknown, type = NDJSON, query = '') =>
    api.call('POST', `/v1/deliveries/batch${query}`, { body, headers: { 'content-type': type } });
  const one = (more: object = {}) => JSON.stringify({ ...requestTo(CLIENT), ...more });

  // What clients call one JSON value a line: ndjson.org, jsonlines.org, Elasticsearch, OpenAI, Google, curl users.
  it.each([
    NDJSON,
    'application/ndjson',
    'application/jsonl',
    'application/x-jsonl',
    'application/jsonlines',
    'application/x-jsonlines',
    'application/json-lines',
    'Application/X-NDJSON; charset=utf-8',
  ])('takes lines as %s', async (type) => {
    const { status, headers, text } = await post(`${one()}\n`, type);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: NDJSON });
    expect(linesOf(text)).toEqual([expect.objectContaining({ line: 1, status: 'queued' })]);
  });

  it.each(['text/csv', 'application/json-seq', 'text/plain', 'application/x-www-form-urlencoded'])(
    'names the types that it takes when it is sent %s',
    async (type) => {
      const { status, json } = await post(one(), type);
      expect(status).toBe(415);
      expect(json).toMatchObject({
        code: 'unsupported_media_type',
        detail: expect.stringMatching(/application\/json,.*application\/x-ndjson.*application\/jsonl/),
      });
    },
  );

  const fine = `{"to":"${CLIENT}","fileUrl":"https://x.example/a.pdf"}`;
  it.each([
    ['a single object', 'application/json', fine],
    ['lines', 'application/json', `${fine}\n${fine}\n`],
    ['nothing', 'application/json', ''],
    ['blanks', 'application/json', ' \n'],
    ['an array that ends at once', 'application/json', '['],
    ['an array of something else', 'application/json', '[to=1]'],
    ['a text', 'application/json', '"to"'],
    ['an array in UTF-16', 'application/json', Buffer.from(`\ufeff[${fine}]`, 'utf16le')],
    ['an array', NDJSON, `[${fine}]`],
    ['an array over several lines', NDJSON, `[\n${fine}\n]`],
    ['an object over several lines', NDJSON, fine.replace(',', ',\n')],
    ['nothing', NDJSON, ''],
    ['a byte order mark alone', NDJSON, '\ufeff'],
    ['blank lines', NDJSON, '\n\r\n'],
    ['a number', NDJSON, '5\n'],
    ['null', NDJSON, 'null\n'],
    ['a form', NDJSON, 'to=972501234567&fileUrl=https%3A%2F%2Fx.example%2Fa.pdf'],
    ['a table', NDJSON, 'to,fileUrl\n972501234567,https://x.example/a.pdf\n'],
    ['records that begin with RS, as json-seq', NDJSON, `\x1e${fine}\n`],
    ['lines in UTF-16', NDJSON, Buffer.from(`\ufeff${fine}\n`, 'utf16le')],
  ])('refuses %s as %s as a whole', async (_what, type, body) => {
    const response = await fetch(`${api.url}/v1/deliveries/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOSS.secret}`, 'content-type': type },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed_batch', detail: expect.any(String) });
    expect(await redis.client.keys('waybill:queue:*:d-*')).toEqual([]);
  });

  it.each([
    ['an array with a byte order mark', 'application/json', `\ufeff[${one()}]`],
    ['lines with a byte order mark and CRLF', NDJSON, `\ufeff${one()}\r\n`],
    ['blank lines in front', NDJSON, `\n\r\n ${one()}`],
    ['a first line that lacks a field', NDJSON, `{}\n${one()}`],
  ])('takes %s', async (_what, type, body) => {
    const { status, text } = await post(body, type);
    expect(status).toBe(200);
    expect(text).toContain('"duplicate":false');
  });

  it('answers a large body that is none before it has ended, and reads the rest', async () => {
    const { status, json } = await post('to,fileUrl\n'.repeat(500_000));
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'malformed_batch' } });
    expect(await post(`${one()}\n`)).toMatchObject({ status: 200 });
  });

  it('says of each that was taken before why nothing was added, and sends it in another run', async () => {
    const body = inLines([requestTo(CLIENT), requestTo(CLIENT, { id: 'mine' })]);
    await post(body);
    const again = linesOf((await post(body)).text);
    expect(again).toMatchObject([
      { duplicate: true, warnings: [{ pointer: '/id', detail: expect.stringContaining('name a run') }] },
      { duplicate: true, warnings: [] },
    ]);
    const july = linesOf((await post(body, NDJSON, '?run=july')).text);
    expect(july.map(({ duplicate }) => duplicate)).toEqual([false, true]);
    expect(linesOf((await post(body, NDJSON, '?run=july')).text)).toMatchObject([
      { duplicate: true },
      { duplicate: true },
    ]);
  });

  it.each([
    ['application/json', (requests: readonly object[]) => JSON.stringify(requests)],
    [NDJSON, inLines],
  ])('counts its answers at the end of %s where that is asked for', async (type, write) => {
    const body = write([requestTo(CLIENT), requestTo(CLIENT), requestTo('12')]);
    const { text, json } = await post(body, type, '?summary=true');
    const answers = Array.isArray(json) ? json : linesOf(text);
    expect(answers).toHaveLength(4);
    expect(answers[3]).toEqual({ summary: { taken: 1, duplicates: 1, refused: 1 } });
  });

  it.each([
    ['?run=', '/query/run'],
    [`?run=${'x'.repeat(65)}`, '/query/run'],
    ['?summary=yes', '/query/summary'],
    ['?rum=july', '/query/rum'],
  ])('refuses %s', async (query, pointer) => {
    expect(await post(one(), NDJSON, query)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer, detail: expect.any(String) }] },
    });
  });
});

describe('links that are signed in their path', () => {
  let stack: Stack;
  beforeEach(async () => {
    stack = await startStack(redis.url);
  });
  afterEach(() => stack.close());

  const later = { sendAt: Date.now() + 3_600_000 };
  const request = (fileUrl: string, more = {}) => requestTo(CLIENT, { fileUrl, ...more });
  const linkOf = async (id: string): Promise<unknown> =>
    JSON.parse((await redis.client.hget(accountKeys('waybill', FROM).job(`d-${id}`), 'data')) ?? '{}')
      .fileUrl;

  async function batch(links: readonly string[]) {
    const summaries: unknown[] = [];
    const source = (async function* () {
      yield links.map((link) => ({ request: request(link, later) }));
    })();
    const options = { onSummary: (counted: unknown) => void summaries.push(counted) };
    const duplicates: boolean[] = [];
    for await (const some of stack.waybill.enqueueStream(source, options)) {
      for (const { answer } of some) duplicates.push('duplicate' in answer && answer.duplicate);
    }
    return { duplicates, summary: summaries[0] };
  }

  it.each(Object.entries({ ...SIGNED_PAYLOADS, ...OPAQUE_TOKENS }))(
    'makes the same deliveries of the same batch signed anew, and loses no file: %s',
    async (_what, sign) => {
      const sheet = () => [sign(7, 'invoice.pdf'), sign(8, 'invoice.pdf'), sign(7, 'receipt.pdf')];
      expect(await batch(sheet())).toEqual({
        duplicates: [false, false, false],
        summary: { taken: 3, duplicates: 0, refused: 0 },
      });
      expect(await batch(sheet())).toEqual({
        duplicates: [true, true, true],
        summary: { taken: 0, duplicates: 3, refused: 0 },
      });
    },
  );

  it.each(Object.entries(SIGNED_PAYLOADS))('takes another file in a later batch: %s', async (_what, sign) => {
    await batch([sign(7, 'invoice.pdf')]);
    expect((await batch([sign(8, 'invoice.pdf')])).duplicates).toEqual([false]);
  });

  it('takes files in two folders, and the same link twice for one', async () => {
    const links = ['/7/', '/8/', '/7/'].map((path) => `https://files.example.com${path}invoice.pdf`);
    expect((await batch(links)).duplicates).toEqual([false, false, true]);
  });

  it('warns that a token may have hidden another file', async () => {
    const sign = OPAQUE_TOKENS['20 random bytes as hex'] ?? (() => '');
    await batch([sign(7, 'invoice.pdf')]);
    const source = (async function* () {
      yield [{ request: request(sign(8, 'invoice.pdf'), later) }];
    })();
    for await (const [first] of stack.waybill.enqueueStream(source)) {
      expect(first?.answer).toMatchObject({
        duplicate: true,
        warnings: expect.arrayContaining([
          { pointer: '/id', detail: expect.stringContaining('if this is another file') },
        ]),
      });
    }
  });

  it.each(Object.entries({ ...SIGNED_PAYLOADS, ...OPAQUE_TOKENS }))(
    'renews the link of a known id with a warning, and sends it once: %s',
    async (_what, sign) => {
      const held = await stack.waybill.enqueue(request(sign(7, 'invoice.pdf'), { id: 'seven', ...later }));
      expect(held).toMatchObject({ duplicate: false, warnings: [] });
      const fresh = sign(7, 'invoice.pdf');
      await expect(stack.waybill.enqueue(request(fresh, { id: 'seven', ...later }))).resolves.toMatchObject({
        duplicate: true,
        warnings: [{ pointer: '/fileUrl' }],
      });
      expect(await linkOf('seven')).toBe(fresh);
    },
  );

  it('renews the link where any other part of the path has changed', async () => {
    const [old, fresh] = ['a', 'b'].map((path) => `https://files.example.com/${path}/invoice.pdf`);
    await stack.waybill.enqueue(request(old ?? '', { id: 'seven', ...later }));
    const again = () => stack.waybill.enqueue(request(fresh ?? '', { id: 'seven', ...later }));
    await expect(again()).resolves.toMatchObject({ duplicate: true, warnings: [{ pointer: '/fileUrl' }] });
    expect(await linkOf('seven')).toBe(fresh);
    await expect(again()).resolves.toMatchObject({ duplicate: true, warnings: [] });
  });

  it.each([
    ['in Hebrew', 'https://files.example.com/חשבוניות/חשבונית.pdf'],
    ['with a space behind it', 'https://files.example.com/a/invoice.pdf '],
  ])('says nothing of a link that is the same again %s', async (_what, link) => {
    const again = () => stack.waybill.enqueue(request(link, { id: 'seven', ...later }));
    const { warnings } = await again();
    await expect(again()).resolves.toMatchObject({ duplicate: true, warnings });
  });

  it.each([
    ['another host', 'https://other.example.com/a/invoice.pdf', {}],
    ['another name', 'https://files.example.com/a/receipt.pdf', {}],
    [
      'another caption beside another path',
      'https://files.example.com/b/invoice.pdf',
      { caption: 'Another' },
    ],
  ])('refuses %s under a known id', async (_what, link, more) => {
    await stack.waybill.enqueue(
      request('https://files.example.com/a/invoice.pdf', { id: 'seven', ...later }),
    );
    await expect(
      stack.waybill.enqueue(request(link, { id: 'seven', ...later, ...more })),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is a duplicate by its Idempotency-Key after it was sent, and another folder then a conflict', async () => {
    const api = await startApi(redis.url, { keys: [BOSS] });
    const sign = OPAQUE_TOKENS['32 random bytes as base64url'] ?? (() => '');
    stack.sandbox.reply(CLIENT, 'hi');
    const post = (fileUrl: string) =>
      api.call('POST', '/v1/deliveries', {
        body: request(fileUrl),
        headers: { 'idempotency-key': 'seven' },
      });
    expect(await post(sign(7, 'invoice.pdf'))).toMatchObject({ status: 202 });
    await stack.waybill.wait('seven', 'accepted', { timeoutMs: 20_000 });
    expect(await post(sign(7, 'invoice.pdf'))).toMatchObject({ status: 200, json: { duplicate: true } });
    expect(await post('https://files.example.com/8/invoice.pdf')).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
    expect(stack.sandbox.accepted()).toHaveLength(1);
    await api.close();
  });

  it('sends a job of another BullMQ client once, though its link was signed anew under the same job id', async () => {
    const sign = SIGNED_PAYLOADS['Rails 7.1 and later, a blob with expires_in'] ?? (() => '');
    const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: 'waybill:queue' });
    const events = new QueueEvents(queue.name, { connection: { url: redis.url }, prefix: 'waybill:queue' });
    stack.sandbox.reply(CLIENT, 'hi');
    const run = async (file: number) => {
      const data = { to: CLIENT, fileUrl: sign(file, 'invoice.pdf') };
      const job = await queue.add('send-file', data, { jobId: 'd-seven' });
      await job.waitUntilFinished(events, 20_000).catch(() => undefined);
      await job.remove();
    };
    for (const file of [7, 7, 8]) await run(file);
    expect(stack.sandbox.accepted()).toHaveLength(1);
    await events.close();
    await queue.close();
  });
});

it('renews a link that is encrypted', async () => {
  const key = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
  const stack = await startStack(redis.url, { env: { WAYBILL_DATA_KEY: key } });
  const sendAt = Date.now() + 3_600_000;
  const request = (path: string) =>
    requestTo(CLIENT, { id: 'seven', sendAt, fileUrl: `https://files.example.com/${path}/invoice.pdf` });
  await stack.waybill.enqueue(request('a'));
  await expect(stack.waybill.enqueue(request('b'))).resolves.toMatchObject({
    duplicate: true,
    warnings: [{ pointer: '/fileUrl' }],
  });
  await expect(stack.waybill.get('seven')).resolves.toMatchObject({
    request: { fileUrl: 'https://files.example.com/b/invoice.pdf' },
  });
  await stack.close();
});
