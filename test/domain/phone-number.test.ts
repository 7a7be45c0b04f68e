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

it('overlooks no number of a country that has no prefix in front', () => {
  const national = fc
    .constantFrom(...getCountries())
    .chain((country) => fc.stringMatching(/^[1-9]\d{5,11}$/).map((digits) => ({ country, digits })));
  fc.assert(
    fc.property(national, ({ country, digits }) => {
      const read = readIn(country, digits);
      const isBare = read?.isValid === true && read.national() === digits;
      expect(isBare && !mayBeOf(country, digits)).toBe(false);
    }),
    { numRuns: 1000 },
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
