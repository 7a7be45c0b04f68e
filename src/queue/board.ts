import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { type ConnectionOptions, type Job, Queue } from 'bullmq';
import { maskNumber, maskText } from '../domain/mask.js';
import { queueName, queuePrefix } from './names.js';

/** So many jobs of each state are read at once: without a bound, a set of any size would stop Redis for all. */
const MOST_JOBS = 50;

/**
 * A queue as bull-board shows it: read only, page by page, with what is dear on Redis left out, and with neither whole
 * numbers nor what stands in a link's query.
 */
class BoardQueue extends BullMQAdapter {
  override async getJobs(
    ...[statuses, start = 0, end = start]: Parameters<BullMQAdapter['getJobs']>
  ): Promise<Job[]> {
    const jobs = await super.getJobs(statuses, start, Math.min(end, start + MOST_JOBS - 1));
    return jobs.map(hideSecrets);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job === undefined ? undefined : hideSecrets(job);
  }

  /** Asks for every connection that there is, for every queue. */
  override async getWorkers(): Promise<null> {
    return null;
  }

  override async getJobLogs(): Promise<string[]> {
    return [];
  }

  /** There are none. */
  override async getJobSchedulersCount(): Promise<number> {
    return 0;
  }

  override async getGlobalConcurrency(): Promise<null> {
    return null;
  }
}

/** The accounts' queues for the board, opened when first looked at, on one connection. They write nothing. */
export function createBoardQueues(options: {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
}) {
  const queues: Queue[] = [];
  return {
    /** `onBroken`: it could not be set up, since Redis was away, and never will be. */
    open({ from, name }: { readonly from: string; readonly name: string }, onBroken: () => void): BoardQueue {
      const queue = new Queue(queueName(from), {
        connection: options.connection,
        prefix: queuePrefix(options.prefix),
        skipMetasUpdate: true,
      });
      // Told by the connection's own listeners.
      queue.on('error', () => undefined);
      queue.waitUntilReady().catch(onBroken);
      queues.push(queue);
      return new BoardQueue(queue, { readOnlyMode: true, allowRetries: false, displayName: name });
    },

    async close(): Promise<void> {
      await Promise.all(queues.splice(0).map((queue) => queue.close()));
    },
  };
}

/** The board shows what `toJSON` tells. */
function hideSecrets(job: Job): Job {
  const { data, progress, returnvalue, failedReason, stacktrace, opts, ...rest } = job.toJSON();
  const shown = {
    ...rest,
    opts,
    data: hide(data, ''),
    progress: hide(progress, ''),
    returnvalue: hide(returnvalue, ''),
    failedReason: failedReason === undefined ? failedReason : maskText(failedReason),
    stacktrace: (stacktrace ?? []).map(maskText),
  };
  return Object.assign(job, { toJSON: () => shown });
}

/** Numbers that are moments or sizes; any other long one may be somebody's. */
const FIGURES = ['sendAt', 'expiresAt', 'fileSizeBytes'];

function hide(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((each) => hide(each, field));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hide(each, name)]));
  }
  if (field === 'to') return maskNumber(String(value));
  if (typeof value === 'string') return maskText(value);
  return typeof value === 'number' && !FIGURES.includes(field) ? hideFigure(value) : value;
}

function hideFigure(value: number): number | string {
  return Math.abs(value) < 10_000_000 ? value : maskText(String(value));
}
