import fc from 'fast-check';
import { FACES, type Face, type Faces, JSON_FACES, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

beforeEach(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  faces = await openFaces({ url: redis.url, waybill: stack.waybill });
});
afterEach(async () => {
  await faces.close();
  await stack.close();
});

const FINE = { to: '972501234567', fileUrl: 'https://files.example.com/invoice.pdf' };

type Broken = readonly [
  fact: string,
  fields: Readonly<Record<string, unknown>>,
  pointer: string,
  detail: RegExp,
];

const BROKEN: readonly Broken[] = [
  [
    'a caption cut through an emoji: substring() counts code units',
    { caption: 'smile \ud83d' },
    '/caption',
    /^holds half of a character, U\+D83D as character 7/,
  ],
  ['the other half of it', { caption: '\ude00 hello' }, '/caption', /U\+DE00 as character 1/],
  ['halves in the wrong order', { caption: '\ude00\ud83d' }, '/caption', /half of a character/],
  [
    'NUL, which PostgreSQL and C programs end at',
    { caption: 'a\u0000b' },
    '/caption',
    /U\+0000 as character 2/,
  ],
  ['the escape of a terminal’s colours', { caption: '\u001b[31mred' }, '/caption', /control character/],
  ['Word’s soft line break', { caption: 'a\u000bb' }, '/caption', /U\+000B/],
  ['a quoted message', { replyTo: 'wamid\ud800' }, '/replyTo', /half of a character/],
  ['a template’s name', { template: { name: 'bill\ud83d' } }, '/template/name', /half/],
  [
    'a template’s variable',
    { template: { name: 'x', variables: ['ok', '\ud83d'] } },
    '/template/variables/1',
    /half/,
  ],
  ['a value of the metadata', { metadata: { order: '7\ud83d' } }, '/metadata/order', /half/],
  [
    'a name in the metadata',
    { metadata: { 'a\ud83d': '7' } },
    '/metadata/a\ud83d',
    /has a name that holds half/,
  ],
  ['the link', { fileUrl: 'https://files.example.com/\ud83d.pdf' }, '/fileUrl', /half/],
];

it.each(JSON_FACES)('refuses what comes broken by %s, each with its pointer', async (face) => {
  const answers = BROKEN.map(async ([fact, fields]) => [
    fact,
    await faces.enqueue(face, { ...FINE, ...fields }),
  ]);
  expect(await Promise.all(answers)).toEqual(
    BROKEN.map(([fact, , pointer, detail]) => [
      fact,
      { taken: false, errors: [{ pointer, detail: expect.stringMatching(detail) }] },
    ]),
  );
});

it('points to each text that is broken, all at once', async () => {
  const fields = { caption: '\ud83d', replyTo: '\u0000', metadata: { a: '\udfff' } };
  const answer = await faces.enqueue('http', { ...FINE, ...fields });
  expect(answer).toMatchObject({
    errors: [{ pointer: '/caption' }, { pointer: '/replyTo' }, { pointer: '/metadata/a' }],
  });
});

it('warns of text that was decoded wrongly before it came here', async () => {
  const answer = await faces.enqueue('http', { ...FINE, caption: 'Caf\ufffd' });
  expect(answer).toMatchObject({ taken: true, warnings: [{ pointer: '/caption' }] });
});

it.each([
  ['latin1', Buffer.from('Café 7', 'latin1')],
  ['the first half of a character', Buffer.from('😀').subarray(0, 2)],
  ['half of a surrogate pair as three bytes', Buffer.from([0xed, 0xa0, 0xbd])],
])('refuses a body that is not UTF-8: %s', async (_what, bytes) => {
  const [before = '', after = ''] = JSON.stringify({ from: 'shop', ...FINE, caption: '|' }).split('|');
  const body = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
  const headers = { authorization: 'Bearer secret-of-the-boss', 'content-type': 'application/json' };
  const answer = await fetch(`${faces.api.url}/v1/deliveries`, { method: 'POST', headers, body });
  expect(answer.status).toBe(400);
  await expect(answer.json()).resolves.toMatchObject({
    code: 'malformed_json',
    detail: expect.stringContaining('UTF-8'),
  });
});

it('reads a body behind a byte order mark', async () => {
  const body = `\ufeff${JSON.stringify({ from: 'shop', ...FINE })}`;
  await expect(faces.api.call('POST', '/v1/deliveries', { body })).resolves.toMatchObject({ status: 202 });
});

/** Text as people send it: any whole characters, line breaks and marks of both directions among them. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((written) => written.replace(/\p{Cc}/gu, '\n').trim())
  .filter((written) => written !== '' && !written.startsWith('='));

// An option cannot hold every text, and a cell's own rules are tested with sheets.
const VERBATIM: readonly Face[] = FACES.filter((face) => face !== 'csv file');

it('sends what it takes once, as it was written, and shows it so on every face', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...VERBATIM), text, async (face, caption) => {
      count += 1;
      const id = `text-${count}`;
      const answer = await faces.enqueue(face, { ...FINE, id, to: `97250${1_000_000 + count}`, caption });
      expect(answer).toEqual({ taken: true, id, warnings: [] });
      await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
      const [sent, ...more] = stack.sandbox.accepted({ to: `97250${1_000_000 + count}` });
      expect({ caption: sent?.caption, more }).toEqual({ caption, more: [] });
      const { json } = await faces.api.call('GET', `/v1/deliveries/${id}`);
      expect(json).toMatchObject({ request: { caption } });
      await expect(stack.waybill.get(id)).resolves.toMatchObject({ request: { caption } });
      expect(stack.sandbox.history({ to: `97250${1_000_000 + count}` })).toMatchObject([{ caption }]);
    }),
    { numRuns: 40 },
  );
}, 120_000);
