import type { Job } from 'bullmq';
import type { Account } from '../domain/account.js';
import type { Delivery } from '../domain/delivery.js';
import { type Fields, isFields, type Owner, openRequest, type Sealer } from '../domain/seal.js';
import { DataKeyError, type ValidationFault } from '../errors.js';
import { deliveryIdOf, JOB_NAME } from '../queue/names.js';
import { parseRequest } from '../queue/request.js';

export type ReadJob =
  | {
      readonly ok: true;
      readonly delivery: Delivery;
      /** The request with its link as it is sent; null: it has that form already. */
      readonly respelled: Fields | null;
    }
  | { readonly ok: false; readonly id: string; readonly errors: readonly ValidationFault[] };

/** Why a request cannot be read in this process. */
export type LockedJob = { readonly locked: string };

/** Reads a job that anybody may have added, by the queue contract. */
export function readJob(
  job: Job,
  { owner, account }: { readonly owner: Owner; readonly account: Account },
  sealer: Sealer,
): ReadJob | LockedJob {
  try {
    return readData(job, { data: openRequest(job.data, owner, sealer), id: owner.id, account });
  } catch (error) {
    if (error instanceof DataKeyError) return { locked: error.message };
    throw error;
  }
}

type Opened = { readonly data: unknown; readonly id: string; readonly account: Account };

function readData(job: Job, { data, id, account }: Opened): ReadJob {
  const { id: named, from, ...request } = isFields(data) ? data : { ...NOTHING, data };
  const parsed = parseRequest(isFields(data) ? request : data, {
    id,
    from: account.from,
    askedAt: job.timestamp,
    sendAt: job.timestamp + (job.opts.delay ?? 0),
    account,
  });
  const errors = [...contractFaults(job, { id, named, from, account }), ...(parsed.ok ? [] : parsed.errors)];
  if (!parsed.ok || errors.length > 0) return { ok: false, id, errors };
  const { delivery } = parsed;
  const { fileUrl } = delivery;
  const respelled = isFields(data) && data.fileUrl !== fileUrl ? { ...data, fileUrl } : null;
  return { ok: true, delivery, respelled };
}

const NOTHING = { id: undefined, from: undefined };
const NO_DELIVERY_ID =
  'has a job id that makes no delivery id: give it the job id d-<id>, with 1 to 128 characters out of A-Z a-z 0-9 . _ ~ -';

type Contract = {
  readonly id: string;
  readonly named: unknown;
  readonly from: unknown;
  readonly account: Account;
};

function contractFaults(job: Job, { id, named, from, account }: Contract): readonly ValidationFault[] {
  const faults: ValidationFault[] = [];
  if (deliveryIdOf(job.id ?? '') === null) faults.push({ pointer: '', detail: NO_DELIVERY_ID });
  if (job.name !== JOB_NAME) faults.push({ pointer: '', detail: `is no ${JOB_NAME} job` });
  if ((named ?? id) !== id) {
    faults.push({ pointer: '/id', detail: 'is not the id of its job: leave it out, or name the job d-<id>' });
  }
  if (![account.from, account.name].includes(String(from ?? account.from))) {
    faults.push({ pointer: '/from', detail: 'is not the account whose queue this is: leave it out' });
  }
  return faults;
}
