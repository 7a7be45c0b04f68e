import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
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
    ['299123456', '299123456'],
    ['498912345678901', '498912345678901'],
    ['(+972) 50-1234567', '972501234567'],
    ['+49 30/1234567', '49301234567'],
    ['\uff19\uff17\uff12\uff15\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17', '972501234567'],
    ['\uff0b972\uff0d50\uff0d123 4567', '972501234567'],
    ['\u0669\u0667\u0662\u0665\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667', '972501234567'],
    ['\u06f9\u06f7\u06f2\u06f5\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7', '972501234567'],
    ['\u096f\u096d\u0968 \u096b\u0966 1234567', '972501234567'],
    ['972\u0665\uff10\u0661234567', '972501234567'],
    ["'972501234567", '972501234567'],
    ['\u2019+972501234567', '972501234567'],
    ['whatsapp:+972501234567', '972501234567'],
    ['WhatsApp: 972501234567', '972501234567'],
    ['tel:+972-50-123-4567', '972501234567'],
    ['sms:+972501234567', '972501234567'],
    ['https://wa.me/972501234567', '972501234567'],
    ['wa.me/+972501234567?text=hi', '972501234567'],
    ['https://wa.me/%2B972501234567/', '972501234567'],
    ['http://www.wa.me/c/972501234567', '972501234567'],
    ['https://api.whatsapp.com/send?phone=972501234567&text=hi', '972501234567'],
    ['https://api.whatsapp.com/send/?text=a&phone=%2B972501234567&app_absent=0', '972501234567'],
    ['https://web.whatsapp.com/send?phone=+972501234567', '972501234567'],
    ['whatsapp://send?phone=972501234567', '972501234567'],
    ['972501234567:12@s.whatsapp.net', '972501234567'],
    // The 0 belongs to the number: Italy, Congo.
    ['+39 06 1234 5678', '390612345678'],
    ['+242 05 512 3456', '242055123456'],
    // Both spellings of one client stay as they were given.
    ['551187654321', '551187654321'],
    ['5215512345678', '5215512345678'],
    ['541112345678', '541112345678'],
    ['22507123456', '22507123456'],
    ['IL.1605856887361213', 'IL.1605856887361213'],
    [' \u200eIL.1605856887361213 ', 'IL.1605856887361213'],
    ['US.13491208655302741918', 'US.13491208655302741918'],
    ['US.a1B2c3', 'US.a1B2c3'],
    ['IL.1234', 'IL.1234'],
    ['IL.somebody', 'IL.somebody'],
    ['US.x', 'US.x'],
    ['IL.ENT.11815799212886844830', 'IL.ENT.11815799212886844830'],
    [`BR.ENT.${'a'.repeat(128)}`, `BR.ENT.${'a'.repeat(128)}`],
    ['whatsapp:IL.1605856887361213', 'IL.1605856887361213'],
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
    ['(050) 123 4567', /^begins with 0: .*set country of the account$/],
    ['501234567', /^has 9 digits, as no number with the country code 501 has: .*set country of the account$/],
    ['+39 (0)6 1234 5678', /^has a 0 in parentheses.*leave that 0 out/],
    ['+1 (0) 202 555 0123', /^has 12 digits, as no number with the country code 1 has/],
    ['12345678', /^has 8 digits, as no number with the country code 1 has/],
    ['123456789012345', /^has 15 digits, as no number with the country code 1 has/],
    ['+3312345678', /^has 10 digits, as no number with the country code 33 has/],
    ['999123456789', /^begins with no country code that there is/],
    ['+52 044 55 1234 5678', /^has 15 digits, as no number with the country code 52/],
    ['tel:+972501234567;ext=5', /^has an extension/],
    ['+972501234567;phone-context=x', /^has an extension/],
    ['https://wa.me/message/ABCDEF', /^is neither/],
    ['https://wa.me/', /^is empty/],
    ['https://api.whatsapp.com/send?text=hi', /^is empty/],
    ['https://chat.whatsapp.com/AbCdEf', /^is a group/],
    ['https://example.com/972501234567', /^is neither/],
    ['123456789012345@lid', /^is an id that WhatsApp uses inside/],
    ['972501234567/0521234567', /^looks like two numbers/],
    ['0541234567/8', /^looks like two numbers/],
    ['IL.', /^is neither/],
    ['IL.ENT.', /^is neither/],
    ['IL.A.1605856887361213', /^is neither/],
    [`IL.ENT.${'9'.repeat(129)}`, /^is neither/],
    ['972501234567.0', /^is written as spreadsheets write numbers: .*as text/],
    ['9.72501E+11', /^is written as spreadsheets/],
    ['9.72501234567e11', /^is written as spreadsheets/],
    ['1-800-FLOWERS', /^is neither a number .* nor a from_id such as/],
    ['972501234567,972501234568', /^is neither/],
    ['972501234567\n972501234568', /^is neither/],
    ['97250\t1234567', /^is neither/],
    ['972501234567 ext 5', /^is neither/],
    ['972501234567 5+', /^is neither/],
    ['++972501234567', /^is neither/],
    ['il.1605856887361213', /^is neither/],
    ['IL.Dana Levi', /^is neither/],
    [`IL.${'9'.repeat(129)}`, /^is neither/],
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
        if (parsed.ok)
          expect(parsed.recipient).toMatch(/^([1-9]\d{7,14}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})$/);
        else expect(parsed.detail.length).toBeGreaterThan(10);
      }),
    );
  });

  /** Mobile numbers of countries with and without a national prefix, and of fixed and free length. */
  const number = fc
    .oneof(
      ...['9725', '4479', '4915', '3361', '5511', '5255', '9198', '7916', '3466', '6591', '1202', '8613'].map(
        (start) => fc.integer({ min: 20_000_000, max: 89_999_999 }).map((rest) => `${start}${rest}`),
      ),
    )
    .filter((digits) => parsePhoneNumberFromString(`+${digits}`)?.isPossible() === true);

  it('leaves what is canonical as it is', () => {
    const fromId = fc.stringMatching(/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/);
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
        if (!parsed.ok) return;
        const { recipient } = parsed;
        // Read once more there is nothing left to warn of.
        expect(parseRecipient(recipient)).toEqual({ ok: true, recipient });
      }),
    );
  });

  it('finds the number whatever people put between its digits', () => {
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
