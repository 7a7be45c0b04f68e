import { stringify } from 'csv-stringify/sync';
import { readRecords } from '../../app/client.js';
import type { BulkRecord } from '../../index.js';
import { REASON } from './columns.js';
import { type CsvRecord, readCsv } from './read-csv.js';

/** A record with its place, and how it goes back to whoever must correct it. */
export type PlacedRecord = BulkRecord & {
  readonly line: number;
  readonly reject: (reason: string) => string;
};

export type BulkSource = {
  readonly records: AsyncIterable<readonly PlacedRecord[]>;
  /** What a file of rejected records begins with. */
  readonly rejectHead: () => string;
};

/** A table's rows; rejected ones go back with the reason in a column of its own, before the others. */
export function csvSource(bytes: AsyncIterable<Uint8Array>): BulkSource {
  const table = readCsv(bytes);
  const place = (record: CsvRecord): PlacedRecord => ({
    ...record,
    reject: (reason) => stringify([[reason, ...withoutReason(record.cells, table.header())]]),
  });
  async function* records(): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
    for await (const rows of table.records) yield rows.map(place);
  }
  return {
    records: records(),
    rejectHead: () => stringify([[REASON, ...withoutReason(table.header(), table.header())]]),
  };
}

/** A rejects file that is fed again has reasons already. */
function withoutReason(cells: readonly string[], header: readonly string[]): readonly string[] {
  return cells.filter((_, index) => header[index]?.trim().toLowerCase() !== REASON.toLowerCase());
}

/** An object a line; rejected ones go back with the reason as one more field. */
export function ndjsonSource(bytes: AsyncIterable<Uint8Array>): BulkSource {
  async function* records(): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
    for await (const lines of readRecords(bytes, 'ndjson')) {
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
  return { records: records(), rejectHead: () => '' };
}

function asLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
