import { stringify } from 'csv-stringify/sync';
import { readRecords } from '../../app/client.js';
import type { BulkRecord } from '../../index.js';
import { type Columns, REASON } from './columns.js';
import { inUtf8 } from './encoding.js';
import { grouped } from './progress.js';
import { type CsvOptions, type CsvRecord, type CsvTable, readCsv } from './read-csv.js';

/** A record with its place, and how it goes back to whoever must correct it. */
export type PlacedRecord = BulkRecord & {
  readonly line: number;
  readonly reject: (reason: string) => string;
};

export type BulkSource = {
  readonly records: AsyncIterable<readonly PlacedRecord[]>;
  /** What a file of rejected records begins with. */
  readonly rejectHead: () => string;
  /** What was passed over, in words; empty: nothing. */
  readonly skipped: () => string;
};

/** A table's rows; rejected ones go back with the reason in a column of its own, before the others. */
export function csvSource(
  bytes: AsyncIterable<Uint8Array>,
  options: CsvOptions,
  onColumns: (columns: Columns) => void,
): BulkSource {
  const table = readCsv(inUtf8(bytes), options, onColumns);
  const write = (cells: readonly string[]) => stringify([cells], { delimiter: table.delimiter() });
  const place = (record: CsvRecord): PlacedRecord => ({
    ...record,
    reject: (reason) =>
      write([`line ${record.line}: ${reason}`, ...withoutReason(record.cells, table.header())]),
  });
  async function* records(): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
    for await (const rows of table.records) yield rows.map(place);
  }
  return {
    records: records(),
    rejectHead: () => write([REASON, ...withoutReason(table.header(), table.header())]),
    skipped: () => skippedText(table.skipped()),
  };
}

function skippedText({ rows, columns }: ReturnType<CsvTable['skipped']>): string {
  const counted = [
    ...(rows === 0 ? [] : [`${grouped(rows)} empty ${rows === 1 ? 'row' : 'rows'}`]),
    ...(columns === 0 ? [] : [`${grouped(columns)} empty ${columns === 1 ? 'column' : 'columns'}`]),
  ];
  return counted.length === 0 ? '' : `skipped: ${counted.join(' and ')}`;
}

/** A rejects file that is fed again has reasons already. */
function withoutReason(cells: readonly string[], header: readonly string[]): readonly string[] {
  return cells.filter((_, index) => header[index]?.trim().toLowerCase() !== REASON.toLowerCase());
}

/** An object a line; rejected ones go back with the reason as one more field. */
export function ndjsonSource(bytes: AsyncIterable<Uint8Array>): BulkSource {
  async function* records(): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
    for await (const lines of readRecords(inUtf8(bytes), 'ndjson')) {
      yield lines.map((record) => {
        const given = 'request' in record ? record.request : undefined;
        if (typeof given !== 'object' || given === null || Array.isArray(given)) {
          return { ...record, reject: (reason) => asLine({ [REASON]: reason, rejected: record.text }) };
        }
        const { [REASON]: _last, ...request }: Record<string, unknown> = { ...given };
        const { line } = record;
        return { line, request, reject: (reason) => asLine({ ...request, [REASON]: reason }) };
      });
    }
  }
  return { records: records(), rejectHead: () => '', skipped: () => '' };
}

function asLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
