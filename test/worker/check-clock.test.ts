import { checkClock } from '../../src/app/check-clock.js';
import { systemEffects } from '../../src/app/core.js';
import { createLog } from '../../src/observe/log.js';
import { withRedis } from '../support/redis.js';

const redis = withRedis();

async function linesOf(aheadMs: number): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = createLog({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => lines.push(line) },
  });
  const effects = { ...systemEffects, now: () => Date.now() + aheadMs };
  await checkClock(redis.client, { log, effects });
  return lines;
}

it('says nothing of clocks that agree', async () => {
  await expect(linesOf(0)).resolves.toEqual([]);
});

it.each([60_000, -60_000])('warns of a clock that is %i ms ahead', async (aheadMs) => {
  const [line = ''] = await linesOf(aheadMs);
  const told = JSON.parse(line);
  expect(told.level).toBe('warn');
  expect(Math.round(told.aheadMs / 1000)).toBe(aheadMs / 1000);
});
