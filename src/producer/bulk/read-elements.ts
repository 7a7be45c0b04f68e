import { createCarry, type Line } from './read-lines.js';

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d];
/** Brackets and braces, by how they change the depth. */
const DEPTH: ReadonlyMap<number, number> = new Map([
  [OPEN, 1],
  [0x7b, 1],
  [CLOSE, -1],
  [0x7d, -1],
]);
/** Blanks, and the bytes of a byte order mark. */
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * Cuts the elements out of a JSON array as it comes, each as a text of its own, counted from 1. What they hold is
 * looked at no further than it takes to find their ends; an array that is none, or does not end, is told last.
 */
export async function* readElements(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<readonly Line[], void, undefined> {
  const cutter = createCutter(limitBytes);
  for await (const chunk of source) {
    yield cutter.cut(chunk);
    if (cutter.phase() === 'broken') return;
  }
  if (cutter.phase() !== 'after') yield [cutter.cutOff()];
}

type Phase = 'before' | 'inside' | 'after' | 'broken';

function createCutter(limitBytes: number) {
  const carry = createCarry(limitBytes);
  const scan = createScan();
  let phase: Phase = 'before';
  let line = 0;

  function take(): Line {
    line += 1;
    return carry.take(line);
  }

  /** Where the element ends that goes on at `start`; -1: not in this chunk. */
  function endOf(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at += 1) if (scan(chunk[at] ?? 0)) return at;
    return -1;
  }

  /** Only blanks may stand outside of the array; returns where it begins. */
  function skip(chunk: Uint8Array): number {
    const at = chunk.findIndex((byte) => !BLANK.has(byte));
    if (at < 0) return chunk.length;
    phase = phase === 'before' && chunk[at] === OPEN ? 'inside' : 'broken';
    return at + 1;
  }

  function cutInside(chunk: Uint8Array, start: number): readonly Line[] {
    const lines: Line[] = [];
    let from = start;
    for (let end = endOf(chunk, from); end >= 0; end = endOf(chunk, from)) {
      carry.add(chunk.subarray(from, end));
      from = end + 1;
      const element = take();
      const last = chunk[end] === CLOSE;
      const empty = last && line === 1 && 'text' in element && element.text === '';
      if (!empty) lines.push(element);
      if (last) return [...lines, ...cutAfter(chunk.subarray(from))];
    }
    carry.add(chunk.subarray(from));
    return lines;
  }

  function cutAfter(rest: Uint8Array): readonly Line[] {
    phase = 'after';
    skip(rest);
    return phase === 'after' ? [] : [{ line: line + 1, fault: 'no_array' }];
  }

  return {
    phase: (): Phase => phase,
    cutOff: (): Line => ({ line: line + 1, fault: phase === 'before' ? 'no_array' : 'cut_off' }),
    /** The elements that end in this chunk. */
    cut(chunk: Uint8Array): readonly Line[] {
      if (phase === 'after') return cutAfter(chunk);
      const start = phase === 'before' ? skip(chunk) : 0;
      if (phase === 'inside') return cutInside(chunk, start);
      return phase === 'broken' ? [{ line: line + 1, fault: 'no_array' }] : [];
    },
  };
}

/** Takes byte after byte, and tells of each whether it ends an element. */
function createScan(): (byte: number) => boolean {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (byte) => {
    if (inString) {
      inString = escaped || byte !== QUOTE;
      escaped = !escaped && byte === BACKSLASH;
      return false;
    }
    inString = byte === QUOTE;
    if (depth === 0 && (byte === COMMA || byte === CLOSE)) return true;
    depth = Math.max(0, depth + (DEPTH.get(byte) ?? 0));
    return false;
  };
}
