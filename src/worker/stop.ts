import type { Account } from '../domain/account.js';
import type { Decision } from '../domain/decide.js';
import { maskText } from '../domain/mask.js';
import type { ValidationFault } from '../errors.js';
import type { Job } from '../redis/delivery-replies.js';
import type { Parking } from '../redis/delivery-store.js';
import type { JobEnd } from './job-end.js';
import type { DeliverDeps, Delivered, Run } from './run.js';
import { subjectOf } from './tell.js';

type Stop = { readonly run: Run; readonly parking: Parking; readonly until: number };

/** Lets a delivery wait or be held; null when the reason has gone meanwhile. */
export async function park({ run, parking, until }: Stop, deps: DeliverDeps): Promise<JobEnd | null> {
  const parked = await deps.store.park(run.delivery, parking);
  if (parked !== 'parked') return null;
  const { status, reason } = parking;
  deps.observer.deliveryMoved({ ...subjectOf(run), from: null, to: status, reason });
  return { kind: 'delayed', until, status };
}

/** Ends a delivery that will not be sent; null when another writer was there first. */
export async function conclude(
  run: Run,
  decision: Extract<Decision, { readonly do: 'end' }>,
  deps: DeliverDeps,
): Promise<JobEnd | null> {
  const { status, reason } = decision;
  const end = await deps.store.conclude(run.delivery, { status, reason });
  if (!end.done) return null;
  deps.observer.deliveryMoved({ ...subjectOf(run), from: null, to: status, reason });
  return { kind: 'failed', reason: `${status.toUpperCase()} ${reason}` };
}

/** The job of a delivery that has ended: finished to match. */
export function finish(
  id: string,
  { status, unique, reason }: Omit<Extract<Decision, { readonly do: 'finish' }>, 'do'>,
): JobEnd {
  if (status === 'failed' || status === 'expired' || status === 'unknown') {
    return { kind: 'failed', reason: `${status.toUpperCase()} ${reason}`.trim() };
  }
  return { kind: 'completed', result: { id, unique, status } };
}

type Refused = {
  readonly id: string;
  readonly errors: readonly ValidationFault[];
  readonly account: Account;
  readonly job: Job;
};

/** A job that can never be sent: its errors go into a record and into the job's failure. */
export async function refuse(
  { id, errors, account, job }: Refused,
  { store, observer }: DeliverDeps,
): Promise<Delivered> {
  const ref = { from: account.from, id, to: '' };
  const detail = JSON.stringify(errors);
  await store.refuse(ref, job, detail);
  observer.deliveryFlagged({ account: account.name, deliveryId: id, recipient: '', flag: 'invalid', detail });
  return { ref, end: { kind: 'failed', reason: `INVALID ${maskText(detail)}` } };
}
