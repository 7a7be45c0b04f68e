import { setTimeout as sleep } from 'node:timers/promises';
import { underLoad } from './deploys.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, judge } from './verdict.js';

/** Longer than the fleet's lock and stalled check together. */
const FROZEN_MS = 6500;
const BETWEEN_MS = 1500;

export const FREEZES: Row = {
  name: 'a worker is frozen longer than its locks last, and goes on',
  promise: 'nothing lost, nothing twice',
  run: (asked) =>
    withFleet(asked, { sandbox: { latencyMs: { min: 20, max: 200 } }, env: ENV }, async (lab) => {
      const cycles = scaled(20, asked);
      const [planned] = await underLoad(lab, 'load', () => freeze(lab, cycles));
      const verdict = await judge(lab.fleet, planned, 120_000);
      const { lost, twice, unknown, unknownTaken, settledInAMinute, wrong } = verdict;
      const deliveries = planned.flat().length;
      const figures = { cycles, deliveries, lost, twice, unknown, unknownTaken, settledInAMinute, wrong };
      return { figures, broken: brokenPromises(verdict) };
    }),
};

const ENV = { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' };

/** SIGSTOP and SIGCONT, at any moment of what the worker does. */
async function freeze({ fleet, dice }: Lab, cycles: number): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await sleep(dice.between({ min: 0, max: BETWEEN_MS }));
    const worker = fleet.workers[dice.between({ min: 0, max: fleet.workers.length - 1 })];
    worker?.kill('SIGSTOP');
    await sleep(FROZEN_MS);
    worker?.kill('SIGCONT');
  }
}
