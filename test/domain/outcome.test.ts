import { isOutcome } from '../../src/domain/outcome.js';

describe('isOutcome', () => {
  it.each([
    ['accepted', true],
    ['not_sent', true],
    ['sent', false],
    ['constructor', false],
    [undefined, false],
  ])('%j: %s', (word, known) => {
    expect(isOutcome(word)).toBe(known);
  });
});
