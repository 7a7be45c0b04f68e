import { isFields } from '../../domain/seal.js';
import { ValidationError, WaybillError } from '../../errors.js';
import type { PublishedAccount } from '../../redis/accounts.js';
import { type GivenRequest, type MakeId, type ReadDeps, type ReadRequest, readFor } from '../read-request.js';
import type { BulkRecord } from './record.js';

/** A record's place in its batch: a request that can be taken in, or why it cannot. */
export type Slot = { readonly read: ReadRequest } | { readonly error: WaybillError };

/** Validates each record; a fault of one is told at its place. */
export async function readBatch(
  records: readonly BulkRecord[],
  deps: ReadDeps,
  makeId: MakeId,
): Promise<readonly Slot[]> {
  const accounts = await findAccounts(records, deps);
  const { now, sealer } = deps;
  return records.map((record) => {
    if ('error' in record) return record;
    try {
      const request = asRequest(record.request);
      return { read: readFor(accounts.get(request.from), request, { now, sealer, makeId }) };
    } catch (error) {
      if (error instanceof WaybillError) return { error };
      throw error;
    }
  });
}

type Accounts = ReadonlyMap<unknown, PublishedAccount | undefined>;

/** By what the records call them; each is looked up once. */
async function findAccounts(records: readonly BulkRecord[], { findAccount }: ReadDeps): Promise<Accounts> {
  const requests = records.flatMap((record) => ('request' in record ? [record.request] : []));
  const names = new Set(requests.map((request) => (isFields(request) ? request.from : undefined)));
  names.delete(undefined);
  const found = [...names].map(async (name) => [name, await findAccount(String(name))] as const);
  return new Map(await Promise.all(found));
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
