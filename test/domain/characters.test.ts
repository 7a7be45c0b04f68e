import fc from 'fast-check';
import { countCharacters } from '../../src/domain/characters.js';

describe('countCharacters', () => {
  it.each([
    ['', 0],
    ['invoice', 7],
    ['חשבונית', 7],
    ['😀', 1],
    ['👍🏽', 2],
    ['e\u0301', 2],
    ['\ud83d', 1],
    ['\ude00\ud83d', 2],
  ])('%j has %d', (text, count) => {
    expect(countCharacters(text)).toBe(count);
  });

  it('is the number of code points of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(countCharacters(text)).toBe([...text].length);
      }),
    );
  });
});
