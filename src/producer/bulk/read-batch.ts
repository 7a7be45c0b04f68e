import { ValidationError, WaybillError } from '../../errors.js';
import {
  type GivenRequest,
  type MakeId,
  type ReadDeps,
  type ReadRequest,
  readRequest,
} from '../read-request.js';
import type { BulkRecord } from './record.js';

/** A record's place in its batch: a request that can be taken in, or why it cannot. */
export type Slot = { readonly read: ReadRequest } | { readonly error: WaybillError };

/** Validates each record; a fault of one is told at its place. */
export function readBatch(
  records: readonly BulkRecord[],
  deps: ReadDeps,
  makeId: MakeId,
): Promise<readonly Slot[]> {
  return Promise.all(records.map((record) => readRecord(record, deps, makeId)));
}

async function readRecord(record: BulkRecord, deps: ReadDeps, makeId: MakeId): Promise<Slot> {
  if ('error' in record) return record;
  try {
    return { read: await readRequest(asRequest(record.request), deps, makeId) };
  } catch (error) {
    if (error instanceof WaybillError) return { error };
    throw error;
  }
}

/** What is wrong with its fields is found after this; first there must be some. */
function asRequest(request: unknown): GivenRequest {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new ValidationError([{ pointer: '', detail: 'must be an object with the fields of a request' }]);
  }
  const given: GivenRequest = { ...request };
  if (given.from !== undefined) return given;
  throw new ValidationError([{ pointer: '/from', detail: 'is missing: give an account by number or name' }]);
}
