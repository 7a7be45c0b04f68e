/** What an address book or an editor leaves around a number without showing it. */
const INVISIBLE = /\p{Cf}/gu;
/** A spreadsheet shows a cell as text that begins with one. */
const APOSTROPHE = /^['\u2018\u2019]\s*/;
const SCHEME = /^(?:whatsapp|tel|sms|callto):\s*/i;
/** `https://wa.me/972501234567`, `https://api.whatsapp.com/send?phone=972501234567`, `whatsapp://send?phone=…` */
const SHORT_LINK = /^(?:https?:\/\/)?(?:www\.)?wa\.me\/(?:c\/)?([^/?#]*)\/?(?:[?#].*)?$/i;
const LONG_LINK =
  /^(?:(?:https?:\/\/)?(?:api|web|www)\.whatsapp\.com\/send\/?|whatsapp:\/\/send\/?)\?([^#]*)(?:#.*)?$/i;

/**
 * The number or `from_id` in what people copy from elsewhere: out of a link or a scheme, without what does not show, its
 * digits as 0-9. A link's number always has its country code, hence its `+`.
 */
export function unwrap(text: string): string {
  const written = toAscii(text.replace(INVISIBLE, '')).trim().replace(APOSTROPHE, '').trim();
  return numberInLink(written) ?? written.replace(SCHEME, '');
}

function numberInLink(written: string): string | null {
  const [, short] = SHORT_LINK.exec(written) ?? [];
  const [, query] = LONG_LINK.exec(written) ?? [];
  const number = short === undefined ? phoneIn(query) : decoded(short);
  return number === null ? null : number.trim().replace(/^\+?(?=\d)/, '+');
}

function phoneIn(query: string | undefined): string | null {
  return query === undefined ? null : (new URLSearchParams(query).get('phone') ?? '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;

/** Full-width forms, and the digits of every script. */
function toAscii(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKC').replace(OTHER_DIGIT, digitOf);
}

/** In every script the digits lie one behind the other, from its zero on. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
