/** What stands where something was hidden. */
const HIDDEN = '…';

/** From this length on, the first digits (a country code) may stay visible without giving the number away. */
const LONG_ENOUGH = 10;

/**
 * `972501234567` → `972…67`, `IL.1605856887361213` → `IL.160…13`; what is neither a number nor a `from_id`
 * is hidden whole.
 */
export function maskNumber(number: string): string {
  const [, country = '', digits = ''] = /^([A-Z]{2}\.|\+)?(\d{5,})$/.exec(number) ?? [];
  return digits === '' ? HIDDEN : country + maskDigits(digits);
}

/** The URL without user, password, query and fragment, and with long numbers in it masked. Never throws. */
export function maskUrl(url: string): string {
  return maskRuns(cutLink(url));
}

/** Where nothing of this is found, there is nothing to hide. */
const SUSPICIOUS = /\d{8}|\+\d|:\/\/|\?/;

/** Free text with phone numbers masked and links cut before their query. Never throws; linear in its length. */
export function maskText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return maskRuns(cutLinks(text).replace(/\+\d(?:[ -]?\d){7,}/g, maskSpaced));
}

function cutLinks(text: string): string {
  if (!text.includes('://') && !text.includes('?')) return text;
  return text.replace(/[^\s"<>]+/g, (word) => (looksLikeLink(word) ? cutLink(word) : word));
}

function maskSpaced(number: string): string {
  return `+${maskDigits(number.replace(/\D/g, ''))}`;
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
