import { TextDecoder } from 'node:util';

/** A line of a text, counted from 1, or why it cannot be read as one. */
export type Line =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly fault: LineFault };

/** The last two are a JSON array's as a whole, told as what stands in its first or next place. */
export type LineFault = 'too_long' | 'not_utf8' | 'no_array' | 'cut_off';

const NEW_LINE = 0x0a;

/**
 * Reads lines out of bytes as they come, those of one chunk together; empty ones are counted and left out. A line
 * that is too long is not kept.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<readonly Line[], void, undefined> {
  const carry = createCarry(limitBytes);
  let line = 0;
  for await (const chunk of source) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      carry.add(chunk.subarray(start, end));
      start = end + 1;
      line += 1;
      lines.push(carry.take(line));
    }
    carry.add(chunk.subarray(start));
    yield lines.filter(isFilled);
  }
  yield [carry.take(line + 1)].filter(isFilled);
}

function isFilled(line: Line): boolean {
  return 'fault' in line || line.text !== '';
}

/** The pieces of one text, which may have come in several chunks; of one that is too long, none. */
export function createCarry(limitBytes: number) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    add(piece: Uint8Array): void {
      length += piece.length;
      if (length > limitBytes) pieces = [];
      else if (piece.length > 0) pieces.push(piece);
    },
    /** The text as it is by now, without blanks around it. */
    take(line: number): Line {
      const [taken, bytes] = [pieces, length];
      pieces = [];
      length = 0;
      if (bytes > limitBytes) return { line, fault: 'too_long' };
      const text = decode(decoder, taken.length === 1 ? taken[0] : Buffer.concat(taken));
      return text === null ? { line, fault: 'not_utf8' } : { line, text: text.trim() };
    },
  };
}

/** Null where it is not UTF-8. A byte order mark is left out. */
function decode(decoder: TextDecoder, bytes: Uint8Array | undefined): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
