import fc from 'fast-check';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isCountry, mayBeOf, readIn, readInternational } from '../../src/domain/phone-number.js';
import { conversationOf } from '../../src/domain/spellings.js';

/** What the library alone makes of digits with a country code. */
function byLibrary(digits: string): string | null {
  const parsed = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  const read = parsed?.isPossible() ? parsed.number.slice(1) : '';
  return read.length >= 8 && read.length <= 15 ? read : null;
}

const anyNumber = fc.constantFrom(...getCountries()).chain((country) =>
  fc
    .tuple(
      fc.constantFrom('', '', '0', '1', '8', '9', '06', '15', '90', '01'),
      fc.stringMatching(/^\d{4,12}$/),
    )
    .map(([prefix, rest]) => `${getCountryCallingCode(country)}${prefix}${rest}`)
    .filter((digits) => /^[1-9]\d{7,14}$/.test(digits)),
);

it('reads every number as the library does, in every country', () => {
  fc.assert(
    fc.property(anyNumber, (digits) => {
      fc.pre(conversationOf(digits) === digits);
      expect(readInternational(digits)).toBe(byLibrary(digits));
    }),
    { numRuns: 3000 },
  );
});

it('overlooks no number that is dialled so within a country', () => {
  const prefixes = fc.constantFrom('', '8', '80', '1');
  const national = fc.record({
    country: fc.oneof(fc.constantFrom(...getCountries()), fc.constantFrom('BY', 'KZ', 'RU', 'TM', 'US')),
    digits: fc.tuple(prefixes, fc.stringMatching(/^[1-9]\d{5,11}$/)).map((parts) => parts.join('')),
  });
  fc.assert(
    fc.property(national, ({ country, digits }) => {
      const read = readIn(country, digits);
      const isDialled = read?.isValid === true && read.digits !== digits && read.national() === digits;
      expect(isDialled && !mayBeOf(country, digits)).toBe(false);
    }),
    {
      numRuns: 3000,
      examples: [[{ country: 'TM', digits: '820000000' }], [{ country: 'RU', digits: '84951234567' }]],
    },
  );
});

it.each([
  ['IL', true],
  ['BR', true],
  ['il', false],
  ['XX', false],
  ['', false],
  ['toString', false],
])('knows the country %s: %s', (text, known) => {
  expect(isCountry(text)).toBe(known);
});
