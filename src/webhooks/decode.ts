import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** What the sender says of a body. The body itself decides: a label is asked only where it cannot be read without. */
export type BodyLabels = { readonly contentType: string; readonly contentEncoding: string };

/**
 * A body's text, whatever its labels say.
 * @throws what zlib throws where more than `mostBytes` come out
 */
export function decodeBody(bytes: Buffer, labels: () => BodyLabels, mostBytes: number): string {
  return textOf(looksLikeText(bytes) ? bytes : unpack(bytes, labels().contentEncoding, mostBytes), labels);
}

/** As JSON begins, or a byte order mark, or UTF-16: no compressed data does. */
function looksLikeText(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return first === 0x7b || first === 0x5b || first === 0xef || first >= 0xfe || first === 0;
}

// A proxy that unpacks a body may leave its header in place, and one that packs it may add none.
function unpack(bytes: Buffer, contentEncoding: string, mostBytes: number): Buffer {
  const named = contentEncoding.toLowerCase().split(',').slice(-MOST_ENCODINGS);
  const encodings = isGzip(bytes) && contentEncoding === '' ? ['gzip'] : named.toReversed();
  let unpacked = bytes;
  for (const encoding of encodings) {
    for (const how of UNPACKERS.get(encoding.trim()) ?? []) {
      const tried = tryUnpack(how, unpacked, mostBytes);
      if (tried === null) continue;
      unpacked = tried;
      break;
    }
  }
  return unpacked;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

const MOST_ENCODINGS = 3;

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** `deflate` is zlib's form by the standard, and the bare one by some senders. */
const UNPACKERS: ReadonlyMap<string, readonly Unpack[]> = new Map([
  ['gzip', [gunzipSync]],
  ['x-gzip', [gunzipSync]],
  ['deflate', [inflateSync, inflateRawSync]],
  ['br', [brotliDecompressSync]],
]);

function tryUnpack(how: Unpack, bytes: Buffer, mostBytes: number): Buffer | null {
  try {
    return how(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return null;
  }
}

function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === TOO_LARGE;
}

const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

/** JSON is UTF-8; UTF-16 shows by its zeros or its mark, and others only by what the sender says. */
function textOf(bytes: Buffer, labels: () => BodyLabels): string {
  const wide = wideEncodingOf(bytes);
  if (wide !== null) return decodeAs(wide, bytes);
  if (isUtf8(bytes)) return bytes.toString();
  const [, charset] = CHARSET.exec(labels().contentType) ?? [];
  return charset === undefined ? bytes.toString() : decodeAs(charset, bytes);
}

const CHARSET = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i;

function wideEncodingOf(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = [bytes[0], bytes[1]];
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : null;
}

/** What is no text in this encoding becomes U+FFFD; an encoding that is not known is read as UTF-8. */
function decodeAs(encoding: string, bytes: Buffer): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return bytes.toString();
  }
}
