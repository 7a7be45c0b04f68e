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
   * `fault`: the link cannot be sent as it stands; `refused`: nor can it if that lasts; `unclear`: nobody can say;
   * `not_asked`: by our own rules.
   */
  readonly kind: 'fine' | 'fault' | 'refused' | 'unclear' | 'not_asked';
  readonly reason: string;
  readonly detail: string;
};

/** How long a link that was found fine counts as looked at, for any delivery of its account. */
export const FINE_MS = 5 * MINUTE;

/** When a link is looked at again of which nothing certain was learnt: so long after the first time, and the second. */
const AGAIN_MS: readonly number[] = [30 * SECOND, 2 * MINUTE];

export const PREFLIGHT_RESULTS = ['passed', 'failed', 'postponed', 'unclear', 'not_asked'] as const;
/** `unclear` and `not_asked` are sent all the same. */
export type PreflightResult = (typeof PREFLIGHT_RESULTS)[number];

export type PreflightVerdict =
  | { readonly do: 'send'; readonly result: 'passed' | 'unclear' | 'not_asked' }
  | { readonly do: 'again'; readonly result: 'postponed'; readonly delayMs: number }
  | { readonly do: 'fail'; readonly result: 'failed' };

/** What to do about a finding; `before`: how often the link was looked at already without learning anything certain. */
export function verdictOfFinding({ kind }: Finding, before: number): PreflightVerdict {
  switch (kind) {
    case 'fine':
      return { do: 'send', result: 'passed' };
    case 'not_asked':
      return { do: 'send', result: 'not_asked' };
    case 'fault':
      return { do: 'fail', result: 'failed' };
    case 'refused':
    case 'unclear': {
      const delayMs = AGAIN_MS[before];
      if (delayMs !== undefined) return { do: 'again', result: 'postponed', delayMs };
      // The provider is the authority on what it can reach: our way there may be the one that is broken.
      return kind === 'refused' ? { do: 'fail', result: 'failed' } : { do: 'send', result: 'unclear' };
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
  if (status === 404 || status === 410) return finding('fault', 'link_missing', `HTTP ${status}`);
  if (status === 401 || status === 403) return finding('refused', 'link_forbidden', `HTTP ${status}`);
  if (status < 200 || status > 299) return finding('unclear', `http_${status}`);
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

/** Where a page or an API's answer comes instead of a file; text files may be served as anything of the sort. */
const NO_FILE = /^(text\/html|application\/xhtml\+xml|application\/(problem\+)?json)$/;

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
