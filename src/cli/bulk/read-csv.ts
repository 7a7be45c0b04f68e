import { parse } from 'csv-parse/sync';
import { parseRecipient } from '../../domain/recipient.js';
import { ValidationError } from '../../errors.js';
import type { BulkRecord } from '../../index.js';
import { UsageError } from '../usage-error.js';
import { plainValue } from './cells.js';
import { type ColumnMap, type Columns, countKnown, isColumn, readColumns, readRow } from './columns.js';
import { DIALECT, type Row, readRows } from './read-rows.js';

/** A row of a table, by the line that it begins in. */
export type CsvRecord = BulkRecord & { readonly line: number; readonly cells: readonly string[] };

export type CsvOptions = {
  readonly map: ColumnMap;
  /** Null: found out by the first row. */
  readonly delimiter: string | null;
};

export type CsvTable = {
  /** Known once the first row has been read. */
  readonly header: () => readonly string[];
  readonly delimiter: () => string;
  /** Rows and columns that hold nothing. */
  readonly skipped: () => { readonly rows: number; readonly columns: number };
  readonly records: AsyncIterable<readonly CsvRecord[]>;
};

/** Reads a table in UTF-8 with names in its first row; `onColumns` is told what they mean before any row. */
export function readCsv(
  source: AsyncIterable<Buffer>,
  options: CsvOptions,
  onColumns: (columns: Columns) => void,
): CsvTable {
  let table = { header: [] as readonly string[], delimiter: options.delimiter ?? ',', columns: NO_COLUMNS };
  let emptyRows = 0;
  let place = 0;
  let isPassed = false;

  function begin(header: readonly string[]): void {
    const columns = readColumns(header, options.map);
    table = { ...table, header, columns };
    onColumns(columns);
  }

  /** The first row is read twice, where it is whole at once: what it says is wanted for the second. */
  function passFirst(row: Row): void {
    if ('fault' in row) throw new UsageError(`its first row cannot be read: ${row.fault}`);
    if (table.header.length === 0) begin(row.cells);
    isPassed = true;
  }

  function recordsOf(rows: readonly Row[], firstLine: number): readonly CsvRecord[] {
    return rows.flatMap((row): readonly CsvRecord[] => {
      place += 1;
      if (isEmpty(row)) emptyRows += 1;
      else if (!isPassed) passFirst(row);
      else return [{ ...recordOf(row, { ...table, place }), line: row.line + firstLine - 1 }];
      return [];
    });
  }

  async function* records(): AsyncGenerator<readonly CsvRecord[], void, undefined> {
    const chunks = source[Symbol.asyncIterator]();
    const start = beginningOf(await headOf(chunks), options);
    const { delimiter } = start;
    table = { ...table, delimiter };
    const header = firstRow(start.rest.toString(), delimiter) ?? [];
    if (header.length > 0) begin(header);
    const swallows = (lines: readonly string[]) => lines.slice(1).some((line) => looksLikeRow(line, table));
    for await (const rows of readRows(joined(start.rest, chunks), { delimiter, swallows })) {
      yield recordsOf(rows, start.line);
    }
    if (!isPassed) throw new UsageError('there is nothing in it: the first row must name the columns');
  }

  return {
    header: () => table.header,
    delimiter: () => table.delimiter,
    skipped: () => ({
      rows: emptyRows,
      columns: table.columns.places.filter((each) => each === 'unnamed').length,
    }),
    records: records(),
  };
}

const NO_COLUMNS: Columns = { places: [], unread: [], width: 0, needed: 0 };

type Table = {
  readonly header: readonly string[];
  readonly delimiter: string;
  readonly columns: Columns;
};

function isEmpty(row: Row): boolean {
  return 'cells' in row && row.cells.every((cell) => cell.trim() === '');
}

/** Excel leaves out the empty cells at the end of 16 rows at a time, the first of which hold the header. */
const EXCEL_ROWS = 16;

function recordOf(row: Row, table: Table & { readonly place: number }): Omit<CsvRecord, 'line'> & BulkRecord {
  if ('fault' in row) {
    return { cells: [row.text], error: new ValidationError([{ pointer: '', detail: row.fault }]) };
  }
  const { cells, isCut } = row;
  const { columns, place } = table;
  const read = readRow(columns, cells, { mayEndEarly: place > EXCEL_ROWS && !isCut });
  return 'faults' in read
    ? { cells, error: new ValidationError(read.faults) }
    : { cells, request: read.request };
}

/** A line inside of a quoted cell that is a row of its own: an earlier quote was not closed. */
function looksLikeRow(line: string, { columns: { places }, delimiter }: Table): boolean {
  const cells = line.split(delimiter).map((cell) => plainValue(cell.trim().replace(/^"|"$/g, '')));
  const cellOf = (field: string): string => {
    const index = places.findIndex((each) => isColumn(each) && each.path[0] === field);
    return cells[index] ?? '';
  };
  if (!/^https:\/\//i.test(cellOf('fileUrl')) || !parseRecipient(cellOf('to')).ok) return false;
  return isWhole(line, delimiter);
}

/** The line on which a cell of several lines ends holds the rest of its row too, but a quote without its partner. */
function isWhole(line: string, delimiter: string): boolean {
  const quotes = line.split('"').length - 1;
  return quotes % 2 === 0 && firstRow(line, delimiter) !== null;
}

/** In bytes: a header is not longer. */
const LONGEST_HEADER = 64 * 1024;

async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < LONGEST_HEADER && !/\S[^\r\n]*[\r\n]/.test(head.toString('latin1'))) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* joined(
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

type Beginning = { readonly delimiter: string; readonly rest: Buffer; readonly line: number };

const DELIMITERS = [',', ';', '\t'] as const;

/** What the file says of its delimiter (`sep=;`, as Excel writes and reads), else what its first row is made of. */
function beginningOf(head: Buffer, { delimiter, map }: CsvOptions): Beginning {
  const [said, separator] =
    /^"?sep=([^\r\n"])"?[^\S\r\n]*(?:\r\n|\r|\n)/i.exec(head.toString('latin1')) ?? [];
  const rest = said === undefined ? head : head.subarray(said.length);
  const line = said === undefined ? 1 : 2;
  return { delimiter: delimiter ?? separator ?? likeliest(rest.toString(), map), rest, line };
}

function likeliest(text: string, map: ColumnMap): string {
  const scored = DELIMITERS.map((delimiter) => {
    // One whose quotes are wrong is told of when it is read.
    const header =
      firstRow(text, delimiter) ?? text.split(/[\r\n]/, 1).flatMap((line) => line.split(delimiter));
    return { delimiter, known: countKnown(header, map), cells: header.length };
  });
  const [best] = scored.sort((one, other) => other.known - one.known || other.cells - one.cells);
  return best?.delimiter ?? ',';
}

/** Null: it cannot be read, or does not end in this text. */
function firstRow(text: string, delimiter: string): readonly string[] | null {
  const only = { to: 1, skip_empty_lines: true, skip_records_with_empty_values: true };
  try {
    return parse(text, { ...DIALECT, ...only, delimiter })[0] ?? [];
  } catch {
    return null;
  }
}
