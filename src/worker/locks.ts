/** BullMQ's lock of a job in hand; once it is lost, another worker may have the job too. */
export type Lock = { readonly isLost: boolean };

/** The locks of the jobs in this process's hands. BullMQ would tell of a lost one by an abort signal for each job. */
export function createLocks() {
  const held = new Set<{ readonly job: string; isLost: boolean }>();
  return {
    /** Does the work with the job's lock. */
    async hold<T>(job: string, work: (lock: Lock) => Promise<T>): Promise<T> {
      const lock = { job, isLost: false };
      held.add(lock);
      try {
        return await work(lock);
      } finally {
        held.delete(lock);
      }
    },
    /** Those of these jobs are lost. */
    lose(jobs: readonly string[]): void {
      for (const lock of held) if (jobs.includes(lock.job)) lock.isLost = true;
    },
  };
}
