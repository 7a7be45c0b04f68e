import fc from 'fast-check';
import { brokenCharacter, countCharacters } from '../../src/domain/characters.js';

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

describe('brokenCharacter', () => {
  it.each([
    ['smile \ud83d', /^holds half of a character, U\+D83D as character 7: give whole ones/],
    ['\ude00 smile', /^holds half of a character, U\+DE00 as character 1/],
    ['\ude00\ud83d', /U\+DE00 as character 1/],
    ['😀\u0000', /^holds a control character, U\+0000 as character 2: leave it out$/],
    ['a\u000bb', /U\+000B as character 2/],
    ['\u001b[31m', /U\+001B/],
  ])('%j: %s', (text, words) => {
    expect(brokenCharacter(text)).toMatch(words);
  });

  it.each([
    '',
    'Hi,\r\n\tyou',
    '😀👍🏽',
    'שלום',
    'e\u0301',
    '\u202eevil\u202c',
    '\ufffd',
    '\u0085',
    '\u{10ffff}',
  ])('finds nothing in %j', (text) => {
    expect(brokenCharacter(text)).toBeNull();
  });

  it('finds a lone surrogate in any text that is not well formed, and in no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % (text.length + 1));
        const printable = [...cut].filter((character) => character >= ' ').join('');
        expect(brokenCharacter(printable) === null).toBe(Buffer.from(printable).toString() === printable);
      }),
    );
  });
});
