import fc from 'fast-check';
import { sanitiseDetail } from '../../src/provider/detail.js';
import { ATTEMPT, clientOf, FILE } from './examples.js';
import { http, openRawProvider } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

it.each([
  ['connect ECONNREFUSED 10.0.0.1:80', 'connect ECONNREFUSED [number]:80'],
  ['file too large: 5 of 16 MB', 'file too large: 5 of 16 MB'],
  ['no such number +972 50-123-4567!', 'no such number +[number]!'],
  ['to ٩٧٢٥٠١٢٣٤ failed', 'to [number] failed'],
  ['9\u200b7\u200b2\u200b5\u200b0', '[number]'],
  ['see https://files.example/a?sig=1 for more', 'see [link] for more'],
  ['see WWW.example.com/a?b=1', 'see [link]'],
  ['id 5c1f0bd2a9e84d7f9b3e in use', 'id [token] in use'],
  ['two\r\nlines\tand\u0000more', 'two lines and more'],
  ['key hunter2 refused', 'key [hidden] refused'],
  ['key a%2Fb%20c refused', 'key [hidden] refused'],
  ['', ''],
])('makes %j into %j', (text, detail) => {
  expect(sanitiseDetail(text, ['hunter2', 'a/b c', 'to'])).toBe(detail);
});

it('cuts at 200 characters, and never through one', () => {
  const detail = sanitiseDetail(`${'x '.repeat(99)}😀😀😀`);
  expect(detail).toHaveLength(199);
  expect(detail.endsWith('x …')).toBe(true);
});

it('reads no more than the beginning of a long text, and no half words', () => {
  expect(sanitiseDetail('a'.repeat(64 * 1024))).toBe('');
  expect(sanitiseDetail(`${' 12345'.repeat(333)} x50123456`)).not.toMatch(/\d/);
  expect(sanitiseDetail('a.'.repeat(32 * 1024))).toBe('');
});

it('never lets a key, a number or a link through', () => {
  const noise = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u200b', '\n', '12345', '"'));
  const key = fc.string({ minLength: 8, unit: fc.constantFrom(...'abcdefghjkmnpqrs-_.') });
  fc.assert(
    fc.property(fc.array(noise), key, fc.array(noise), (before, secret, after) => {
      const text = [...before, secret, 'https://a.example/?k=1', ...after].join('');
      const detail = sanitiseDetail(text, [secret]);
      expect(detail.includes(secret)).toBe(false);
      expect(detail).not.toMatch(/\p{Nd}{5}|:\/\//u);
      expect(detail.length).toBeLessThanOrEqual(200);
    }),
    { numRuns: 1000 },
  );
});

it('tells what the provider said, but nothing of what it was told', async () => {
  const said = `type not allowed: ${JSON.stringify(FILE)} for +972-50-123-4567`;
  const answer = http(200, JSON.stringify({ status: 'FAIL', reason: 9, message: said }));
  const provider = untilEnd(await openRawProvider({ onRequest: (socket) => socket.write(answer) }));
  const client = untilEnd(clientOf(provider.url));
  const outcome = await client.sendFile(FILE, ATTEMPT);
  expect(outcome).toMatchObject({ detail: expect.stringContaining('type not allowed') });
  for (const value of Object.values(FILE)) expect(JSON.stringify(outcome)).not.toContain(value);
  expect(JSON.stringify(outcome)).not.toMatch(/\d{5}|123-4567/);
});
