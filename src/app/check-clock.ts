import { SECOND } from '../domain/time.js';
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
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  const redisNow = seconds * SECOND + micros / 1000;
  const aheadMs = Math.round((before + effects.now()) / 2 - redisNow);
  if (Math.abs(aheadMs) > TOLERATED_MS) log.warn('this clock and Redis’s are apart', { aheadMs });
}
