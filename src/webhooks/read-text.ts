import type { Readable } from 'node:stream';
import { WaybillError } from '../errors.js';

/** Why a body was not read to its end. */
export class BodyError extends WaybillError {
  override readonly name = 'BodyError';

  constructor(code: 'BODY_TOO_LARGE' | 'BODIES_TOO_MANY', message: string) {
    super(code, message);
  }
}

export type ReadText = (body: Readable, announcedBytes: number) => Promise<string>;

/**
 * Reads bodies as text: each up to `bodyBytes`, and all that are on their way at a time up to `heldBytes`, however
 * slowly they come.
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

  return async (body, announcedBytes) => {
    if (announcedBytes > bodyBytes) throw tooLarge(bodyBytes);
    const chunks: Buffer[] = [];
    let held = 0;
    try {
      // Left standing when we have had enough: destroyed, it would take the answer with it.
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        const bytes: Buffer = chunk;
        held += bytes.length;
        allHeld += bytes.length;
        if (held > bodyBytes) throw tooLarge(bodyBytes);
        if (allHeld > heldBytes) throw new BodyError('BODIES_TOO_MANY', 'Too many bodies are on their way');
        chunks.push(bytes);
      }
      return Buffer.concat(chunks).toString();
    } finally {
      allHeld -= held;
    }
  };
}

function tooLarge(bodyBytes: number): BodyError {
  return new BodyError('BODY_TOO_LARGE', `The body is larger than ${bodyBytes} bytes`);
}
