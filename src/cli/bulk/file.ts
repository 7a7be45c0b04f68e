import type { Client } from '../../app/client.js';
import { isFields } from '../../domain/seal.js';
import { ValidationError, WaybillError } from '../../errors.js';
import type { Output } from '../output.js';
import { type ColumnMap, isColumn } from './columns.js';
import type { Input } from './input.js';
import { type BulkSource, csvSource, ndjsonSource, type PlacedRecord } from './source.js';

/** A file of requests, or `-`. */
export type BulkFile = {
  readonly format: 'csv' | 'ndjson';
  readonly path: string;
  /** The account of those that name none. */
  readonly from: string | undefined;
  readonly rejects: string | undefined;
  readonly run: string | undefined;
  readonly map: ColumnMap;
  readonly delimiter: string | null;
  readonly json: boolean;
};

/** Where its refused requests go when nothing else is said. */
export function rejectsBeside({ path, format }: BulkFile): string {
  return `${path === '-' ? 'stdin' : path}.rejects.${format}`;
}

type Around = { readonly client: Client; readonly output: Output };

/**
 * A file's requests, each for the account that it names, or for the file's.
 * @throws WaybillError ACCOUNT_NEEDED before the first one where neither is there
 */
export function openRequests(file: BulkFile, bytes: Input['bytes'], { client, output }: Around): BulkSource {
  let account: Account = { from: null, missing: null };
  const source =
    file.format === 'csv'
      ? csvSource(bytes, file, ({ places, unread }) => {
          if (unread.length > 0)
            output.note(`not read, since --map does not name them: ${unread.join(', ')}`);
          check(places.some((place) => isColumn(place) && place.path[0] === 'from'));
        })
      : ndjsonSource(bytes);

  function check(isNamed: boolean): void {
    if (!isNamed && account.missing !== null) throw account.missing;
  }

  async function* records(): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
    account = await accountFor(client, file.from);
    let isChecked = file.format === 'csv';
    for await (const some of source.records) {
      const [first] = some;
      // Of lines the first one shows whether they name accounts.
      if (!isChecked && first !== undefined) check(!hasRequest(first) || 'from' in first.request);
      isChecked ||= first !== undefined;
      yield some.map((record) => withAccount(record, account.from));
    }
  }
  return { ...source, records: records() };
}

type Account = { readonly from: string | null; readonly missing: WaybillError | null };

/** None where there is a choice: each request must name its own then. */
async function accountFor(client: Client, asked: string | undefined): Promise<Account> {
  try {
    return { from: (await client.account(asked)).from, missing: null };
  } catch (error) {
    if (asked !== undefined || !(error instanceof WaybillError) || error.code !== 'ACCOUNT_NEEDED')
      throw error;
    return { from: null, missing: error };
  }
}

function withAccount(record: PlacedRecord, from: string | null): PlacedRecord {
  if (from === null || !hasRequest(record)) return record;
  return { ...record, request: { from, ...record.request } };
}

function hasRequest(record: PlacedRecord): record is PlacedRecord & { readonly request: object } {
  return 'request' in record && typeof record.request === 'object' && isFields(record.request);
}

/** What is wrong, in one line. */
export function reasonOf(error: WaybillError): string {
  if (!(error instanceof ValidationError)) return error.message;
  return error.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim()).join('; ');
}
