import type { Client } from '../../app/client.js';
import { ValidationError, WaybillError } from '../../errors.js';
import { csvSource, ndjsonSource, type PlacedRecord } from './source.js';

/** A file of requests, or `-`. */
export type BulkFile = {
  readonly format: 'csv' | 'ndjson';
  readonly path: string;
  /** The account of those that name none. */
  readonly from: string | undefined;
  readonly rejects: string | undefined;
  readonly run: string | undefined;
  readonly json: boolean;
};

export function sourceOf({ format }: Pick<BulkFile, 'format'>, bytes: AsyncIterable<Uint8Array>) {
  return format === 'csv' ? csvSource(bytes) : ndjsonSource(bytes);
}

/** Where its refused requests go when nothing else is said. */
export function rejectsBeside({ path, format }: BulkFile): string {
  return `${path === '-' ? 'stdin' : path}.rejects.${format}`;
}

/** None where there is a choice: each request must name its own then. */
export async function defaultAccount(client: Client, asked: string | undefined): Promise<string | null> {
  try {
    return (await client.account(asked)).from;
  } catch (error) {
    if (asked === undefined && error instanceof WaybillError && error.code === 'ACCOUNT_NEEDED') return null;
    throw error;
  }
}

/** Puts the account into requests that name none. */
export async function* withAccount(
  records: AsyncIterable<readonly PlacedRecord[]>,
  from: string | null,
): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
  for await (const some of records) {
    yield some.map((record) => {
      if (from === null || !('request' in record) || !isObject(record.request)) return record;
      return { ...record, request: { from, ...record.request } };
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong, in one line. */
export function reasonOf(error: WaybillError): string {
  if (!(error instanceof ValidationError)) return error.message;
  return error.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim()).join('; ');
}
