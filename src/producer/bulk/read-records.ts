import { ValidationError, type WaybillError } from '../../errors.js';
import { readElements } from './read-elements.js';
import { type Line, type LineFault, readLines } from './read-lines.js';
import type { BulkRecord } from './record.js';

/** What a request may be long at most, as text. */
const LONGEST_LINE_BYTES = 64 * 1024;

const WORDS: Readonly<Record<LineFault, string>> = {
  too_long: `is longer than ${LONGEST_LINE_BYTES} bytes`,
  not_utf8: 'is not UTF-8: save the file in that encoding',
  no_array: 'the body must be one JSON array and nothing else',
  cut_off: 'the array ends before its closing bracket',
};

/** A record with its place in what was read, and how it stood there; empty where it was not kept. */
export type LineRecord = BulkRecord & {
  readonly line: number;
  readonly text: string;
  /** Why it could not be read at all. */
  readonly fault?: LineFault | 'not_json';
};

/** How records stand in a text: one a line, or as the elements of an array. */
export type BulkForm = 'ndjson' | 'array';

/** Reads records out of bytes as they come. */
export async function* readRecords(
  source: AsyncIterable<Uint8Array>,
  form: BulkForm,
): AsyncGenerator<readonly LineRecord[], void, undefined> {
  const read = form === 'ndjson' ? readLines : readElements;
  for await (const lines of read(source, LONGEST_LINE_BYTES)) yield lines.map(parseLine);
}

/** Reads a line's JSON; what is no JSON is a record with an error. */
export function parseLine(line: Line): LineRecord {
  if ('fault' in line) return { ...line, text: '', error: faultOf(WORDS[line.fault]) };
  try {
    return { ...line, request: JSON.parse(line.text) };
  } catch {
    return { ...line, fault: 'not_json', error: faultOf('is not JSON') };
  }
}

function faultOf(detail: string): WaybillError {
  return new ValidationError([{ pointer: '', detail }]);
}
