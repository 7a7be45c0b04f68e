/**
 * What of a link tells files apart: host and path, without what a new signature changes. The query goes. In front of a
 * file name the path's tokens go too: payloads keep what they say but their times, opaque tokens become `*`. This is
 * part of stored records and of ids made of content.
 */
export function fileOfLink(link: string): string {
  const path = withoutQuery(link);
  const start = path.indexOf('/', path.indexOf('//') + 2);
  if (!MAYBE_SIGNED.test(path.slice(start))) return path;
  const [, ...segments] = path.slice(start).split('/');
  const name = segments.pop() ?? '';
  // Without a file name a long segment may be all that tells one file from another: /file/d/<id>/view
  if (!FILE_NAME.test(name)) return path;
  const known = segments.map(identifyingPart);
  const isToken = (index: number) => known[index] !== undefined && known[index] !== segments[index];
  const kept = known.map((part, index) =>
    TIME.test(part) && (isToken(index - 1) || isToken(index + 1)) ? '*' : part,
  );
  return [path.slice(0, start), ...kept, name].join('/');
}

/** Whether something of the path was left out: two such links may be one file or two. */
export function isSignedInPath(link: string): boolean {
  return fileOfLink(link) !== withoutQuery(link);
}

/** The host and the file's name: all that stays when a path is made anew. */
export function hostAndName(link: string): string {
  const path = withoutQuery(link);
  const host = /^[^/]*\/\/[^/]*/.exec(path)?.[0] ?? '';
  return `${host}/…/${path.slice(path.lastIndexOf('/') + 1)}`;
}

export function withoutQuery(link: string): string {
  return link.replace(/[?#].*$/s, '');
}

/** Most links hold no such segment: nothing else is asked of them. */
const MAYBE_SIGNED = /\/(?:[^/]{22,}|[^/]*=[^/]*|s--[^/]+--)\//;
const FILE_NAME = /.\.[A-Za-z][A-Za-z0-9]{1,4}$/;
/** Beside a token, when it was signed or ends: epoch seconds or milliseconds, in hex, or 202611220930. */
const TIME = /^(?:\d{10}|\d{12,14}|[0-9a-f]{8})$/i;

/** The segment itself, where it is no token. */
function identifyingPart(segment: string): string {
  const text = decode(segment);
  const said = payloadOf(text);
  if (said !== null) return `*${JSON.stringify(said)}`;
  if (SIGNED_FIELD.test(text)) return text.replace(SIGNED_FIELDS, '$1*');
  return isOpaqueToken(text) ? '*' : segment;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** `token=…&expires=…` (Bunny), `exp=…~hmac=…` (Akamai): fields of a signature, by their names. */
const SIGNED = '(?:[\\w-]*(?:token|signature|hmac|expires|policy)|sig|se|exp|st|hdn\\w+)';
const SIGNED_FIELD = new RegExp(`(?:^|[;&~,])${SIGNED}=`, 'i');
const SIGNED_FIELDS = new RegExp(`((?:^|[;&~,])${SIGNED}=)[^;&~,]*`, 'gi');

/** JSON that is signed where it stands: Rails (`payload--mac`), JWT, itsdangerous and Django (`payload.time.mac`). */
const PAYLOAD = /^(?:[\w-]+\.)?(eyJ[\w+-]+={0,2})(?:--[0-9a-f]{32,}|[.:][\w.:=+-]{6,})$/i;

function payloadOf(text: string): unknown {
  const encoded = PAYLOAD.exec(text)?.[1];
  if (encoded === undefined) return null;
  const claims = /^eyJ[^.]*\.(eyJ[^.]+)\./.exec(text)?.[1] ?? encoded;
  try {
    const bytes = Uint8Array.from(atob(claims.replace(/-/g, '+').replace(/_/g, '/')), (at) =>
      at.charCodeAt(0),
    );
    return withoutTimes(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

const CHANGES_WITH_SIGNING = /^(?:exp|iat|nbf|jti|nonce|ts|rand|auth_time|timestamp|expir\w+|issued\w*)$/i;

function withoutTimes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).filter(([name]) => !CHANGES_WITH_SIGNING.test(name));
  return Object.fromEntries(fields.map(([name, inner]) => [name, withoutTimes(inner)]));
}

/** Ids by their form: UUID, ULID, ObjectId and others in hex that is too short for a digest. */
const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{1,31})$/i;
const SHORTEST = 22;
/** By their form: `s--AbCd1234--` (Cloudinary), `<token>,<time>` (CDN77). */
const NAMED_TOKEN = /^(?:s--[\w-]+--|[\w-]{20,}={0,2},\d{10})$/;
const CHARACTERS = /^[\w.~:+=-]+$/;

function isOpaqueToken(text: string): boolean {
  if (NAMED_TOKEN.test(text)) return true;
  if (text.length < SHORTEST || !CHARACTERS.test(text) || ID.test(text)) return false;
  const parts = text.split(/[^A-Za-z0-9]+/);
  if (/^[0-9a-f]+$/i.test(text)) return true;
  return text.length < 3 * wordsIn(text).length || !parts.every(isOfWords);
}

/** `quarterly`, `2026q3`, `OurBestClients`: in a token letters of both cases and digits change all the time. */
function isOfWords(part: string): boolean {
  const words = wordsIn(part).length;
  const numbers = part.match(/\d+/g)?.length ?? 0;
  return words <= 3 || (numbers <= 1 && part.length >= 5 * words);
}

function wordsIn(text: string): readonly string[] {
  return text.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
}
