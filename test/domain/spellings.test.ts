import fc from 'fast-check';
import { parseRecipient } from '../../src/domain/recipient.js';
import { conversationOf, spellingsOf, whatsAppSpelling } from '../../src/domain/spellings.js';

describe('conversationOf', () => {
  it.each([
    // Brazil, with and without the ninth digit, in areas that keep it on WhatsApp (11-28) and in those that do not.
    ['5511987654321', '551187654321'],
    ['5521998765432', '552198765432'],
    ['5531987654321', '553187654321'],
    ['5562981234567', '556281234567'],
    ['5599991234567', '559991234567'],
    ['5547961234567', '554761234567'],
    // Mexico, with and without the 1 of before 2019.
    ['525512345678', '5215512345678'],
    ['528112345678', '5218112345678'],
    // Argentina, with and without the 9 of mobile numbers.
    ['5491112345678', '541112345678'],
    ['5492954123456', '542954123456'],
    ['5493511234567', '543511234567'],
    // Côte d'Ivoire of before 2021, by operator; Benin of before November 2024.
    ['2250102123456', '22502123456'],
    ['2250504123456', '22504123456'],
    ['2250707123456', '22507123456'],
    ['2250758123456', '22558123456'],
    ['2290161234567', '22961234567'],
  ])('is %s under %s too', (dialled, other) => {
    expect(conversationOf(dialled)).toBe(dialled);
    expect(conversationOf(other)).toBe(dialled);
    expect(spellingsOf(other)).toEqual([other, dialled]);
    expect(spellingsOf(dialled)).toEqual([dialled, other]);
  });

  it.each([
    ['972501234567', 'of a country without'],
    ['IL.1605856887361213', 'no number'],
    ['US.55abc', 'no number'],
    ['551143211234', 'a landline of São Paulo: eight digits that begin with 2-5'],
    ['5511943211234', 'a mobile number that would be that landline without its 9'],
    ['552087654321', 'no area code'],
    ['5511787654', 'too short'],
    ['5518001234567', 'no mobile number'],
    ['520012345678', 'no area code of Mexico'],
    ['5411123456789', 'too long'],
    ['546111234567', 'no mobile number of Argentina'],
    ['2252512345678', 'a landline of Côte d’Ivoire'],
    ['22520123456', 'such a landline of before 2021'],
    ['', 'nothing'],
  ])('leaves %s alone (%s)', (recipient) => {
    expect(conversationOf(recipient)).toBe(recipient);
    expect(spellingsOf(recipient)).toEqual([recipient]);
  });

  it('finds one conversation for all spellings of it, and no other', () => {
    const number = fc.oneof(
      fc
        .constantFrom('55', '52', '521', '54', '549', '225', '229', '22901')
        .chain((start) => fc.stringMatching(/^\d{8,11}$/).map((rest) => `${start}${rest}`)),
      fc.stringMatching(/^[1-9]\d{7,14}$/),
    );
    fc.assert(
      fc.property(number, (recipient) => {
        const spellings = spellingsOf(recipient);
        expect(spellings[0]).toBe(recipient);
        expect(spellings.length).toBeLessThanOrEqual(2);
        const conversation = conversationOf(recipient);
        expect(new Set(spellings.map(conversationOf))).toEqual(new Set([conversation]));
        expect([...spellingsOf(conversation)].sort()).toEqual([...spellings].sort());
      }),
    );
  });

  it('joins spellings that are recipients, each as it is written', () => {
    const other = fc.oneof(
      fc.stringMatching(/^55(11|21|31|62|91)[6-9]\d{7}$/),
      fc.stringMatching(/^521[2-9]\d{9}$/),
      fc.stringMatching(/^54(11|2[2-9]|3[4-8])[2-9]\d{7}$/),
      fc.stringMatching(/^229[469]\d{7}$/),
    );
    fc.assert(
      fc.property(other, (written) => {
        for (const to of spellingsOf(written)) {
          expect(parseRecipient(to)).toEqual({ ok: true, recipient: to });
          expect(parseRecipient(`+${to}`)).toEqual({ ok: true, recipient: to });
        }
      }),
    );
  });
});

it.each([
  ['5511987654321', '5511987654321'],
  ['551187654321', '5511987654321'],
  ['5562987654321', '556287654321'],
  ['556287654321', '556287654321'],
  // Given out after the ninth digit came.
  ['5562943211234', '5562943211234'],
  ['525512345678', '5215512345678'],
  ['5215512345678', '5215512345678'],
  ['541112345678', '5491112345678'],
  ['972501234567', '972501234567'],
  ['IL.1605856887361213', 'IL.1605856887361213'],
])('WhatsApp calls %s %s', (recipient, shown) => {
  expect(whatsAppSpelling(recipient)).toBe(shown);
});
