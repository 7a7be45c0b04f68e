import { setTimeout as sleep } from 'node:timers/promises';
import { planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, judge } from './verdict.js';

const CONCURRENCY = 10;

export const KILLS: Row = {
  name: 'a worker is killed each second',
  promise:
    'nothing lost, nothing twice, unknown ≤ kills × concurrency, ≥ 99 % of those taken settled in 60 s',
  run: (asked) =>
    withFleet(asked, { sandbox: SANDBOX, env: ENV }, async (lab) => {
      const deliveries = scaled(10_000, asked, 100);
      const planned = planConversations({ deliveries, conversations: Math.ceil(deliveries / 3) }, lab.dice);
      const killing = killEachSecond(lab);
      await produce(lab.fleet.waybill, planned);
      const taken = () => lab.fleet.sandbox.counts().accepted >= deliveries * 0.9;
      while (!taken()) await sleep(100);
      const kills = await killing.stop();
      const verdict = await judge(lab.fleet, planned, 120_000);
      const { lost, twice, unknown, unknownTaken, settledInAMinute, wrong } = verdict;
      const figures = { deliveries, kills, lost, twice, unknown, unknownTaken, settledInAMinute, wrong };
      const broken = [
        ...brokenPromises(verdict),
        ...(unknown > kills * CONCURRENCY ? ['more unknown than the kills can explain'] : []),
        ...(settledInAMinute < unknownTaken * 0.99 ? ['the history settled too few in a minute'] : []),
      ];
      return { figures, broken };
    }),
};

const SANDBOX = { latencyMs: { min: 20, max: 60 } };
const ENV = { WAYBILL_CONCURRENCY: String(CONCURRENCY), WAYBILL_SEND_TIMEOUT_MS: '3000' };

/** Kills one of the workers, drawn by the dice, and starts another in its place, each second until stopped. */
export function killEachSecond({ fleet, dice }: Pick<Lab, 'fleet' | 'dice'>) {
  let stopped = false;
  let kills = 0;
  const whole = fleet.workers.length;
  const gone = new Set<number>();

  async function rounds(): Promise<void> {
    const starting: Promise<void>[] = [];
    while (!stopped) {
      await sleep(1000);
      const alive = fleet.workers.filter(({ pid }) => !gone.has(pid));
      const victim = alive[dice.between({ min: 0, max: whole - 1 })];
      // On a busy machine a worker takes longer than a second to start: the next kill waits for it.
      if (stopped || alive.length < whole || victim === undefined) continue;
      gone.add(victim.pid);
      victim.kill('SIGKILL');
      kills += 1;
      starting.push(fleet.startWorker());
    }
    await Promise.all(starting);
  }

  const running = rounds();
  return {
    /** Resolves with how many were killed, when all that replace them run. */
    async stop(): Promise<number> {
      stopped = true;
      await running;
      return kills;
    },
  };
}
