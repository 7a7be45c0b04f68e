const LONGEST_DETAIL = 200;
const SHORTEST_SECRET = 4;
/** The masks take quadratic time on text made to slow them; nothing beyond this could be shown anyway. */
const LONGEST_READ = 2000;

/** In this order: a link is taken out whole before the numbers inside it are. */
const MASKS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b[a-z][a-z0-9+.-]*:\/\/\S*/giu, '[link]'],
  [/\bwww\.\S*/giu, '[link]'],
  // Keys and uniques that we cannot name: long unbroken runs with a digit in them.
  [/(?=[\w+/=~.-]*\d)[\w+/=~.-]{20,}/gu, '[token]'],
  // However it is written: +972 50-123-4567 is a phone number too.
  [/\p{Nd}(?:[\s().-]*\p{Nd}){4,}/gu, '[number]'],
];

/**
 * Text from outside made fit for logs and records: at most 200 characters on one line, without the given
 * secrets, links, long tokens, or numbers of more than four digits.
 */
export function sanitiseDetail(text: string, secrets: readonly string[] = []): string {
  const hidden = beginning(hide(onOneLine(text), secrets.map(onOneLine)));
  return shorten(MASKS.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), hidden));
}

/** Replaces each secret, as it is and as it stands in a URL. */
export function hide(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length)
    .flatMap((secret) => [secret, urlEncoded(secret)])
    .reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
}

function urlEncoded(secret: string): string {
  // encodeURIComponent throws on half a surrogate pair.
  return encodeURIComponent(secret.replace(/\p{Cs}/gu, '\uFFFD'));
}

/** Invisible characters go first: they could stand between the digits of a number, or inside a key. */
function onOneLine(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** Ends between words: half a link or number might pass the masks. */
function beginning(text: string): string {
  return text.length <= LONGEST_READ ? text : text.slice(0, LONGEST_READ).replace(/\S+$/, '');
}

function shorten(text: string): string {
  if (text.length <= LONGEST_DETAIL) return text;
  // A cut through a surrogate pair leaves half a character behind.
  return `${text.slice(0, LONGEST_DETAIL - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
