import { identityButForPath } from '../domain/delivery.js';
import { withoutQuery } from '../domain/link-identity.js';
import { isFields, openRequest, sealRequest } from '../domain/seal.js';
import { type Status, UNSENT } from '../domain/status.js';
import { IllegalStateError } from '../errors.js';
import type { Warning } from '../queue/check-request.js';
import type { QueuedRequest, Queues } from '../queue/queues.js';
import { parseRequest } from '../queue/request.js';
import type { AmendStore } from '../redis/amend-store.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { amend } from './amend.js';
import type { ReadDeps, ReadRequest } from './read-request.js';

export type RenewDeps = ReadDeps & {
  readonly queues: Pick<Queues, 'changeRequest'>;
  readonly amends: AmendStore;
  readonly read: (asked: { readonly from: string; readonly id: string }) => Promise<DeliveryView | null>;
};

const PATH_CHANGED: Warning = {
  pointer: '/fileUrl',
  detail:
    'has another path than before, with the same host and file name: the link was replaced; give another file an id of its own',
};

/**
 * Replaces the link of a job that has not been sent: a signed link is signed anew, the file is the same.
 * @throws DataKeyError
 */
export async function renewLink(
  { delivery, job }: ReadRequest,
  { queues, sealer }: RenewDeps,
): Promise<readonly Warning[]> {
  const { from, fileUrl } = delivery;
  let before = fileUrl;
  await queues.changeRequest(from, job.id, (queued): QueuedRequest => {
    const known = openRequest(queued, delivery, sealer);
    if (!isFields(known) || known.fileUrl === fileUrl) return queued;
    before = String(known.fileUrl);
    return sealRequest({ ...known, fileUrl }, delivery, sealer);
  });
  return withoutQuery(before) === withoutQuery(fileUrl) ? [] : [PATH_CHANGED];
}

export type Renewed = { readonly status: Status; readonly warnings: readonly Warning[] };

/**
 * The same where the known request has another path, and all else is the same: its id is then that of the new link. Null:
 * it was sent, or it is another request.
 */
export async function renewMovedLink({ delivery }: ReadRequest, deps: RenewDeps): Promise<Renewed | null> {
  const { id, from, fileUrl } = delivery;
  const [view, account] = await Promise.all([deps.read({ from, id }), deps.findAccount(from)]);
  if (view === null || account === undefined || !UNSENT.includes(view.status)) return null;
  const known = parseRequest(view.request, { id, from, askedAt: view.createdAt, account });
  if (!known.ok || identityButForPath(known.delivery) !== identityButForPath(delivery)) return null;
  try {
    const { status } = await amend({ view, changes: { fileUrl } }, deps);
    return { status, warnings: [PATH_CHANGED] };
  } catch (error) {
    if (error instanceof IllegalStateError) return null;
    throw error;
  }
}
