import { type ConnectionOptions, Queue } from 'bullmq';
import { queueName, queuePrefix } from './names.js';

/** BullMQ's events stream is a convenience for listeners: bounded, by accept.lua too. */
const STREAM_EVENTS_KEPT = 1000;
const MOST_FORGOTTEN = 10_000;

/** A job's data: the request as the queue contract has it. */
export type QueuedRequest = Readonly<Record<string, unknown>>;

export type QueuesOptions = {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  readonly onError: (error: Error) => void;
};

export type Queues = ReturnType<typeof createQueues>;

/** The accounts' BullMQ queues, opened when first asked for, on one connection. */
export function createQueues(options: QueuesOptions) {
  const { queueOf, close } = openWhenAsked(options);

  return {
    /** Changes the request of a job that is there; `change` returns what it was given where nothing changes. */
    changeRequest: (from: string, jobId: string, change: Change) =>
      changeRequest(queueOf(from), jobId, change),

    /** Removes a job, unless a worker has it in hand. */
    remove: (from: string, jobId: string): Promise<Removed> => remove(queueOf(from), jobId),

    /** Takes away the jobs that finished so long ago, some at a time. */
    forgetFinished: (from: string, ms: number) => forgetFinished(queueOf(from), ms),

    /** Nobody fetches from the queue for so long. */
    async rest(from: string, ms: number): Promise<void> {
      await queueOf(from).rateLimit(ms);
    },

    async pause(from: string): Promise<void> {
      await queueOf(from).pause();
    },

    /** Ends a rest as well: who opens an account does not want to wait for it. */
    async resume(from: string): Promise<void> {
      await queueOf(from).removeRateLimitKey();
      await queueOf(from).resume();
    },

    isPaused: (from: string): Promise<boolean> => queueOf(from).isPaused(),

    /** Jobs by BullMQ's state. */
    counts: (from: string): Promise<Readonly<Record<string, number>>> => queueOf(from).getJobCounts(),

    close,
  };
}

type Change = (request: QueuedRequest) => QueuedRequest;

async function changeRequest(queue: Queue<QueuedRequest>, jobId: string, change: Change): Promise<void> {
  const job = await queue.getJob(jobId);
  if (job === undefined) return;
  const changed = change(job.data);
  if (changed !== job.data) await job.updateData(changed);
}

async function forgetFinished(queue: Queue<QueuedRequest>, ms: number): Promise<void> {
  await queue.clean(ms, MOST_FORGOTTEN, 'completed');
  await queue.clean(ms, MOST_FORGOTTEN, 'failed');
}

type Removed = 'removed' | 'gone' | 'in_hand';

async function remove(queue: Queue<QueuedRequest>, jobId: string): Promise<Removed> {
  const job = await queue.getJob(jobId);
  if (job === undefined) return 'gone';
  try {
    await job.remove();
    return 'removed';
  } catch (error) {
    if (error instanceof Error && error.message.includes('locked by another worker')) return 'in_hand';
    throw error;
  }
}

function openWhenAsked({ connection, prefix, onError }: QueuesOptions) {
  const open = new Map<string, Queue<QueuedRequest>>();

  function queueOf(from: string): Queue<QueuedRequest> {
    const known = open.get(from);
    if (known !== undefined) return known;
    const queue = new Queue<QueuedRequest>(queueName(from), {
      connection,
      prefix: queuePrefix(prefix),
      // It asks once for Redis's version, and is of no use any more when nothing comes back in time.
      skipVersionCheck: true,
      streams: { events: { maxLen: STREAM_EVENTS_KEPT } },
    });
    queue.on('error', onError);
    open.set(from, queue);
    return queue;
  }

  async function close(): Promise<void> {
    await Promise.all([...open.values()].map((queue) => queue.close()));
    open.clear();
  }

  return { queueOf, close };
}
