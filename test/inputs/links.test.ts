import fc from 'fast-check';
import { FACES, type Faces, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

beforeEach(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true, historyFileMessage: 'link' } });
  faces = await openFaces({ url: redis.url, waybill: stack.waybill });
});
afterEach(async () => {
  await faces.close();
  await stack.close();
});

const TO = '972501234567';
const HEBREW = 'https://files.example.com/חשבונית-7.pdf';
const ENCODED = 'https://files.example.com/%D7%97%D7%A9%D7%91%D7%95%D7%A0%D7%99%D7%AA-7.pdf';

const sent = async (id: string): Promise<readonly string[]> => {
  await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
  return stack.sandbox.accepted().map(({ body }) => body);
};

it.each(FACES)('sends a link with Hebrew letters in one encoded form, by %s', async (face) => {
  const answer = await faces.enqueue(face, { to: TO, fileUrl: HEBREW, id: 'one' });
  expect(answer).toEqual({ taken: true, id: 'one', warnings: [] });
  await expect(sent('one')).resolves.toEqual([ENCODED]);
  const { json } = await faces.api.call('GET', '/v1/deliveries/one');
  expect(json).toMatchObject({ request: { fileUrl: ENCODED } });
});

type Spelling = readonly [fact: string, written: string, kept: string];

const SPELLINGS: readonly Spelling[] = [
  [
    'an internationalised host name, RFC 5891',
    'https://קבצים.example/a.pdf',
    'https://xn--5dbqm8ad.example/a.pdf',
  ],
  [
    'a host in capitals, and its own port',
    'HTTPS://Files.Example.com:443/a.pdf',
    'https://files.example.com/a.pdf',
  ],
  ['a full-width host, UTS 46', 'https://ｆiles.example.com/a.pdf', 'https://files.example.com/a.pdf'],
  ['an accent in the query', 'https://f.example/a.pdf?n=é', 'https://f.example/a.pdf?n=%C3%A9'],
  [
    'a letter and its combining mark, as macOS names files',
    'https://f.example/e\u0301.pdf',
    'https://f.example/e%CC%81.pdf',
  ],
  ['quotes, RFC 3986 section 2', 'https://f.example/"a".pdf', 'https://f.example/%22a%22.pdf'],
];

it('keeps every spelling in the form that HTTP clients ask for', async () => {
  for (const [index, [, written, kept]] of SPELLINGS.entries()) {
    const id = `spelling-${index}`;
    await faces.enqueue('http', { to: TO, fileUrl: written, id });
    const { fileUrl } = Object((await stack.waybill.get(id)).request);
    expect(fileUrl).toBe(kept);
  }
});

const SIGNED: readonly (readonly [fact: string, query: string])[] = [
  [
    'S3, SigV4: lower-case hex and %2F in the credential',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20261122%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=ab12',
  ],
  [
    'S3, SigV2: + and = in Base64',
    'AWSAccessKeyId=AK&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&Expires=1995343400',
  ],
  ['Azure SAS', 'sv=2024-11-04&se=2036-11-22T10%3A30%3A00Z&sr=b&sp=r&sig=a%2Fb%2Bc%3D'],
  ['CloudFront: ~ _ and - stand for + = /', 'Policy=eyJ~_-&Signature=a~b_-&Key-Pair-Id=K1'],
  ['Cloudinary and others: raw + and /', 'token=a+b/c=='],
  ['lower-case escapes, as .NET writes them', 'sig=a%2fb%3d'],
  ['what needs no escape, escaped', 'name=%7Ea%2Eb'],
];

it('lets no byte of a signed query change', async () => {
  for (const [index, [, query]] of SIGNED.entries()) {
    const fileUrl = `https://files.example.com/a%20b/%7Ec%2fd.pdf?${query}`;
    await faces.enqueue('http', { to: TO, fileUrl, id: `signed-${index}` });
    await expect(sent(`signed-${index}`)).resolves.toContain(fileUrl);
  }
});

it.each([
  ['the library, then HTTP', 'library', 'http'],
  ['HTTP, then a file of lines', 'http', 'ndjson file'],
  ['a sheet, then options', 'csv file', 'options'],
] as const)('knows the raw and the encoded link as one delivery: %s', async (_what, first, second) => {
  await faces.enqueue(first, { to: TO, fileUrl: HEBREW, id: 'one' });
  const again = await faces.enqueue(second, { to: TO, fileUrl: ENCODED, id: 'one' });
  expect(again).toMatchObject({ taken: true, id: 'one' });
  await expect(sent('one')).resolves.toEqual([ENCODED]);
});

it('makes one id out of both spellings where a line brings none', async () => {
  const [raw, encoded] = [
    await faces.enqueue('ndjson', { to: TO, fileUrl: HEBREW }),
    await faces.enqueue('ndjson', { to: TO, fileUrl: ENCODED }),
  ];
  expect(raw).toMatchObject({ taken: true });
  expect(Object(encoded).id).toBe(Object(raw).id);
});

it.each([
  ['a line break from a cell', '\r\n'],
  ['a no-break space from a page', '\u00a0'],
  ['a byte order mark', '\ufeff'],
  ['a mark of direction from a chat', '\u200f'],
])('takes %s around a link away, and says so', async (_what, blank) => {
  const answer = await faces.enqueue('http', { to: TO, fileUrl: `${blank}${ENCODED}${blank}`, id: 'one' });
  expect(answer).toMatchObject({
    taken: true,
    warnings: [{ pointer: '/fileUrl', detail: expect.stringContaining('white space') }],
  });
  await expect(sent('one')).resolves.toEqual([ENCODED]);
});

it('changes a link to the same form', async () => {
  const sendAt = Date.now() + 3_600_000;
  await faces.enqueue('http', { to: TO, fileUrl: 'https://files.example.com/a.pdf', id: 'one', sendAt });
  const changed = await faces.api.call('PATCH', '/v1/deliveries/one', { body: { fileUrl: `${HEBREW} ` } });
  expect(changed).toMatchObject({ status: 200, json: { warnings: [{ pointer: '/fileUrl' }] } });
  await expect(stack.waybill.get('one')).resolves.toMatchObject({ request: { fileUrl: ENCODED } });
});

it('settles a send whose reply was lost by the encoded link in the history', async () => {
  stack.sandbox.fault({ kind: 'lose_reply' });
  await faces.enqueue('http', { to: TO, fileUrl: HEBREW, id: 'one' });
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 30_000 });
  expect(stack.sandbox.accepted()).toHaveLength(1);
}, 60_000);

describe('long links', () => {
  const link = (length: number) =>
    'https://files.example.com/a.pdf?X-Amz-Security-Token='.padEnd(length, 'x');

  it.each(FACES)('takes and sends one of 4,096 characters by %s', async (face) => {
    await faces.enqueue(face, { to: TO, fileUrl: link(4096), id: 'one', showRequest: true });
    await expect(sent('one')).resolves.toEqual([link(4096)]);
  });

  it.each(FACES)('says how long one may be that has 4,097 by %s', async (face) => {
    const answer = await faces.enqueue(face, { to: TO, fileUrl: link(4097) });
    expect(JSON.stringify(answer)).toMatch(/has 4097 characters: at most 4096 are taken/);
  });

  it('counts after percent-encoding', async () => {
    const fileUrl = `https://files.example.com/${'ש'.repeat(700)}.pdf`;
    const answer = await faces.enqueue('http', { to: TO, fileUrl });
    expect(answer).toMatchObject({ taken: false, errors: [{ detail: expect.stringMatching(/^has 4230 /) }] });
  });

  it('tells the limit in the OpenAPI document', async () => {
    const { json } = await faces.api.call('GET', '/openapi.json');
    const { DeliveryRequest } = Object(json).components.schemas;
    expect(DeliveryRequest.properties.fileUrl).toMatchObject({ type: 'string', maxLength: 4096 });
  });
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((written) => written.replace(/[\s\p{Cc}\p{Cf}\p{Cs}\\/?#.%]/gu, ''))
  .filter((written) => written !== '');
const query = fc.stringMatching(/^([\w.~!*()+=:@$,;/-]|%[0-9a-fA-F]{2}){0,40}$/);

it('sends any link that it takes once, in a form that a client would ask for, and finds it again', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FACES), name, query, async (face, file, signed) => {
      count += 1;
      const [id, to] = [`link-${count}`, `97250${2_000_000 + count}`];
      const fileUrl = `https://files.example.com/${file}.pdf?${signed}`;
      const answer = await faces.enqueue(face, { to, fileUrl, id });
      expect(answer).toEqual({ taken: true, id, warnings: [] });
      await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
      const bodies = stack.sandbox.accepted({ to }).map(({ body }) => body);
      expect(bodies).toEqual([new URL(fileUrl).href]);
      expect(bodies[0]?.endsWith(`.pdf?${signed}`)).toBe(true);
      expect(stack.sandbox.history({ to })).toMatchObject([{ body: bodies[0] }]);
      expect(Object((await stack.waybill.get(id)).request).fileUrl).toBe(bodies[0]);
    }),
    { numRuns: 40 },
  );
}, 120_000);
