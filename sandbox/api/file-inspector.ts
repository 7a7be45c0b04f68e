import { Agent, request } from 'undici';
import {
  checkFileSize,
  FILE_RULES,
  MEDIA_TYPES,
  type MediaType,
  mediaTypeOfPath,
} from '../../src/domain/media.js';
import type { SandboxOptions } from '../options.js';

/** What web servers call the documents that can be sent. */
const DOCUMENT_TYPES: ReadonlySet<string> = new Set([
  'application/pdf',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/zip',
  'application/x-zip-compressed',
  'application/vnd.rar',
  'application/x-rar-compressed',
  'text/plain',
]);
/** Content types whose last part is not an extension of `FILE_RULES`. */
const OTHER_NAMES: Readonly<Record<string, MediaType>> = {
  'video/x-msvideo': 'video',
  'audio/mpeg': 'audio',
};

/** Fetches a file as the provider would, and holds it against the documented types and sizes. */
export class FileInspector {
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor({ ca, timeoutMs }: SandboxOptions['files']) {
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({ connect: { ...(ca !== undefined && { ca }), timeout: timeoutMs } });
  }

  /** Whether the link gives a file that can be sent. A redirect does not, nor does anything but https. */
  async isSendable(link: string): Promise<boolean> {
    if (!/^https:/i.test(link)) return false;
    try {
      return await this.#inspect(new URL(link));
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #inspect(url: URL): Promise<boolean> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const answer = await request(url, { dispatcher: this.#agent, signal });
    const media = mediaTypeOf(url.pathname, answer.headers['content-type']);
    if (answer.statusCode !== 200 || media === null) {
      await answer.body.dump();
      return false;
    }
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
      if (checkFileSize(media, bytes) === 'too_large') return false;
    }
    return bytes > 0;
  }
}

/** The kind of file that link and content type agree on; null when they do not, or it cannot be sent. */
function mediaTypeOf(path: string, contentType: string | string[] | undefined): MediaType | null {
  const byPath = mediaTypeOfPath(path);
  const name = String(contentType ?? '')
    .split(';', 1)
    .join('')
    .trim()
    .toLowerCase();
  if (name === '' || name === 'application/octet-stream') return byPath ?? null;
  const byContent = mediaTypeOfContent(name);
  return byPath === undefined || byPath === byContent ? byContent : null;
}

function mediaTypeOfContent(name: string): MediaType | null {
  if (DOCUMENT_TYPES.has(name)) return 'document';
  const [family, format = ''] = name.split('/');
  const media = MEDIA_TYPES.find((type) => type === family && FILE_RULES[type].extensions.includes(format));
  return media ?? OTHER_NAMES[name] ?? null;
}
