import { createHash } from 'node:crypto';
import { DELIVERY_ID } from './request.js';

/** The queue contract: one BullMQ queue per account, in the hash slot of all that belongs to it. */
export const JOB_NAME = 'send-file';

export function queueName(from: string): string {
  return `{${from}}`;
}

export function queuePrefix(prefix: string): string {
  return `${prefix}:queue`;
}

/** Ids that begin like this are written by `deliveryIdOf` alone: no request may bring one. */
const OF_ANOTHER_JOB = 'j~';
const LONGEST_ID = 128;

/** The job that carries a delivery: `deliveryIdOf` the other way round. */
export function jobIdOf(deliveryId: string): string {
  if (!deliveryId.startsWith(OF_ANOTHER_JOB)) return `d-${deliveryId}`;
  return decodeURIComponent(deliveryId.slice(OF_ANOTHER_JOB.length).replaceAll('~', '%'));
}

/**
 * The id of the delivery that a BullMQ job carries, made of the job's id alone: two jobs never share one, and a job
 * that is added again under its id never gets another. `d-<id>` carries `<id>`. Any other job id becomes `j~` and
 * itself, percent-encoded with `~` for `%`: `invoice 7` is `j~invoice~207`, and job `17` is `j~17`.
 * @returns null where the job id makes none: over 128 characters as written here, or not Unicode
 */
export function deliveryIdOf(jobId: string): string | null {
  if (typeof jobId !== 'string') return null;
  const [, named] = /^d-(.+)$/s.exec(jobId) ?? [];
  if (named !== undefined && DELIVERY_ID.test(named)) return named;
  // Half a character has no UTF-8: it comes back from Redis as U+FFFD, whatever it was.
  if (jobId === '' || /[\p{Surrogate}\uFFFD]/u.test(jobId)) return null;
  const id = `${OF_ANOTHER_JOB}${encode(jobId)}`;
  return id.length <= LONGEST_ID ? id : null;
}

/** What a refused job is recorded under: like no delivery's id, and the same for the same job. */
export function refusedIdOf(jobId: string): string {
  return `${OF_ANOTHER_JOB}~${createHash('sha256').update(jobId).digest('base64url')}`;
}

function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!~*'()]/g, hex)
    .replaceAll('%', '~');
}
