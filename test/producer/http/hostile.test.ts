import { connect } from 'node:net';
import fc from 'fast-check';
import { type Answer, startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { eventually } from '../../support/wait.js';

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';

const redis = withRedis();
let api: TestApi;

// One for all tests: the server is what is tried, not what it keeps.
beforeAll(async () => {
  api = await startApi(redis.url, { env: { WAYBILL_API_RATE: '100000' } });
});
afterAll(async () => {
  await api.close();
});

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  api.call('POST', '/v1/deliveries', { body, headers });
const fields = (more: Readonly<Record<string, unknown>>) => ({
  from: 'shop',
  to: TO,
  fileUrl: FILE,
  ...more,
});

describe('numbers in all human forms', () => {
  it.each([
    '972501234567',
    '+972 50-123-4567',
    '(972) 50 1234567',
    '\u202a+972\u00a050\u00a01234567\u202c',
    '972.50.123.4567',
    '972 (0)50 1234567',
    '٩٧٢٥٠١٢٣٤٥٦٧',
  ])('takes %s', async (to) => {
    const { status, json } = await post(fields({ to }));
    expect({ status, json }).toMatchObject({ status: 202 });
    const { id } = Object(json);
    await expect(api.call('GET', `/v1/deliveries/${id}`)).resolves.toMatchObject({ json: { to: TO } });
  });

  it.each([
    '050-1234567',
    '00972501234567',
    '39 (0)6 12345678',
    '9.7250123E+11',
    '12345678',
    '',
    'shop',
    '120363000000000000@g.us',
    "1' OR '1'='1",
  ])('says what is wrong with %j, and what would be right', async (to) => {
    const { status, json } = await post(fields({ to }));
    const detail = expect.stringMatching(/: | has |such as/);
    expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ pointer: '/to', detail }] } });
  });
});

it.each([
  '😀'.repeat(1024),
  'שלום, החשבונית שלך',
  '\u202eevil\u202c',
  "'); DROP TABLE deliveries;--",
  '{{constructor}}',
])('keeps the caption %j as it is', async (caption) => {
  const { status, json } = await post(fields({ caption }));
  expect(status).toBe(202);
  const { json: told } = await api.call('GET', `/v1/deliveries/${Object(json).id}`);
  expect(told).toMatchObject({ request: { caption } });
});

it.each(['\u0000', '\u0007', '\ud800', 'smile \ud83d'])('refuses the caption %j', async (caption) => {
  const { status, json } = await post(fields({ caption }));
  expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ pointer: '/caption' }] } });
});

describe('bodies', () => {
  it('refuses 10 MB', async () => {
    const answer = await post(fields({ caption: 'x'.repeat(10_000_000) }));
    expect(answer).toMatchObject({ status: 413, json: { code: 'body_too_large' } });
  });

  it.each(['[', '{"to":', 'hello', '{"a":1}{"b":2}', "{'to': 1}"])(
    'refuses %j, which is no JSON',
    async (body) => {
      await expect(post(body)).resolves.toMatchObject({ status: 400, json: { code: 'malformed_json' } });
    },
  );

  it.each(['[]', 'null', '7', '"text"', 'true', '', '[[[[]]]]'])(
    'refuses %j, which is no request',
    async (body) => {
      await expect(post(body)).resolves.toMatchObject({ status: 422, json: { errors: [{ pointer: '' }] } });
    },
  );

  it('refuses JSON that is nested a hundred thousand deep', async () => {
    const deep = `{"from":"shop","to":"${TO}","fileUrl":"${FILE}","metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    await expect(post(deep)).resolves.toMatchObject({ status: 422, json: { code: 'validation' } });
  });

  it('takes no field for more than it is', async () => {
    const odd = `{"from":"shop","to":"${TO}","fileUrl":"${FILE}","__proto__":{"caption":"x"},"constructor":{"prototype":{}}}`;
    const { status, json } = await post(odd);
    expect({ status, json }).toMatchObject({ status: 422, json: { code: 'validation' } });
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('refuses %s', async (type) => {
    const answer = await post('to=1', { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
  });
});

describe('paths and methods', () => {
  it.each(['/nowhere', '/v1', '/v1/deliveries/a/b/c', '/v2/deliveries'])(
    'has nothing at %s',
    async (path) => {
      const { status, headers, json } = await api.call('GET', path);
      expect({ status, json }).toMatchObject({ status: 404, json: { code: 'route_not_found' } });
      expect(headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('lists the methods of a path that is called with another', async () => {
    const { status, headers, json } = await api.call('PUT', '/v1/deliveries');
    expect({ status, json }).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
    expect(headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('refuses a path that is not percent-encoded as it should be', async () => {
    await expect(api.call('GET', '/v1/deliveries/%ff%zz')).resolves.toMatchObject({ status: 400 });
  });

  it.each(['hello\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'])(
    'answers what is not HTTP: %j',
    async (text) => {
      await expect(sendRaw(text)).resolves.toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"malformed_request"/);
    },
  );
});

it('answers whatever it is sent, and never with a 5xx', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc.integer(),
    fc.constant(TO),
    fc.constant(FILE),
  );
  const names = [
    'id',
    'from',
    'to',
    'fileUrl',
    'caption',
    'sendAt',
    'expiresAt',
    'template',
    'metadata',
    'priority',
  ];
  const body = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);
  const path = fc.constantFrom(
    '/v1/deliveries',
    '/v1/deliveries/x/resend',
    '/v1/deliveries/x/resolve',
    '/v1/accounts/none/pause',
  );
  const query = fc.oneof(fc.constant(''), fc.webQueryParameters());
  await fc.assert(
    fc.asyncProperty(path, query, body, async (to, asked, sent) => {
      const { status, json } = await reached(() => api.call('POST', `${to}?${asked}`, { body: sent }));
      expect({ status, json }).toMatchObject({ status: expect.any(Number), json: expect.anything() });
      expect(status).toBeLessThan(500);
      const { status: found } = await reached(() => api.call('GET', `/v1/deliveries?${asked}`));
      expect(found).toBeLessThan(500);
    }),
    { numRuns: 60 },
  );
});

function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      answer += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** Asks again where a machine that is busy kept Redis from answering in time. */
function reached(call: () => Promise<Answer>): Promise<Answer> {
  return eventually(async () => {
    const answer = await call();
    return answer.status !== 503 && answer;
  });
}
