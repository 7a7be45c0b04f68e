import { SECOND } from '../domain/time.js';
import { createAttendance } from '../redis/attendance.js';
import type { Redis } from '../redis/connection.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';

const EVERY_MS = 10 * SECOND;
const TTL_MS = 30 * SECOND;

/** Tells again and again that this worker is there for its accounts, so that their deliveries can tell when nobody is. */
export async function attend(core: Core, redis: Redis): Promise<Running> {
  const { config, effects, log } = core;
  const accounts = config.accounts.map(({ from }) => from);
  const attendance = createAttendance({
    redis,
    prefix: config.prefix,
    worker: effects.newId(),
    ttlMs: TTL_MS,
  });
  await attendance.attend(accounts);
  const telling = every(EVERY_MS, log, () => attendance.attend(accounts));
  return {
    async close() {
      const stopped = telling.close();
      // A round that waits for a Redis that is away may never end; the worker is forgotten without it.
      if (redis.status !== 'ready') return;
      await stopped;
      await attendance.leave(accounts).catch(() => undefined);
    },
  };
}
