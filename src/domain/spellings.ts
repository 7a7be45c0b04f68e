/**
 * A country whose mobile numbers WhatsApp knows by two spellings: an app writes the one, callbacks tell the other. Both
 * reach the same person, and no landline looks like the other spelling.
 */
type Country = {
  /** The spelling beside the number as it is dialled today, and what that makes of it. */
  readonly other: RegExp;
  readonly toDialled: string;
  /** The way back. */
  readonly dialled: RegExp;
  readonly toOther: string;
};

/** 55 and an area code. What follows in a landline are eight digits that begin with 2-5. */
const BRAZIL = '(?<area>55(?:1[1-9]|2[12478]|3[1-578]|[4689][1-9]|5[1345]|7[134579]))';

const COUNTRIES: readonly Country[] = [
  // Brazil put a 9 in front of all mobile numbers from 2012 to 2016.
  {
    other: new RegExp(`^${BRAZIL}(?<rest>[6-9]\\d{7})$`),
    toDialled: '$<area>9$<rest>',
    dialled: new RegExp(`^${BRAZIL}9(?<rest>[6-9]\\d{7})$`),
    toOther: '$<area>$<rest>',
  },
  // Mexico dropped the 1 behind its country code in 2019.
  {
    other: /^521(?<rest>[2-9]\d{9})$/,
    toDialled: '52$<rest>',
    dialled: /^52(?<rest>[2-9]\d{9})$/,
    toOther: '521$<rest>',
  },
  // Argentina's mobile numbers have a 9 behind the country code, for calls from abroad.
  {
    other: /^54(?<rest>11\d{8}|[23]\d{9})$/,
    toDialled: '549$<rest>',
    dialled: /^549(?<rest>11\d{8}|[23]\d{9})$/,
    toOther: '54$<rest>',
  },
  // Benin (2024) and Côte d'Ivoire (2021) went from eight digits to ten; WhatsApp keeps who was there before by eight.
  {
    other: /^229(?<rest>\d{8})$/,
    toDialled: '22901$<rest>',
    dialled: /^22901(?<rest>\d{8})$/,
    toOther: '229$<rest>',
  },
  ...[
    ['01', '0-3'],
    ['05', '4-6'],
    ['07', '7-9'],
  ].map(([operator, second]) => ({
    other: new RegExp(`^225(?<rest>[04-9][${second}]\\d{6})$`),
    toDialled: `225${operator}$<rest>`,
    dialled: new RegExp(`^225${operator}(?<rest>[04-9][${second}]\\d{6})$`),
    toOther: '225$<rest>',
  })),
];

/** Nearly no number needs a second look. */
const CONCERNED = /^(?:5[245]|22[59])/;

/**
 * The name of a recipient's conversation: the number as it is dialled today, whichever spelling was given. Everything
 * that is kept of a recipient is kept under it; what is sent to the provider is not.
 */
export function conversationOf(recipient: string): string {
  if (!CONCERNED.test(recipient)) return recipient;
  const country = COUNTRIES.find(({ other }) => other.test(recipient));
  return country === undefined ? recipient : recipient.replace(country.other, country.toDialled);
}

/** All spellings of a recipient, the one that was given first. */
export function spellingsOf(recipient: string): readonly string[] {
  if (!CONCERNED.test(recipient)) return [recipient];
  const dialled = conversationOf(recipient);
  const country = COUNTRIES.find((each) => each.dialled.test(dialled));
  const other = country === undefined ? dialled : dialled.replace(country.dialled, country.toOther);
  return [...new Set([recipient, dialled, other])];
}

/** Mexico keeps its 1; Brazil goes without the 9 but in its first area codes (11-28), and in the numbers given out since. */
const OTHER_ON_WHATSAPP = /^(?:52|55[3-9]\d9[7-9])/;

/** How WhatsApp names a client in what it tells, as far as that is known. */
export function whatsAppSpelling(recipient: string): string {
  const dialled = conversationOf(recipient);
  if (!OTHER_ON_WHATSAPP.test(dialled)) return dialled;
  return spellingsOf(dialled)[1] ?? dialled;
}
