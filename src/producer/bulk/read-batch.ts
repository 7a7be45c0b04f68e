import type { PublishedAccount } from '../../domain/published-account.js';
import { isFields } from '../../domain/seal.js';
import { WaybillError } from '../../errors.js';
import {
  asRequest,
  knownNames,
  type MakeId,
  type ReadDeps,
  type ReadRequest,
  readFor,
} from '../read-request.js';
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
  const names = await knownNames([...accounts.values()], deps);
  const { now, sealer } = deps;
  return records.map((record) => {
    if ('error' in record) return record;
    try {
      const request = asRequest(record.request);
      return { read: readFor(accounts.get(request.from), request, { now, sealer, makeId, ...names }) };
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
  names.delete(null);
  const found = [...names].map(async (name) => [name, await findAccount(String(name))] as const);
  return new Map(await Promise.all(found));
}
