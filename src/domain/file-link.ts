import { brokenCharacter } from './characters.js';
import {
  adviceForExtension,
  extensionOfPath,
  FILE_RULES,
  MEDIA_TYPES,
  type MediaType,
  mediaTypeOfPath,
} from './media.js';
import { addressOfHost, isPublicAddress } from './public-address.js';
import { SECOND } from './time.js';

/** The longest link that is taken, in characters, once it is percent-encoded. */
export const LINK_LIMIT = 4096;

/** `url.href` is the one form in which a link is kept, sent, asked for and compared. */
export type FileLink =
  | { readonly ok: true; readonly url: URL; readonly mediaType: MediaType }
  | { readonly ok: false; readonly detail: string };

/**
 * Checks a link as it stands, without fetching it: https, no tricks that parsers read differently, and a path
 * or `declared` that says what kind of file it is.
 */
export function parseFileLink(text: string, declared: MediaType | undefined): FileLink {
  const link = parseUntypedLink(text);
  return link.ok ? typeOf(link.url, declared) : link;
}

/** The same for a link whose type is not known: no type makes up for an extension that WhatsApp does not take. */
export function parseUntypedLink(text: string): Link {
  const link = parseLink(text);
  if (!link.ok) return link;
  const extension = extensionOfPath(link.url.pathname);
  const advice = adviceForExtension(extension);
  if (advice === undefined) return link;
  return refuse(`ends in .${extension}, which WhatsApp does not take: ${advice}`);
}

/** A link without the white space and the invisible characters that a cell or a chat leaves around it. */
export function trimLink(text: string): string {
  return text.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
}

type Refused = Extract<FileLink, { readonly ok: false }>;
type Link = { readonly ok: true; readonly url: URL; readonly mediaType?: never } | Refused;

/** A link as such, whatever it leads to. */
export function parseLink(text: string): Link {
  const problem = problemOfText(text);
  if (problem !== null) return refuse(problem);
  const url = parseUrl(text);
  if (url === null) return refuse('is not a URL: give an https link to the file');
  if (url.href.length > LINK_LIMIT) return refuse(tooLong(url.href.length));
  if (url.username !== '' || url.password !== '') {
    return refuse('holds a user name or password: give a link that needs none');
  }
  return { ok: true, url };
}

function problemOfText(text: string): string | null {
  if (text.length > LINK_LIMIT) return tooLong(text.length);
  if (!/^https:\/\/[^/]/i.test(text)) return 'is not an https link: it must begin with https://';
  // Spaces of every kind, control characters, and those that cannot be seen: some parsers drop them silently.
  const odd = /[\s\p{Cc}\p{Cf}\\]/u.test(text);
  return odd
    ? 'holds a space, a backslash or an invisible character: percent-encode it'
    : brokenCharacter(text);
}

function tooLong(length: number): string {
  return `has ${length} characters: at most ${LINK_LIMIT} are taken, counted after percent-encoding`;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function typeOf(url: URL, declared: MediaType | undefined): FileLink {
  const extension = extensionOfPath(url.pathname);
  const found = mediaTypeOfPath(url.pathname);
  if (found !== undefined && declared !== undefined && found !== declared) {
    return refuse(
      `ends in .${extension}, which is ${found}, but mediaType says ${declared}: make them agree`,
    );
  }
  const mediaType = found ?? declared;
  if (mediaType !== undefined) return { ok: true, url, mediaType };
  const known = MEDIA_TYPES.flatMap((media) => FILE_RULES[media].extensions).join(' ');
  return refuse(`does not tell what it is: end its path in one of ${known}, or give mediaType`);
}

function refuse(detail: string): Refused {
  return { ok: false, detail };
}

/**
 * When a signed link stops working, epoch milliseconds; null when it does not say. Parameters count whatever
 * their case, as stores take them.
 */
export function linkExpiresAt(url: URL): number | null {
  // Most links say nothing of it; what is percent-encoded is looked at.
  if (!/expires|se=|%/i.test(url.search)) return null;
  const parameters = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const signed = (vendor: 'amz' | 'goog') =>
    sum(time(parameters.get(`x-${vendor}-date`)), seconds(parameters.get(`x-${vendor}-expires`)));
  return signed('amz') ?? signed('goog') ?? time(parameters.get('se')) ?? epoch(parameters.get('expires'));
}

/** `2026-11-22`, `2026-11-22T09:30:00Z`, `20261122T093000Z` */
function time(text = ''): number | null {
  const spelled = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const parsed = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(spelled) ? Date.parse(spelled) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** A span, seven days at most where it is told. */
function seconds(text = ''): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) * SECOND : null;
}

/** A point in time. What is shorter would be a span, which tells nothing without its beginning. */
function epoch(text = ''): number | null {
  return /^\d{10}$/.test(text) ? Number(text) * SECOND : null;
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

/** Names that mean something in their own network alone, or nowhere; without a dot, or by their ending. */
const PRIVATE_NAMES: readonly RegExp[] = [
  /^[^.]+\.?$/,
  /\.(localhost|localdomain|local|internal|intranet|private|corp|lan|home|home\.arpa|svc|test|invalid|onion)\.?$/,
];

/** A host that only its own network can reach; the provider would fetch from it in vain. */
export function isPrivateHost({ hostname }: URL): boolean {
  const address = addressOfHost(hostname);
  if (address !== null) return !isPublicAddress(address);
  return PRIVATE_NAMES.some((pattern) => pattern.test(hostname));
}
