import { type JobsOptions, Queue } from 'bullmq';
import Redis from 'ioredis';
import type { SendRequest } from '../load/requests.js';

export const PLAIN_QUEUE = 'send-file';
const DAY_SECONDS = 24 * 3600;

/** Finished jobs stay as long as Waybill's. */
export const RETENTION = { removeOnComplete: { age: DAY_SECONDS }, removeOnFail: { age: DAY_SECONDS } };

/** As many as Waybill's queues keep: BullMQ's ten times as many would be spread over the jobs that are measured. */
const EVENTS_KEPT = 1000;

/** As BullMQ's documentation advises for calls that may fail. */
export const JOB_OPTIONS: JobsOptions = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 2000, jitter: 1 },
};

export type PlainQueue = Queue<SendRequest>;

export function openPlainQueue(redisUrl: string): { readonly queue: PlainQueue; close(): Promise<void> } {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: true });
  const queue: PlainQueue = new Queue(PLAIN_QUEUE, {
    connection,
    defaultJobOptions: JOB_OPTIONS,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  return {
    queue,
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

/** Named after its request, as an app does that may have to repeat itself. */
export function asJob(data: SendRequest, opts: JobsOptions = {}) {
  return { name: 'send-file', data, opts: { jobId: data.id, ...opts } };
}
