import { isValidToken } from '../../src/webhooks/auth.js';

const TOKENS = ['first-token-of-three', 'second-token-of-three', 'third-token-of-three'];

test.each(TOKENS)('accepts any of the valid tokens (%#)', (token) => {
  expect(isValidToken(token, TOKENS)).toBe(true);
});

test.each([
  ['another token', 'some-other-token-here', TOKENS],
  ['a beginning of one', 'first-token', TOKENS],
  ['one with more behind it', 'first-token-of-three!', TOKENS],
  ['any token where there are none', 'first-token-of-three', []],
  ['an empty token, even where one was configured', '', ['']],
])('refuses %s', (_name, given, valid) => {
  expect(isValidToken(given, valid)).toBe(false);
});

test.each([...TOKENS, 'none-of-them'])('compares with every token, whichever matches (%#)', (given) => {
  const read = new Set<string>();
  const tokens = {
    ...TOKENS,
    length: TOKENS.length,
    *[Symbol.iterator]() {
      for (const token of TOKENS) {
        yield token;
        // Reached only when the token was taken and the next one is asked for.
        read.add(token);
      }
    },
  };
  isValidToken(given, Object.setPrototypeOf(tokens, Array.prototype));
  expect([...read]).toEqual(TOKENS);
});
