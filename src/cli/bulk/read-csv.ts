import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { CsvError, type Info, parse } from 'csv-parse';
import { ValidationError } from '../../errors.js';
import type { BulkRecord } from '../../index.js';
import { UsageError } from '../usage-error.js';
import { readColumns, toRequest } from './columns.js';
import { codeOf } from './input.js';

/** A row of a table, by the line that it ends in. */
export type CsvRecord = BulkRecord & { readonly line: number; readonly cells: readonly string[] };

export type CsvTable = {
  /** Known once the first row has been read. */
  readonly header: () => readonly string[];
  readonly records: AsyncIterable<readonly CsvRecord[]>;
};

const ROWS_AT_ONCE = 200;
/** In characters: a longer row is a quote that nobody closed. */
const LONGEST_ROW = 256 * 1024;

type Row = { readonly record: readonly string[]; readonly info: Info };

/** Reads a table with names in its first row: RFC 4180, with or without a byte order mark, any line ends. */
export function readCsv(source: AsyncIterable<Uint8Array>): CsvTable {
  let header: readonly string[] = [];
  async function* records(): AsyncGenerator<readonly CsvRecord[], void, undefined> {
    let columns: ReturnType<typeof readColumns> | null = null;
    for await (const rows of readRows(source)) {
      const [first, ...others] = rows;
      if (columns === null && first !== undefined) {
        columns = readColumns(first.record);
        header = first.record;
      }
      const known = columns ?? [];
      yield (header === first?.record ? others : rows).map((row) => toRecord(known, header, row));
    }
    if (columns === null) throw new UsageError('there is nothing in it: the first row must name the columns');
  }
  return { header: () => header, records: records() };
}

function toRecord(
  columns: ReturnType<typeof readColumns>,
  header: readonly string[],
  { record: cells, info }: Row,
): CsvRecord {
  const place = { line: info.lines, cells };
  if (cells.length === header.length) return { ...place, request: toRequest(columns, cells) };
  const detail = `has ${cells.length} cells where the first row has ${header.length}`;
  return { ...place, error: new ValidationError([{ pointer: '', detail }]) };
}

async function* readRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Row[], void, undefined> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  const input = Readable.from(inUtf8(source), { objectMode: false });
  input.on('error', (error) => parser.destroy(error));
  let rows: Row[] = [];
  try {
    for await (const row of input.pipe(parser)) {
      rows.push(row);
      if (rows.length < ROWS_AT_ONCE) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? inWords(error) : error;
  } finally {
    input.destroy();
  }
  yield rows;
}

/** @throws UsageError where it is not UTF-8 */
async function* inUtf8(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  try {
    for await (const chunk of source) {
      yield decoder.decode(chunk, { stream: true });
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) line += 1;
    }
    yield decoder.decode();
  } catch (error) {
    if (codeOf(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UsageError(`it is not UTF-8 somewhere after line ${line}: save it in that encoding`, {
      cause: error,
    });
  }
}

/** Never its own words: they hold what stands in the file. */
function inWords(error: CsvError): UsageError {
  const line = typeof error.lines === 'number' ? ` near line ${error.lines}` : '';
  const why =
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? 'a quote is opened and not closed'
      : 'quotes stand where none may be: write " inside of a quoted cell as ""';
  return new UsageError(`it cannot be read as CSV${line}: ${why}`, { cause: error });
}
