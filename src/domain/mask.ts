/** What stands where something was hidden. */
const HIDDEN = '…';

/** From this length on, the first digits (a country code) may stay visible without giving the number away. */
const LONG_ENOUGH = 10;

/**
 * `972501234567` → `972…67`, `IL.1605856887361213` → `IL.160…13`; what is neither a number nor a `from_id`
 * is hidden whole.
 */
export function maskNumber(number: string): string {
  const [, prefix = '', id = ''] =
    /^([A-Z]{2}\.(?:ENT\.)?(?=[A-Za-z\d]{5,})|\+?(?=\d{5,}$))([A-Za-z\d]+)$/.exec(number) ?? [];
  return id === '' ? HIDDEN : prefix + maskDigits(id);
}

/** The URL without user, password, query and fragment, and with long numbers in it masked. Never throws. */
export function maskUrl(url: string): string {
  return maskRuns(cutLink(url));
}

/** What people put between a number's digits, seen or not. */
const GAP = '[\\p{Zs}\\p{Pd}\\p{Cf}\\u2212().\\/]{0,3}';
/** A number as people write it, in the digits of any script; no part of a longer word, such as an id. */
const WRITTEN = new RegExp(`(?<![\\p{L}\\p{Nd}_-])\\+?\\(?\\p{Nd}(?:${GAP}\\p{Nd}){7,}`, 'gu');
/** A `from_id` is told from other words by its length, or by its middle part. */
const FROM_ID = /\b[A-Z]{2}\.(?:ENT\.[A-Za-z\d]{1,128}|(?=[A-Za-z]*\d)[A-Za-z\d]{10,128})\b/g;

/** Where nothing of this is found, there is nothing to hide. */
const SUSPICIOUS =
  /\d{8}|\+\(?\d|:\/\/|\?|\b[A-Z]{2}\.[A-Za-z\d]|(?:^|[^\w-])\(?\d[\d ()./-]{9,}|[^\x20-\x7e]/;

/** Free text with phone numbers masked and links cut before their query. Never throws; linear in its length. */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return maskRuns(cutLinks(text).replace(WRITTEN, maskWritten).replace(FROM_ID, maskNumber));
}

function cutLinks(text: string): string {
  if (!text.includes('://') && !text.includes('?')) return text;
  return text.replace(/[^\s"<>]+/g, (word) => (looksLikeLink(word) ? cutLink(word) : word));
}

/** A date, an IP address and a figure are no numbers. */
const DATE = /((?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))/;
const ADDRESS_OR_FIGURE = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[1-9]\d*\.\d+)$/;
/** With its country code but no `+` a number has so many digits; what is shorter may be an id, such as 2026-000123. */
const LEAST_ABROAD = 11;
const LEAST_WITHIN = 9;

function maskWritten(written: string): string {
  const parts = written.split(DATE);
  if (parts.length > 1) {
    return parts.map((part) => (DATE.test(part) ? part : part.replace(WRITTEN, maskWritten))).join('');
  }
  const digits = written.replace(/\P{Nd}/gu, '');
  const isAbroad = written.startsWith('+');
  const least = /^\(?0/.test(written) ? LEAST_WITHIN : LEAST_ABROAD;
  const isShort = /^[\x20-\x7e]*$/.test(written) && !isAbroad && digits.length < least;
  if (isShort || ADDRESS_OR_FIGURE.test(written)) return written;
  return (isAbroad ? '+' : '') + maskDigits(digits);
}

/** Times and counters of up to seven digits stay readable. */
function maskRuns(text: string): string {
  return text.replace(/\d{8,}/g, maskDigits);
}

function maskDigits(digits: string): string {
  return (digits.length >= LONG_ENOUGH ? digits.slice(0, 3) : '') + HIDDEN + digits.slice(-2);
}

/** A whole link, or the path and query that HTTP servers and clients put into their messages. */
function looksLikeLink(word: string): boolean {
  const query = word.indexOf('?');
  return word.includes('://') || (query > 0 && word.lastIndexOf('/', query) >= 0);
}

/** Textual on purpose: a link inside an error message is often one that no parser would take. */
function cutLink(link: string): string {
  const [head = ''] = link.split(/[?#]/, 1);
  return head.replace(/:\/\/[^/\\]*/g, hideUser).replace(/(\/webhooks\/)[^/\s]+/g, `$1${HIDDEN}`);
}

/** Keeps `host` and `host:port`; a password that was cut short by its own `?` is no port and goes too. */
function hideUser(authority: string): string {
  const host = authority.slice(Math.max(authority.lastIndexOf('@') + 1, '://'.length));
  return /^(\[[\da-f:.]*\]|[^:[\]]*)(:\d{0,5})?$/i.test(host) ? `://${host}` : `://${HIDDEN}`;
}
