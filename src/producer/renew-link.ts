import { isFields, openRequest, type Sealer, sealRequest } from '../domain/seal.js';
import type { QueuedRequest, Queues } from '../queue/queues.js';
import type { ReadRequest } from './read-request.js';

export type RenewDeps = { readonly queues: Pick<Queues, 'changeRequest'>; readonly sealer: Sealer };

/**
 * Replaces the link of a job that has not been sent: a signed link is signed anew, the file is the same.
 * @throws DataKeyError
 */
export function renewLink({ delivery, job }: ReadRequest, { queues, sealer }: RenewDeps): Promise<void> {
  const { from, fileUrl } = delivery;
  return queues.changeRequest(from, job.id, (queued): QueuedRequest => {
    const known = openRequest(queued, delivery, sealer);
    if (!isFields(known) || known.fileUrl === fileUrl) return queued;
    return sealRequest({ ...known, fileUrl }, delivery, sealer);
  });
}
