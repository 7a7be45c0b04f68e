import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { type RunningWebhooks, runWebhooks } from '../../src/app/webhooks.js';
import { statusByReceipts } from '../../src/domain/status.js';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { type DeliveryView, readDelivery } from '../../src/redis/delivery-view.js';
import { quarantineKeys } from '../../src/redis/keys.js';
import { type Bench, CLIENT, delivery, FROM, openBench, PREFIX } from '../redis/bench.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { SHOP, TOKEN } from '../support/stack.js';

const redis = withRedis();
const one = delivery('one');
const dispatcher = new Agent();
let webhooks: RunningWebhooks;
let lines: readonly string[];
let bench: Bench;

beforeAll(async () => {
  const started = createCore({
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
  });
  lines = started.lines;
  webhooks = await runWebhooks(started.core);
});
afterAll(async () => {
  await dispatcher.close();
  await webhooks.close();
});
beforeEach(async () => {
  bench = openBench(redis.client);
  await accept();
});

async function accept(): Promise<void> {
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
}

type Headers = Readonly<Record<string, string>>;

/** Posts these very bytes; without headers they call themselves nothing. */
async function post(body: string | Buffer, headers: Headers = {}): Promise<number> {
  const url = `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}`;
  const answer = await request(url, { method: 'POST', body, headers, dispatcher });
  await answer.body.dump();
  return answer.statusCode;
}

async function view(): Promise<DeliveryView> {
  const seen = await readDelivery(redis.client, PREFIX, { from: FROM, id: 'one', sealer: PLAIN });
  if (seen === null) throw new Error('the record is there');
  return seen;
}

const kept = async () =>
  Object.values(await redis.client.hgetall(quarantineKeys(PREFIX).quarantineRows)).map(
    (row) => JSON.parse(row) as { readonly name: string; readonly raw: string },
  );

const UPDATE = { status: 'OK', hook: 'update', unique: 'u1', from: CLIENT, to: FROM, ack: 2 };
const JSON_TEXT = JSON.stringify(UPDATE);
const FAILED = { status: 'OK', hook: 'system', type: 'messages', unique: 'u1', to: FROM, messageTo: CLIENT };
const seconds = (at: number) => Math.floor(at / 1000);

describe('the body decides, whatever it is called', () => {
  const utf16 = Buffer.from(JSON_TEXT, 'utf16le');
  const form = new URLSearchParams({ ...UPDATE, ack: '2' });

  it.each<[fact: string, body: string | Buffer, headers: Headers]>([
    ['text/plain, as PHP’s curl sends where nothing is said', JSON_TEXT, { 'content-type': 'text/plain' }],
    ['no type at all', JSON_TEXT, {}],
    [
      'a form by its label, as curl -d says',
      JSON_TEXT,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['multipart by its label', JSON_TEXT, { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a vendor’s JSON', JSON_TEXT, { 'content-type': 'application/vnd.provider.v2+json; charset="utf-8"' }],
    ['a type that is none', JSON_TEXT, { 'content-type': 'json' }],
    ['an empty type', JSON_TEXT, { 'content-type': '' }],
    ['octets', JSON_TEXT, { 'content-type': 'application/octet-stream' }],
    ['a byte order mark, as .NET writes', `\uFEFF${JSON_TEXT}`, { 'content-type': 'application/json' }],
    ['blanks and line breaks around', `\r\n ${JSON_TEXT}\n\n`, { 'content-type': 'text/plain' }],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), {}],
    ['UTF-16 without a mark', utf16, { 'content-type': 'application/json; charset=utf-16' }],
    ['UTF-16, the other way round', Buffer.from(utf16).swap16(), {}],
    ['a charset that is not true', JSON_TEXT, { 'content-type': 'application/json; charset=utf-16' }],
    ['a charset that there is not', JSON_TEXT, { 'content-type': 'application/json; charset=klingon' }],
    ['gzip, as proxies pack it', gzipSync(JSON_TEXT), { 'content-encoding': 'gzip' }],
    ['gzip without saying so', gzipSync(JSON_TEXT), { 'content-type': 'application/json' }],
    ['gzip that was unpacked on the way, its header left', JSON_TEXT, { 'content-encoding': 'gzip' }],
    ['deflate', deflateSync(JSON_TEXT), { 'content-encoding': 'deflate' }],
    [
      'deflate without zlib’s frame, as some servers take it',
      deflateRawSync(JSON_TEXT),
      { 'content-encoding': 'deflate' },
    ],
    ['Brotli', brotliCompressSync(JSON_TEXT), { 'content-encoding': 'br' }],
    ['packed twice', gzipSync(gzipSync(JSON_TEXT)), { 'content-encoding': 'gzip, gzip' }],
    [
      'a list of callbacks',
      JSON.stringify([{ ...UPDATE, ack: 1 }, UPDATE]),
      { 'content-type': 'text/plain' },
    ],
    [
      'a form of flat fields, as Twilio posts',
      form.toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'a form with the JSON in a field, as GitHub posts',
      new URLSearchParams({ payload: JSON_TEXT }).toString(),
      {},
    ],
    ['every value as text', JSON.stringify({ ...UPDATE, ack: '2' }), {}],
    [
      'numbers where text is meant',
      JSON.stringify({ ...UPDATE, to: Number(FROM), from: Number(CLIENT) }),
      {},
    ],
    ['a lone surrogate in a name', JSON_TEXT.replace('{', '{"senderName":"\\ud83d",'), {}],
    [
      'bytes of another charset in a name',
      Buffer.concat([
        Buffer.from(`{"senderName":"`),
        Buffer.from([0xf9, 0xec, 0xe5]),
        Buffer.from(`",${JSON_TEXT.slice(1)}`),
      ]),
      { 'content-type': 'application/json' },
    ],
  ])('%s', async (_fact, body, headers) => {
    expect(await post(body, headers)).toBe(200);
    await expect(view()).resolves.toMatchObject({ status: 'delivered' });
    await expect(kept()).resolves.toEqual([]);
  });

  it('reads words in the charset that is said', async () => {
    const hebrew = Buffer.concat([
      Buffer.from(`{"messageUpdate":"5: `),
      Buffer.from([0xf9, 0xec, 0xe5, 0xed]),
      Buffer.from(`",${JSON.stringify(FAILED).slice(1)}`),
    ]);
    expect(await post(hebrew, { 'content-type': 'application/json; charset=windows-1255' })).toBe(200);
    await expect(view()).resolves.toMatchObject({ failureCode: '5', failureReason: 'שלום' });
  });

  it.each<[fact: string, body: string | Buffer, status: number, name: string, headers?: Headers]>([
    ['nothing', '', 400, 'not_json'],
    ['XML', '<callback><ack>2</ack></callback>', 400, 'not_json'],
    ['a form without a hook', 'ack=2&unique=u1', 400, 'not_json'],
    ['a form with other JSON', 'payload=%7B%22zen%22%3A1%7D', 400, 'not_json'],
    ['half a body', JSON_TEXT.slice(0, 40), 400, 'not_json'],
    [
      'gzip that was cut off',
      gzipSync(JSON_TEXT).subarray(0, 40),
      400,
      'not_json',
      { 'content-encoding': 'gzip' },
    ],
    ['a packing that is not known', 'KLUv/QBY', 400, 'not_json', { 'content-encoding': 'zstd' }],
    ['JSON in a wrapper', JSON.stringify({ event: 'status', data: UPDATE }), 200, 'hook_missing'],
    ['JSON in a string', JSON.stringify(JSON_TEXT), 200, 'not_an_object'],
    ['an ack in words', JSON.stringify({ ...UPDATE, ack: 'delivered' }), 200, 'ack_unlisted'],
  ])('%s is kept for a person', async (_fact, body, ...expected) => {
    const [status, name, headers = {}] = expected;
    expect(await post(body, headers)).toBe(status);
    await expect(view()).resolves.toMatchObject({ status: 'accepted' });
    await expect(kept()).resolves.toMatchObject([{ name }]);
  });

  it.each<[string, Buffer, Headers]>([
    ['gzip', gzipSync(Buffer.alloc(300 * 1024, 32)), { 'content-encoding': 'gzip' }],
    ['Brotli', brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, 32)), { 'content-encoding': 'br' }],
  ])('a small body of %s that unpacks to a large one is too large', async (_name, body, headers) => {
    expect(await post(body, headers)).toBe(413);
  });
});

describe('an ack', () => {
  it.each<[unknown, object]>([
    [1, { status: 'sent' }],
    ['2', { status: 'delivered' }],
    ['3.0', { status: 'read' }],
    [4, { status: 'read' }],
    [-1, { status: 'failed', reason: 'receipt' }],
    ['-1', { status: 'failed', reason: 'receipt' }],
    [0, { status: 'accepted', receipts: { unconfirmed: expect.any(Number) } }],
  ])('%p', async (ack, expected) => {
    expect(await post(JSON.stringify({ ...UPDATE, ack }))).toBe(200);
    await expect(view()).resolves.toMatchObject(expected);
  });

  it.each([5, -2, 2.5, 1e300, 'played', true, [3], null])('%j is kept for a person', async (ack) => {
    expect(await post(JSON.stringify({ ...UPDATE, ack }))).toBe(200);
    await expect(view()).resolves.toMatchObject({ status: 'accepted', receipts: {} });
    await expect(kept()).resolves.toHaveLength(1);
  });

  it.each([
    ['then what it was', { ...UPDATE, ack: 1 }, 'sent'],
    ['then that it failed', { ...FAILED, messageUpdate: 7 }, 'failed'],
  ])('0, and %s', async (_what, then, status) => {
    await post(JSON.stringify({ ...UPDATE, ack: 0 }));
    await post(JSON.stringify(then));
    await expect(view()).resolves.toMatchObject({ status });
  });

  it('0 with a reason is a failure at once', async () => {
    await post(JSON.stringify({ ...UPDATE, ack: 0, messageUpdate: '131026: Message undeliverable' }));
    await expect(view()).resolves.toMatchObject({ status: 'failed', failureCode: '131026' });
  });
});

it.each<[form: string, fields: object, code: string | null, reason: string | null]>([
  ['a code', { messageUpdate: 7 }, '7', null],
  [
    'text with the code in front',
    { messageUpdate: '131026: Message undeliverable' },
    '131026',
    'Message undeliverable',
  ],
  [
    'WhatsApp’s list',
    { errors: [{ code: 131047, title: 'Re-engagement message', href: 'https://x.example' }] },
    '131047',
    'Re-engagement message',
  ],
  [
    'text with a client’s number',
    { reason: '972501234567 is not on WhatsApp' },
    null,
    '972…67 is not on WhatsApp',
  ],
  ['an object', { messageUpdate: { code: '470', title: 'Outside the window' } }, '470', 'Outside the window'],
])('a failure’s reason as %s is kept', async (_form, fields, ...said) => {
  const [failureCode, failureReason] = said;
  expect(await post(JSON.stringify({ ...FAILED, ...fields }))).toBe(200);
  await expect(view()).resolves.toMatchObject({
    status: 'failed',
    reason: 'receipt',
    failureCode,
    failureReason,
  });
});

describe('a clock that is wrong', () => {
  const now = Date.now();

  it.each<[string, unknown]>([
    ['15 minutes ahead', seconds(now + 15 * MINUTE)],
    ['a year ahead', seconds(now + 365 * DAY)],
    ['31 days behind', seconds(now - 31 * DAY)],
    ['at 1970', 0],
    ['before 1970', -86_400],
    ['in milliseconds', now],
    ['in microseconds', now * 1000],
    ['in ISO 8601', new Date(now).toISOString()],
    ['in words', 'just now'],
  ])('%s loses no receipt', async (_clock, timestamp) => {
    expect(await post(JSON.stringify({ ...FAILED, messageUpdate: 7, timestamp }))).toBe(200);
    await expect(view()).resolves.toMatchObject({ status: 'failed', failureCode: '7' });
    await expect(kept()).resolves.toEqual([]);
  });

  it.each<[string, unknown]>([
    ['15 minutes ahead', seconds(now + 15 * MINUTE)],
    ['31 days behind', String(seconds(now - 31 * DAY))],
    ['in microseconds', String(now * 1000)],
    ['in ISO 8601', new Date(now).toISOString()],
  ])('%s opens the window that a message opens', async (_clock, timestamp) => {
    const inbound = {
      hook: 'new',
      unique: 'in-1',
      from: CLIENT,
      to: FROM,
      timestamp,
      conversationTimeLeft: '1440',
    };
    expect(await post(JSON.stringify(inbound))).toBe(200);
    const { closesAt } = await bench.conversation();
    expect(Math.abs(Number(closesAt) - (Date.now() + DAY))).toBeLessThan(HOUR);
  });
});

describe('any body', () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      'u1',
      FROM,
      CLIENT,
      'update',
      'system',
      'new',
      'messages',
      -1,
      0,
      1,
      2,
      3,
      4,
      '131026: no',
    ),
  );
  const callback = fc
    .tuple(
      fc.constantFrom<object>(UPDATE, FAILED, { ...UPDATE, hook: 'new' }),
      fc.dictionary(
        fc.constantFrom('ack', 'hook', 'unique', 'messageUpdate', 'errors', 'timestamp', 'to'),
        field,
      ),
    )
    .map(([sample, fields]) => JSON.stringify({ ...sample, ...fields }));
  const body = fc.oneof(
    callback,
    fc.array(callback, { maxLength: 5 }).map((many) => `[${many.join()}]`),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.webQueryParameters(),
  );
  const bytes = fc.oneof(
    body.map((text) => Buffer.from(text)),
    body.map((text) => gzipSync(text)),
    body.map((text) => Buffer.from(text, 'utf16le')),
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  );
  const type = fc.constantFrom(
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded; charset=x',
    ';',
  );
  const encoding = fc.constantFrom('identity', 'gzip', 'deflate', 'br', 'zstd', 'gzip, br');

  it('is answered 200, 400 or 413, and leaves a record that its receipts explain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bytes, type, encoding), { maxLength: 6 }), async (posts) => {
        await redis.client.flushall();
        await accept();
        for (const [sent, contentType, contentEncoding] of posts) {
          const answer = await post(sent, {
            'content-type': contentType,
            'content-encoding': contentEncoding,
          });
          expect([200, 400, 413]).toContain(answer);
        }
        const { status, receipts } = await view();
        expect(status).toBe(statusByReceipts(receipts));
        expect(await post(JSON.stringify({ ...UPDATE, ack: 3 }))).toBe(200);
        await expect(view()).resolves.toMatchObject({ status: 'read' });
      }),
      { numRuns: 100 },
    );
    expect(lines.filter((line) => JSON.parse(line).level === 'error')).toEqual([]);
  });
});
