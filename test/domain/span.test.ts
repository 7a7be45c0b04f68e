import { formatSpan } from '../../src/domain/span.js';

it.each([
  [0, '0 s'],
  [-5, '0 s'],
  [1_499, '1 s'],
  [90_000, '1 min 30 s'],
  [86_399_000, '23 h 59 min'],
  [90_061_000, '1 d 1 h'],
])('tells %i ms as %s', (ms, words) => {
  expect(formatSpan(ms)).toBe(words);
});
