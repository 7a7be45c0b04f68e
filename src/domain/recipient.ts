import { maskNumber } from './mask.js';
import {
  type Country,
  isValidInternational,
  mayBeOf,
  readIn,
  readInternational,
  whyImpossible,
} from './phone-number.js';
import { unwrap } from './written-number.js';

/**
 * The client a file goes to. A number is 8-15 digits without `+`; a `from_id` (`IL.1605856887361213`, of a linked
 * business `IL.ENT.1605856887361213`) stands for a client who hides the number.
 */
export type RecipientParse =
  | {
      readonly ok: true;
      readonly recipient: string;
      /** What was made of it, where its digits are not those that were written. */
      readonly warning?: string;
    }
  | { readonly ok: false; readonly detail: string };

const FROM_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
/** What people put between digits. A tab or a new line is not among it: that may well be two numbers. */
const PUNCTUATION = /[\p{Zs}\p{Pd}\u2212()./]/gu;
const CHAT_SUFFIX = /(?::\d{1,3})?@(?:c\.us|s\.whatsapp\.net)$/;

type Faults = readonly (readonly [pattern: RegExp, detail: string])[];

/** Looked for in the text as written: once cleaned, most of these would pass for somebody else's number. */
const TRAPS: Faults = [
  [
    /@g\.us$|^\d{8,15}-\d{9,12}$|^120363\d{12,}$|\bchat\.whatsapp\.com\//i,
    'is a group: files go to private people only, give the number of one client',
  ],
  [/@lid$/i, 'is an id that WhatsApp uses inside: give the number or the from_id of the client'],
  [
    /^[^.]*\d\.0+$|^\d[\d.]*E\+?\d+$/i,
    'is written as spreadsheets write numbers: give all of its digits and nothing else, as text',
  ],
  [/;/, 'has an extension or another parameter, which WhatsApp cannot dial: give the number alone'],
];

/** Looked for in what is left after cleaning. */
const FAULTS: Faults = [
  [/^$/, 'is empty: give the number with its country code, for example 972501234567'],
  [/\D/, 'is neither a number (8-15 digits with the country code) nor a from_id such as IL.1605856887361213'],
];

/** A slash parts an area code from the rest; behind a whole number comes another one. */
const TWO_NUMBERS = /\/.*\/|(?:\d\D*){9,}\/|\/(?:\D*\d){0,3}\D*$/;

const NATIONAL = 'or set country of the account';

/** Without a country to read them in. Behind a 00 that is only part of a longer prefix (0011, 00700) comes another's number. */
const PREFIXES: Faults = [
  [
    /^00/,
    `begins with 00: leave out what is dialled before the country code, for example 972501234567, ${NATIONAL}`,
  ],
  [/^0/, `begins with 0: give the country code instead, for example 972501234567, ${NATIONAL}`],
];

/**
 * Reads what people write (`+972-50-123 4567`) into the canonical form, or says what is wrong.
 * `country`: whose national numbers (`050-1234567`) are read too.
 */
export function parseRecipient(text: string, country: Country | null = null): RecipientParse {
  // Nearly all come so; what follows would only find that nothing is to be cleaned.
  if (isCanonical(text, country)) return { ok: true, recipient: text };
  const written = unwrap(text);
  if (FROM_ID.test(written)) return { ok: true, recipient: written };
  const trap = find(TRAPS, written);
  if (trap !== undefined) return { ok: false, detail: trap };
  const bare = written.replace(CHAT_SUFFIX, '').replace(PUNCTUATION, '');
  const digits = bare.replace(/^\+/, '');
  const fault = find(FAULTS, digits);
  if (fault !== undefined) return { ok: false, detail: fault };
  if (TWO_NUMBERS.test(written)) return { ok: false, detail: 'looks like two numbers: give one' };
  const read = bare === digits ? readWritten(digits, country) : readAbroad(digits);
  return read.ok ? checked(read, { written, digits }) : read;
}

/**
 * The same for somebody who looks for a recipient that is known already: what may be a number with its country code is
 * one, as it stands in answers, events and links.
 */
export function findRecipient(text: string, country: Country | null = null): RecipientParse {
  const abroad = parseRecipient(text);
  const parsed = abroad.ok || country === null ? abroad : parseRecipient(text, country);
  // A callback may have told of a number that the numbering plans do not have.
  return parsed.ok || !/^[1-9]\d{7,14}$/.test(text) ? parsed : { ok: true, recipient: text };
}

/** Whether the recipient is known by number; a `from_id` begins with a letter. */
export function isNumber(recipient: string): boolean {
  return /^\d/.test(recipient);
}

function isCanonical(text: string, country: Country | null): boolean {
  return readInternational(text) === text && (country === null || !mayBeOf(country, text));
}

function find(faults: Faults, text: string): string | undefined {
  return faults.find(([pattern]) => pattern.test(text))?.[1];
}

/** Written with a `+`, or as if it were; `hint`: what else would make a number of it. */
function readAbroad(digits: string, hint = ''): RecipientParse {
  const prefix = find(PREFIXES, digits);
  if (prefix !== undefined) return { ok: false, detail: prefix };
  const recipient = readInternational(digits);
  return recipient === null ? { ok: false, detail: whyImpossible(digits, hint) } : { ok: true, recipient };
}

/** Written without a `+`: with a country code, or as within the country. */
function readWritten(digits: string, country: Country | null): RecipientParse {
  if (country === null) return readAbroad(digits, `, ${NATIONAL}`);
  const abroad = readInternational(digits);
  const here = readIn(country, digits);
  if (digits.startsWith('0')) {
    return here === null ? noNumberOf(country) : { ok: true, recipient: here.digits };
  }
  // Some countries write their numbers without any prefix, so that one may look like another country's.
  const isRival =
    here?.isValid === true && here.digits !== abroad && (abroad !== digits || here.national() === digits);
  if (abroad !== null && !isRival) return { ok: true, recipient: abroad };
  if (abroad !== null && isValidInternational(digits)) return ambiguous(country);
  return here?.isValid === true ? { ok: true, recipient: here.digits } : noNumberOf(country);
}

function ambiguous(country: Country): RecipientParse {
  return {
    ok: false,
    detail: `may be a number of ${country} or of another country: write it with + and its country code`,
  };
}

function noNumberOf(country: Country): RecipientParse {
  return {
    ok: false,
    detail: `is no number of ${country}, and none with a country code: give it with + and its country code`,
  };
}

/** In the text as it was written, a 0 in parentheses must not be left in the number. */
function checked(
  read: Extract<RecipientParse, { readonly ok: true }>,
  { written, digits }: { readonly written: string; readonly digits: string },
): RecipientParse {
  const { recipient } = read;
  if (recipient !== digits) {
    return {
      ok: true,
      recipient,
      warning: `is read as ${maskNumber(recipient)}: check that it is the number you mean`,
    };
  }
  if (!/\(\s*0\s*\)/.test(written)) return read;
  const detail = 'has a 0 in parentheses, which is dialled only inside the country: leave that 0 out';
  return { ok: false, detail };
}
