import fc from 'fast-check';
import { isNumber, parseRecipient } from '../../src/domain/recipient.js';

describe('parseRecipient', () => {
  it.each([
    ['972501234567', '972501234567'],
    ['+972-50-123 4567', '972501234567'],
    ['+972 (50) 123-4567', '972501234567'],
    ['+33.6.12.34.56.00', '33612345600'],
    ['  972501234567\n', '972501234567'],
    ['972–50–1234567', '972501234567'],
    ['972−50−1234567', '972501234567'],
    ['\u202a+972 50\u00a0123\u202f4567\u202c', '972501234567'],
    ['\u200f972501234567\ufeff', '972501234567'],
    ['972501234567@c.us', '972501234567'],
    ['972501234567@s.whatsapp.net', '972501234567'],
    ['12345678', '12345678'],
    ['123456789012345', '123456789012345'],
    ['IL.1605856887361213', 'IL.1605856887361213'],
    [' \u200eIL.1605856887361213 ', 'IL.1605856887361213'],
    ['US.13491208655302741918', 'US.13491208655302741918'],
    ['US.a1B2c3', 'US.a1B2c3'],
    [`IL.${'9'.repeat(128)}`, `IL.${'9'.repeat(128)}`],
  ])('takes %j as %s', (text, recipient) => {
    expect(parseRecipient(text)).toEqual({ ok: true, recipient });
  });

  it.each([
    ['', /^is empty: .*972501234567/],
    [' +- ', /^is empty/],
    ['1203630123456789@g.us', /^is a group: .*one client/],
    ['972501234567-1600517209', /^is a group/],
    ['120363012345678901', /^is a group/],
    ['972501234567-1600517209@G.US', /^is a group/],
    ['00972501234567', /^begins with 00: leave out/],
    ['+00972501234567', /^begins with 00/],
    ['0011972501234567', /^begins with 00/],
    ['0501234567', /^begins with 0: give the country code/],
    ['(050) 123 4567', /^begins with 0: /],
    ['+972 (0)50 123 4567', /^has a 0 in parentheses.*leave that 0 out/],
    ['+44 (020) 7946 0958', /^has a 0 in parentheses/],
    ['972501234567.0', /^is written as spreadsheets write numbers: .*as text/],
    ['9.72501E+11', /^is written as spreadsheets/],
    ['9.72501234567e11', /^is written as spreadsheets/],
    ['٩٧٢٥٠١٢٣٤٥٦٧', /^has digits of another script: .*0-9/],
    ['972５0１234567', /^has digits of another script/],
    ['1-800-FLOWERS', /^is neither a number .* nor a from_id such as/],
    ['972501234567,972501234568', /^is neither/],
    ['972501234567\n972501234568', /^is neither/],
    ['97250\t1234567', /^is neither/],
    ['972501234567 ext 5', /^is neither/],
    ['972501234567 5+', /^is neither/],
    ['++972501234567', /^is neither/],
    ['il.1605856887361213', /^is neither/],
    ['IL.1234', /^is neither/],
    ['IL.Dana Levi', /^is neither/],
    ['IL.somebody', /^is neither/],
    [`IL.${'9'.repeat(129)}`, /^is neither/],
    ['IL.ENT.1605856887361213', /^is neither/],
    ['@c.us', /^is empty/],
    ['1234567', /^has 7 digits: .* 8 to 15$/],
    ['1234567890123456', /^has 16 digits: .* 8 to 15$/],
    ['972501234567972501234567', /^has 24 digits/],
  ])('refuses %j: %s', (text, detail) => {
    expect(parseRecipient(text)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });

  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'0123456789') }),
    fc.constantFrom('+', '-', ' ', '(0)', '.', 'IL.', '@c.us', '@g.us', '\u200e', '00', '.0', 'E+11', '٩'),
  );
  const written = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('takes any string: it comes to a canonical recipient, or to words', () => {
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseRecipient(text);
        if (parsed.ok) expect(parsed.recipient).toMatch(/^([1-9]\d{7,14}|[A-Z]{2}\.[A-Za-z0-9]{5,128})$/);
        else expect(parsed.detail.length).toBeGreaterThan(10);
      }),
    );
  });

  it('leaves what is canonical as it is', () => {
    const number = fc.bigInt(10_000_000n, 999_999_999_999_999n).map(String);
    const fromId = fc.stringMatching(/^[A-Z]{2}\.\d{5,40}$/);
    fc.assert(
      fc.property(fc.oneof(number, fromId), (recipient) => {
        expect(parseRecipient(recipient)).toEqual({ ok: true, recipient });
      }),
    );
  });

  it('finds the same recipient in what it made', () => {
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseRecipient(text);
        if (parsed.ok) expect(parseRecipient(parsed.recipient)).toEqual(parsed);
      }),
    );
  });

  it('finds the number whatever people put between its digits', () => {
    const number = fc.bigInt(10_000_000n, 999_999_999_999_999n).map(String);
    const gap = fc.constantFrom('', '', ' ', '-', '\u00a0', '\u2011', '\u200e', '\u2009');
    fc.assert(
      fc.property(number, fc.array(gap, { minLength: 15, maxLength: 15 }), (digits, gaps) => {
        const spaced = [...digits].map((digit, index) => digit + gaps[index]).join('');
        expect(parseRecipient(`+${spaced}`)).toEqual({ ok: true, recipient: digits });
      }),
    );
  });

  it('repeats nothing of a number in its words', () => {
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseRecipient(text);
        const words = parsed.ok ? '' : parsed.detail.replace(/972501234567|1605856887361213/g, '');
        expect(words).not.toMatch(/\d{4,}/);
      }),
    );
  });
});

describe('isNumber', () => {
  it.each([
    ['972501234567', true],
    ['IL.1605856887361213', false],
    ['', false],
  ])('%s: %s', (recipient, known) => {
    expect(isNumber(recipient)).toBe(known);
  });
});
