import { createHash } from 'node:crypto';
import { type Delivery, identityOf } from '../domain/delivery.js';
import type { Job } from './delivery-replies.js';

/** A request to take in; `request` is its job's data, kept until the job has been seen in the queue. */
export type Acceptance = { readonly delivery: Delivery; readonly job: Job; readonly request: string };

/** What the scripts that accept are told of a request. */
export function acceptArgs({ delivery, job, request }: Acceptance) {
  const { sendAt, expiresAt, strictOrder } = delivery;
  // Both times are the producer's: one that is not later than its job means now, whatever Redis's clock says.
  const scheduled = sendAt > job.timestamp;
  return {
    fingerprint: fingerprintOf(delivery),
    jobAt: job.timestamp,
    sendAt: scheduled ? sendAt : 0,
    expiresAt,
    strict: strictOrder ? 1 : 0,
    request,
    metadata: metadataOf(delivery),
  };
}

/** Kept beside the request, which goes with its job: events tell it to the end. */
function metadataOf({ metadata }: Delivery): string {
  return Object.keys(metadata).length === 0 ? '' : JSON.stringify(metadata);
}

/** What makes a request the same one, short enough to keep with every record. */
export function fingerprintOf(delivery: Delivery): string {
  return createHash('sha256').update(identityOf(delivery)).digest('base64url').slice(0, 22);
}
