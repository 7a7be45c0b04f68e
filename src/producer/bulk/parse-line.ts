import { ValidationError, type WaybillError } from '../../errors.js';
import type { Line, LineFault } from './read-lines.js';
import type { BulkRecord } from './record.js';

/** What a request may be long at most, as text. */
export const LONGEST_LINE_BYTES = 64 * 1024;

const WORDS: Readonly<Record<LineFault, string>> = {
  too_long: `is longer than ${LONGEST_LINE_BYTES} bytes`,
  not_utf8: 'is not UTF-8: save the file in that encoding',
  no_array: 'the body must be one JSON array and nothing else',
  cut_off: 'the array ends before its closing bracket',
};

/** A record with its place in what was read. */
export type LineRecord = BulkRecord & { readonly line: number };

/** Reads a line's JSON; what is no JSON is a record with an error. */
export function parseLine(line: Line): LineRecord {
  if ('fault' in line) return { line: line.line, error: faultOf(WORDS[line.fault]) };
  try {
    return { line: line.line, request: JSON.parse(line.text) };
  } catch {
    return { line: line.line, error: faultOf('is not JSON') };
  }
}

function faultOf(detail: string): WaybillError {
  return new ValidationError([{ pointer: '', detail }]);
}
