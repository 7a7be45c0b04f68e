import { checkFileSize, extensionOfPath, FILE_RULES, type MediaType } from './media.js';
import { MINUTE, SECOND } from './time.js';

/** What the host said of a file, or what broke on the way to it, in a word. */
export type LinkAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Without parameters, in lower case; null when it was not told. */
      readonly contentType: string | null;
      readonly sizeBytes: number | null;
    }
  | { readonly kind: 'broken'; readonly reason: string };

/** What a preflight found. `detail` is for people, and free of links. */
export type Finding = {
  /**
   * `fault`: the link cannot be sent as it stands; `missing`: nor can it if the file is still missing at the next look;
   * `doubtful`: what the host says to us proves nothing about what it says to WhatsApp; `unclear`: the host has not
   * answered, or is in trouble; `not_asked`: by our own rules.
   */
  readonly kind: 'fine' | 'fault' | 'missing' | 'doubtful' | 'unclear' | 'not_asked';
  readonly reason: string;
  readonly detail: string;
};

/** How long a link that was found fine counts as looked at, for any delivery of its account. */
export const FINE_MS = 5 * MINUTE;

/** When a link is looked at again of which nothing certain was learnt: so long after the first time, and the second. */
const AGAIN_MS: readonly [number, ...number[]] = [30 * SECOND, 2 * MINUTE];

export const PREFLIGHT_RESULTS = ['passed', 'failed', 'postponed', 'warned', 'unclear', 'not_asked'] as const;
/** `warned`, `unclear` and `not_asked` are sent all the same. */
export type PreflightResult = (typeof PREFLIGHT_RESULTS)[number];

/** What was learnt of this link before: how often it was looked at in vain, and the last reason; empty: never. */
export type EarlierLooks = { readonly looks: number; readonly found: string };

export type PreflightVerdict =
  | { readonly do: 'send'; readonly result: 'passed' | 'warned' | 'unclear' | 'not_asked' }
  | { readonly do: 'again'; readonly result: 'postponed'; readonly delayMs: number }
  | { readonly do: 'fail'; readonly result: 'failed' };

/** What to do about a finding. */
export function verdictOfFinding({ kind, reason }: Finding, before: EarlierLooks): PreflightVerdict {
  switch (kind) {
    case 'fine':
      return { do: 'send', result: 'passed' };
    case 'not_asked':
      return { do: 'send', result: 'not_asked' };
    case 'doubtful':
      return { do: 'send', result: 'warned' };
    case 'fault':
      return { do: 'fail', result: 'failed' };
    case 'missing':
      // A file may be put there after it was enqueued, and a host that comes up may know none of its files yet.
      if (before.found === reason) return { do: 'fail', result: 'failed' };
      return { do: 'again', result: 'postponed', delayMs: AGAIN_MS[0] };
    case 'unclear': {
      const delayMs = AGAIN_MS[before.looks];
      if (delayMs !== undefined) return { do: 'again', result: 'postponed', delayMs };
      // The provider is the authority on what it can reach: our way there may be the one that is broken.
      return { do: 'send', result: 'unclear' };
    }
    default:
      return kind satisfies never;
  }
}

/** The file as it was asked for: what its link and `mediaType` say that it is. */
export type AskedFile = { readonly path: string; readonly mediaType: MediaType };

/** Holds an answer against the rules for files. */
export function readLinkAnswer(asked: AskedFile, answer: LinkAnswer): Finding {
  if (answer.kind === 'broken') return finding('unclear', answer.reason);
  const { status, contentType, sizeBytes } = answer;
  const said = [`HTTP ${status}`, contentType].filter(Boolean).join(', ');
  if (status === 404 || status === 410) return finding('missing', 'link_missing', said);
  if (FORBIDDEN.includes(status)) return finding('doubtful', 'link_forbidden', said);
  if (isToUsAlone(status)) return finding('doubtful', `http_${status}`, said);
  if (status < 200 || status > 299) return finding('unclear', `http_${status}`);
  if (isPage(asked, contentType)) return finding('doubtful', 'link_page', said);
  const detail = [contentType, sizeBytes === null ? null : sizeInWords(sizeBytes)].filter(Boolean).join(', ');
  if (contentType !== null && isPlainlyWrong(asked, contentType)) {
    return finding('fault', 'file_type', `${contentType} where ${asked.mediaType} was asked for`);
  }
  if (sizeBytes === 0) return finding('fault', 'file_empty', detail);
  if (sizeBytes !== null && checkFileSize(asked.mediaType, sizeBytes) === 'too_large') {
    const { maxMegabytes } = FILE_RULES[asked.mediaType];
    return finding('fault', 'file_too_large', `${sizeInWords(sizeBytes)}, ${maxMegabytes} MB at most`);
  }
  return finding('fine', 'ok', detail);
}

export function finding(kind: Finding['kind'], reason: string, detail = ''): Finding {
  return { kind, reason, detail };
}

/** Who asks is not let in: firewalls and bot walls know a worker from WhatsApp's servers. */
const FORBIDDEN: readonly number[] = [401, 402, 403, 407, 451];

/** Something about our request, or about how many we make. A request that took too long says nothing at all. */
function isToUsAlone(status: number): boolean {
  return status === 503 || (status >= 400 && status <= 499 && status !== 408);
}

const PAGE = /^(text\/html|application\/xhtml\+xml)$/;

/** A login, a captcha, a portal or a bot wall comes as a page, under any status. */
function isPage({ path }: AskedFile, contentType: string | null): boolean {
  return contentType !== null && PAGE.test(contentType) && extensionOfPath(path) !== 'txt';
}

/** Where an API's answer comes instead of a file; text files may be served as anything of the sort. */
const NO_FILE = /^application\/(problem\+)?json$/;

/**
 * Only what no server means: many tell `application/octet-stream` or `text/plain` of what they do not know, and sound
 * and video share their containers.
 */
function isPlainlyWrong({ path, mediaType }: AskedFile, contentType: string): boolean {
  if (extensionOfPath(path) === 'txt') return false;
  if (NO_FILE.test(contentType)) return true;
  const [told = ''] = contentType.split('/', 1);
  if (!['image', 'video', 'audio'].includes(told)) return false;
  const isMedia = (kind: string) => kind === 'video' || kind === 'audio';
  return told !== mediaType && !(isMedia(told) && isMedia(mediaType));
}

function sizeInWords(bytes: number): string {
  return bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What was found, for people, where the word means something else elsewhere: there it is the provider's host. */
const LINK_WORDS: ReadonlyMap<string, string> = new Map([
  ['dns', 'its host’s name could not be looked up'],
  ['refused', 'its host refused the connection'],
  ['timeout', 'its host did not answer in time'],
  ['reset', 'its host cut the connection'],
  ['tls', 'no trusted TLS connection to its host'],
  ['proxy', 'the proxy gave no way to its host'],
  ['unreachable', 'its host could not be reached'],
  ['bad_http', 'its host does not speak HTTP'],
  ['redirects', 'it redirects too often'],
  ['bad_redirect', 'it redirects to what is no link'],
  ['broken', 'the look at it broke off'],
  ['not_asked', 'not looked at'],
  ['link_forbidden', 'its host refuses us, which says nothing about WhatsApp; sent with this warning'],
  [
    'link_page',
    'a web page came instead of the file, which says nothing about WhatsApp; sent with this warning',
  ],
]);

/** A look's finding in words; null where the word says the same as everywhere. */
export function lookInWords(found: string): string | null {
  if (found === 'ok') return 'fine';
  const [, status] = /^http_(\d{3})$/.exec(found) ?? [];
  if (status === undefined) return LINK_WORDS.get(found) ?? null;
  return isToUsAlone(Number(status))
    ? 'its host does not answer us, which says nothing about WhatsApp; sent with this warning'
    : 'its host is in trouble';
}
