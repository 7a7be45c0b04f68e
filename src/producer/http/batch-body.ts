import type { IncomingMessage } from 'node:http';
import { isFields } from '../../domain/seal.js';
import { type BulkForm, type LineRecord, readRecords } from '../bulk/read-records.js';
import type { Api } from './api.js';
import { ProblemError } from './problem.js';
import { NDJSON, NDJSON_TYPES } from './schemas/batch.js';

/** Bodies are streams of either form; their types are many. */
export function readBodiesAsTheyCome(scope: Api): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(['application/json', ...NDJSON_TYPES], (_request, body, done) =>
    done(null, body),
  );
  scope.addContentTypeParser('*', (_request, _body, done) => done(new ProblemError(...UNKNOWN_TYPE)));
}

const UNKNOWN_TYPE = [
  'unsupported_media_type',
  `send a JSON array as application/json, or one request a line as ${NDJSON} (or ${NDJSON_TYPES.slice(1).join(', ')})`,
] as const;

export function formOf(contentType = ''): BulkForm {
  const [type = ''] = contentType.split(';');
  return NDJSON_TYPES.includes(type.trim().toLowerCase()) ? 'ndjson' : 'array';
}

/**
 * A body's records; the first one shows whether it is a batch at all.
 * @throws ProblemError malformed_batch
 */
export async function readBatchBody(
  raw: IncomingMessage,
  form: BulkForm,
): Promise<AsyncIterable<readonly LineRecord[]>> {
  // Not the body's own iterator: whoever stops at that cuts the connection before it has an answer.
  const chunks = raw[Symbol.asyncIterator]();
  const records = readRecords({ [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) }, form);
  let first: readonly LineRecord[] = [];
  try {
    for (let next = await records.next(); next.done !== true; next = await records.next()) {
      first = next.value;
      if (first.length > 0) break;
    }
  } catch (cause) {
    throw new ProblemError('malformed_request', 'the body broke off', { cause });
  }
  const fault = faultOfBody(first[0], form);
  if (fault === null) return following(first, { records, chunks });
  void drain(chunks);
  throw new ProblemError('malformed_batch', fault);
}

type Following = {
  readonly records: AsyncGenerator<readonly LineRecord[], void, undefined>;
  readonly chunks: AsyncIterator<unknown>;
};

async function* following(
  first: readonly LineRecord[],
  { records, chunks }: Following,
): AsyncGenerator<readonly LineRecord[], void, undefined> {
  try {
    yield first;
    yield* records;
  } finally {
    // Behind an array's end there may be more.
    void drain(chunks);
  }
}

/** A client that still sends would not read its answer. */
async function drain(chunks: AsyncIterator<unknown>): Promise<void> {
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // It hung up.
  }
}

function faultOfBody(first: LineRecord | undefined, form: BulkForm): string | null {
  if (first === undefined) return form === 'array' ? null : 'the body is empty: send one request a line';
  // Whatever it is, it is one record.
  if (first.fault === 'too_long') return null;
  if (form === 'array') return first.fault === undefined ? null : NO_ARRAY;
  if ('request' in first && isFields(first.request)) return null;
  return 'request' in first && Array.isArray(first.request) ? ARRAY_IN_LINE : NO_LINE;
}

const NO_ARRAY = `the body must be one JSON array in UTF-8; a single request goes to POST /v1/deliveries, one a line as ${NDJSON}`;
const NO_LINE =
  'the first line must be a request as one JSON object in UTF-8, with no line break inside; an array goes as application/json';
const ARRAY_IN_LINE = 'the body is a JSON array: send it as application/json, or one request a line';
