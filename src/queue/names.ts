/** The queue contract: one BullMQ queue per account, in the hash slot of all that belongs to it. */
export const JOB_NAME = 'send-file';

export function queueName(from: string): string {
  return `{${from}}`;
}

export function queuePrefix(prefix: string): string {
  return `${prefix}:queue`;
}

export function jobIdOf(deliveryId: string): string {
  return `d-${deliveryId}`;
}
