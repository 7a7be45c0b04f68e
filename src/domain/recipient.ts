/**
 * The client a file goes to. A number is 8-15 digits without `+`; a `from_id` (`IL.1605856887361213`: a country
 * and letters or digits that mean nothing) stands for a client who hides the number.
 */
export type RecipientParse =
  | { readonly ok: true; readonly recipient: string }
  | { readonly ok: false; readonly detail: string };

const FROM_ID = /^[A-Z]{2}\.(?=[A-Za-z]*\d)[A-Za-z0-9]{5,128}$/;
const NUMBER = /^[1-9]\d{7,14}$/;
/** What an address book or an editor leaves around a number without showing it. */
const INVISIBLE = /\p{Cf}/gu;
/** What people put between digits. A tab or a new line is not among it: that may well be two numbers. */
const PUNCTUATION = /[\p{Zs}\p{Pd}\u2212().]/gu;
const CHAT_SUFFIX = /@(c\.us|s\.whatsapp\.net)$/;

type Faults = readonly (readonly [pattern: RegExp, detail: string])[];

/** Looked for in the text as written: once cleaned, most of these would pass for somebody else's number. */
const TRAPS: Faults = [
  [
    /@g\.us$|^\d{8,15}-\d{9,12}$|^120363\d{12,}$/i,
    'is a group: files go to private people only, give the number of one client',
  ],
  [/\d\D*\(\s*0/, 'has a 0 in parentheses, which is dialled only inside the country: leave that 0 out'],
  [
    /^[^.]*\d\.0+$|^\d[\d.]*E\+?\d+$/i,
    'is written as spreadsheets write numbers: give all of its digits and nothing else, as text',
  ],
];

/** Looked for in what is left after cleaning. */
const FAULTS: Faults = [
  [/^$/, 'is empty: give the number with its country code, for example 972501234567'],
  // Not cut off: behind a 00 that is only part of a longer prefix (0011, 00700) stands another country's number.
  [/^00/, 'begins with 00: leave out what is dialled before the country code, for example 972501234567'],
  [/^0/, 'begins with 0: give the country code instead, for example 972501234567'],
  [/(?!\d)\p{Nd}/u, 'has digits of another script: write them as 0-9'],
  [/\D/, 'is neither a number (8-15 digits with the country code) nor a from_id such as IL.1605856887361213'],
];

/** Cleans what people write (`+972-50-123 4567`) to the canonical form, or says what is wrong. */
export function parseRecipient(text: string): RecipientParse {
  // Nearly all come so; what follows would only find that nothing is to be cleaned.
  if (NUMBER.test(text)) return { ok: true, recipient: text };
  const written = text.replace(INVISIBLE, '').trim();
  if (FROM_ID.test(written)) return { ok: true, recipient: written };
  const trap = find(TRAPS, written);
  if (trap !== undefined) return { ok: false, detail: trap };
  const digits = written.replace(CHAT_SUFFIX, '').replace(PUNCTUATION, '').replace(/^\+/, '');
  if (NUMBER.test(digits)) return { ok: true, recipient: digits };
  return { ok: false, detail: find(FAULTS, digits) ?? wrongLength(digits) };
}

/** Whether the recipient is known by number; a `from_id` begins with a letter. */
export function isNumber(recipient: string): boolean {
  return /^\d/.test(recipient);
}

function find(faults: Faults, text: string): string | undefined {
  return faults.find(([pattern]) => pattern.test(text))?.[1];
}

function wrongLength(digits: string): string {
  return `has ${digits.length} digits: a number with its country code has 8 to 15`;
}
