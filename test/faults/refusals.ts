import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import { underLoad } from './deploys.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, endedWorkers, figuresOf, judge } from './verdict.js';

const READONLY_MS = 4000;

export const REFUSALS: Row = {
  name: 'Redis is read-only for 4 s, and connections are cut at random commands',
  promise: 'nothing lost, nothing twice, no worker ends',
  run: (asked) =>
    withFleet(asked, { sandbox: { latencyMs: { min: 20, max: 100 }, ...RETRIED }, env: ENV }, async (lab) => {
      const [demotions, cuts] = [scaled(5, asked), scaled(200, asked, 5)];
      const [planned] = await underLoad(lab, 'load', () => disturb(lab, { demotions, cuts }));
      const verdict = await judge(lab.fleet, planned, 120_000);
      const figures = { demotions, cuts, deliveries: planned.flat().length, ...figuresOf(verdict) };
      return { figures, broken: [...brokenPromises(verdict), ...(await endedWorkers(lab.fleet))] };
    }),
};

const ENV = { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' };
const RETRIED = {
  webhook: { url: 'set by the fleet', retry: 1 as const },
  callbacks: { retryTimeFactor: 0.002 },
};

async function disturb(
  { redis, dice }: Lab,
  { demotions, cuts }: { readonly demotions: number; readonly cuts: number },
): Promise<void> {
  const operator = new Redis(redis.url, { maxRetriesPerRequest: null });
  try {
    for (let index = 0; index < demotions; index += 1) {
      await operator.replicaof('127.0.0.1', 1);
      await sleep(READONLY_MS);
      await operator.replicaof('NO', 'ONE');
      await sleep(dice.between({ min: 1000, max: 2000 }));
    }
    for (let index = 0; index < cuts; index += 1) {
      await sleep(dice.between({ min: 5, max: 100 }));
      await cutOne(operator, dice.between({ min: 0, max: 1000 }));
    }
  } finally {
    operator.disconnect();
  }
}

/** Any connection but the operator's own. */
async function cutOne(operator: Redis, drawn: number): Promise<void> {
  const ids = [...String(await operator.client('LIST')).matchAll(/^id=(\d+)/gm)].map(([, id]) => id ?? '');
  const id = ids[drawn % Math.max(1, ids.length)];
  if (id === undefined || id === String(await operator.client('ID'))) return;
  // It may have gone by itself.
  await operator.client('KILL', 'ID', id);
}
