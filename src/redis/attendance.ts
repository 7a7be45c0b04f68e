import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

export type AttendanceOptions = {
  readonly redis: Redis;
  readonly prefix: string;
  /** Tells this process from all others. */
  readonly worker: string;
  /** A worker that says nothing for so long has died. */
  readonly ttlMs: number;
};

/** Which accounts a worker serves, for those who ask whether anybody is working. */
export function createAttendance({ redis, prefix, worker, ttlMs }: AttendanceOptions) {
  const run = createScriptRunner(redis);
  const workersOf = (from: string) => accountKeys(prefix, from).fixed.workers;
  return {
    async attend(accounts: readonly string[]): Promise<void> {
      await Promise.all(
        accounts.map((from) => run('attend', { workers: workersOf(from) }, { worker, ttlMs })),
      );
    },
    async leave(accounts: readonly string[]): Promise<void> {
      await Promise.all(accounts.map((from) => redis.zrem(workersOf(from), worker)));
    },
  };
}
