import { setTimeout as sleep } from 'node:timers/promises';
import { planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

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
      const { kills, seconds } = await killing.stop();
      const verdict = await judge(lab.fleet, planned, 120_000);
      const { unknown, unknownTaken, settledInAMinute } = verdict;
      const figures = { deliveries, kills, inSeconds: seconds, ...figuresOf(verdict) };
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

const EACH_MS = 1000;
/** So many wait with all that they need loaded: what Node takes for that is not to save anybody from being killed. */
const SPARES = 3;

/** Kills one of the workers, drawn by the dice, and starts another in its place, each second until stopped. */
export function killEachSecond({ fleet, dice }: Pick<Lab, 'fleet' | 'dice'>) {
  const begun = performance.now();
  const gone = new Set<number>();
  const starting: Promise<void>[] = [];
  const spares = Array.from({ length: SPARES }, () => fleet.loadWorker());
  let stopped = false;

  function killOne(): void {
    const alive = fleet.workers.filter(({ pid }) => !gone.has(pid));
    const victim = alive[dice.between({ min: 0, max: 0xffff }) % Math.max(1, alive.length)];
    // The last one stays until another is up: where nobody works, nothing is in danger.
    if (victim === undefined || alive.length < 2) return;
    gone.add(victim.pid);
    victim.kill('SIGKILL');
    const spare = spares.shift();
    spares.push(fleet.loadWorker());
    if (spare !== undefined) starting.push(spare.then(({ start }) => start()));
  }

  async function rounds(): Promise<void> {
    for (let round = 1; !stopped; round += 1) {
      await sleep(Math.max(0, begun + round * EACH_MS - performance.now()));
      if (!stopped) killOne();
    }
    await Promise.all(starting);
    await Promise.all(spares.map(async (spare) => (await spare).close()));
  }

  const running = rounds();
  return {
    /** Resolves with how many were killed, and in how many seconds, when all that replace them run. */
    async stop(): Promise<{ readonly kills: number; readonly seconds: number }> {
      stopped = true;
      const seconds = Math.round((performance.now() - begun) / 1000);
      await running;
      return { kills: gone.size, seconds };
    },
  };
}
