import type { Readable } from 'node:stream';
import { WaybillError } from '../errors.js';
import { type BodyLabels, decodeBody } from './decode.js';

/** Why a body was not read to its end. */
export class BodyError extends WaybillError {
  override readonly name = 'BodyError';

  constructor(code: 'BODY_TOO_LARGE' | 'BODIES_TOO_MANY', message: string) {
    super(code, message);
  }
}

/** A body on its way; `labels` are asked for once it is there. */
export type BodyToRead = {
  readonly body: Readable;
  readonly announcedBytes: number;
  readonly labels: () => BodyLabels;
};

export type ReadText = (coming: BodyToRead) => Promise<string>;

/**
 * Reads bodies as text: each up to `bodyBytes`, also once it is unpacked, and all that are on their way at a time up
 * to `heldBytes`, however slowly they come.
 * @throws BodyError; what the stream ends with when its client goes away
 */
export function createTextReader({
  bodyBytes,
  heldBytes,
}: {
  readonly bodyBytes: number;
  readonly heldBytes: number;
}): ReadText {
  let allHeld = 0;

  return async ({ body, announcedBytes, labels }) => {
    if (announcedBytes > bodyBytes) throw tooLarge(bodyBytes);
    const chunks: Buffer[] = [];
    let held = 0;
    try {
      await readAll(body, (chunk) => {
        held += chunk.length;
        allHeld += chunk.length;
        if (held > bodyBytes) throw tooLarge(bodyBytes);
        if (allHeld > heldBytes) throw new BodyError('BODIES_TOO_MANY', 'Too many bodies are on their way');
        chunks.push(chunk);
      });
      return textOf(chunks, labels, bodyBytes);
    } finally {
      allHeld -= held;
    }
  };
}

/** By its events: an iterator would cost more than all else that is done with a small body. */
function readAll(body: Readable, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    function hear(chunk: Buffer): void {
      try {
        take(chunk);
      } catch (error) {
        // Left standing: destroyed, it would take the answer with it.
        body.off('data', hear).pause();
        reject(error);
      }
    }
    body.on('data', hear);
    body.once('end', resolve);
    body.once('error', reject);
    body.once('close', () => {
      if (!body.readableEnded) reject(new Error('The client hung up'));
    });
  });
}

function textOf(chunks: readonly Buffer[], labels: () => BodyLabels, bodyBytes: number): string {
  const [only] = chunks;
  const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  try {
    return decodeBody(bytes, labels, bodyBytes);
  } catch {
    throw tooLarge(bodyBytes);
  }
}

function tooLarge(bodyBytes: number): BodyError {
  return new BodyError('BODY_TOO_LARGE', `The body is larger than ${bodyBytes} bytes`);
}
