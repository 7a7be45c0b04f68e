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

/** An account that a worker serves, and by which version of its settings. */
export type Served = { readonly from: string; readonly version: string };

/** Which accounts a worker serves, for those who ask whether anybody is working. */
export function createAttendance({ redis, prefix, worker, ttlMs }: AttendanceOptions) {
  const run = createScriptRunner(redis);
  const workersOf = (from: string) => accountKeys(prefix, from).fixed.workers;
  /** What is written of this worker, by account. */
  const members = new Map<string, string>();

  async function leave(from: string): Promise<void> {
    const member = members.get(from);
    members.delete(from);
    if (member !== undefined) await redis.zrem(workersOf(from), member);
  }

  return {
    async attend(served: readonly Served[]): Promise<void> {
      const attending = served.map(async ({ from, version }) => {
        const member = `${worker}${SEPARATOR}${version}`;
        const before = members.get(from);
        members.set(from, member);
        await run('attend', { workers: workersOf(from) }, { worker: member, ttlMs });
        if (before !== undefined && before !== member) await redis.zrem(workersOf(from), before);
      });
      await Promise.all(attending);
    },

    leave: async (accounts: readonly string[]): Promise<void> =>
      void (await Promise.all(accounts.map(leave))),

    /** By which versions other workers serve the account; those that died a moment ago may be among them. */
    async othersOf(from: string): Promise<readonly string[]> {
      const all = await redis.zrange(workersOf(from), '0', '-1');
      return all.filter((each) => each !== members.get(from)).map((each) => each.split(SEPARATOR)[1] ?? '');
    },
  };
}

const SEPARATOR = ' ';
