import { hash } from 'node:crypto';
import { createTokenCheck, isAmong } from '../../src/webhooks/auth.js';

const TOKENS = ['first-token-of-three', 'second-token-of-three', 'third-token-of-three'];

test.each(TOKENS)('accepts any of the valid tokens (%#)', (token) => {
  expect(createTokenCheck(() => TOKENS)(token)).toBe(true);
});

test.each([
  ['another token', 'some-other-token-here', TOKENS],
  ['a beginning of one', 'first-token', TOKENS],
  ['one with more behind it', 'first-token-of-three!', TOKENS],
  ['any token where there are none', 'first-token-of-three', []],
  ['an empty token, even where one was configured', '', ['']],
])('refuses %s', (_name, given, valid) => {
  expect(createTokenCheck(() => valid)(given)).toBe(false);
});

test('follows tokens that change while it runs', () => {
  let valid: readonly string[] = ['the-token-of-before'];
  const isValid = createTokenCheck(() => valid);
  expect(['the-token-of-before', 'the-token-of-now'].map(isValid)).toEqual([true, false]);
  valid = ['the-token-of-now'];
  expect(['the-token-of-before', 'the-token-of-now'].map(isValid)).toEqual([false, true]);
});

test.each([...TOKENS, 'none-of-them'])('compares with every token, whichever matches (%#)', (given) => {
  const digests = TOKENS.map((token) => hash('sha256', token, 'buffer'));
  const read = new Set<Buffer>();
  const valid = {
    ...digests,
    length: digests.length,
    *[Symbol.iterator]() {
      for (const digest of digests) {
        yield digest;
        // Reached only when the digest was taken and the next one is asked for.
        read.add(digest);
      }
    },
  };
  isAmong(hash('sha256', given, 'buffer'), Object.setPrototypeOf(valid, Array.prototype));
  expect([...read]).toEqual(digests);
});
