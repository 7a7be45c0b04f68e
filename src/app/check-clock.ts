import { SECOND } from '../domain/time.js';
import { redisTimes } from '../redis/clock.js';
import type { Redis } from '../redis/connection.js';
import type { Core } from './core.js';

/** Beyond this, times of this machine and of Redis in one log confuse more than they tell. */
const TOLERATED_MS = 2 * SECOND;

/** Warns when this machine's clock and Redis's are far apart. Nothing depends on it but people who read times. */
export async function checkClock(
  redis: Redis,
  { log, effects }: Pick<Core, 'log' | 'effects'>,
): Promise<void> {
  const before = effects.now();
  const times = await redisTimes(redis);
  const now = (before + effects.now()) / 2;
  const apart = times.map((time) => Math.round(now - time));
  const aheadMs = apart.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  if (Math.abs(aheadMs) > TOLERATED_MS) log.warn('this clock and Redis’s are apart', { aheadMs });
}

/** The same once Redis can be asked, for who does not wait for it. */
export function checkClockOnceReady(redis: Redis, core: Pick<Core, 'log' | 'effects'>): void {
  // Redis may be gone again, or the process end: the next start checks it.
  const check = () => void checkClock(redis, core).catch(() => undefined);
  if (redis.status === 'ready') check();
  else redis.once('ready', check);
}
