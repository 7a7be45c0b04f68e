import { type Delivery, identityOf } from '../domain/delivery.js';
import type { Sealer } from '../domain/seal.js';
import { spellingsOf } from '../domain/spellings.js';
import type { Job } from './delivery-replies.js';

/** A request to take in, with the job that carries it; `data` is that job's, as JSON. */
export type Acceptance = {
  readonly delivery: Delivery;
  readonly job: Job;
  readonly data: string;
  /** A worker has the job in its hands: none is added. */
  readonly inHand?: boolean;
};

/** What the script that accepts is told of a request. Spelled out: spread, they would take thrice the time. */
export function acceptArgs({ delivery, job, data, inHand = false }: Acceptance, sealer: Sealer) {
  const { id, to, sendAt, expiresAt, strictOrder, priority } = delivery;
  const { fingerprint, otherFingerprints } = fingerprintArgs(delivery, sealer);
  // Both times are the producer's: one that is not later than its job means now, whatever Redis's clock says.
  const scheduled = sendAt > job.timestamp;
  return {
    id,
    to,
    fingerprint,
    otherFingerprints,
    jobAt: job.timestamp,
    sendAt: scheduled ? sendAt : 0,
    expiresAt,
    strict: strictOrder ? 1 : 0,
    job: job.id,
    priority,
    data,
    inHand: inHand ? 1 : '',
    refused: '',
    metadata: metadataOf(delivery, sealer),
  };
}

/** Kept beside the request, which goes with its job: events tell it to the end. */
function metadataOf(delivery: Delivery, sealer: Sealer): string {
  const { metadata } = delivery;
  return Object.keys(metadata).length === 0
    ? ''
    : sealer.seal(JSON.stringify(metadata), delivery, 'metadata');
}

/** What makes a request the same one, short enough to keep with every record; and what may stand for it there already. */
export function fingerprintArgs(delivery: Delivery, sealer: Sealer) {
  const [fingerprint, ...others] = sealer.marks(identityOf(delivery));
  for (const to of spellingsOf(delivery.to)) {
    if (to !== delivery.to) others.push(...sealer.marks(identityOf(delivery, to)));
  }
  return { fingerprint, otherFingerprints: others.join(' ') };
}
