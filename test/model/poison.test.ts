import { Queue } from 'bullmq';
import fc from 'fast-check';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { type End, live, openStreet, type Plan } from './street.js';

/*
 * One delivery never holds an account: random mixtures of good and poisoned deliveries through the real scripts, worker
 * pipeline and prober, on a real Redis; clock, BullMQ and provider are modelled. Again with MODEL_SEED, longer with MODEL_RUNS.
 */
const redis = withRedis();
const bullQueue = () =>
  new Queue('{972771234567}', { connection: redis.client, prefix: 'model:queue', skipMetasUpdate: true });
let queue: Queue;
beforeAll(() => {
  queue = bullQueue();
});
afterAll(() => queue.close());

const runs = Number(process.env.MODEL_RUNS ?? 8);
const seed = process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) };
const settings = { numRuns: runs, endOnFailure: true, ...seed };
const LIMIT = 60_000 + runs * 20_000;

/** So many refused in a row make an account that is well wait for another probe. */
const IN_A_ROW = 20;

const poison = fc.constantFrom('http_403', 'http_404', 'http_401', 'http_405', 'http_302', '2');
const afterMs = fc.constantFrom(0, 0, 0, 0, SECOND, 5 * SECOND, MINUTE, 20 * MINUTE);
const plan = fc.record({ afterMs, poison: fc.option(poison, { freq: 2 }) });
const workers = fc.integer({ min: 1, max: 4 });
const choices = fc.array(fc.nat({ max: 7 }), { minLength: 8, maxLength: 8 });

const open = (plans: readonly Plan[], count: number) =>
  openStreet({ redis: redis.client, bullQueue: queue, workers: count }, plans);
const failed = (ends: readonly End[]) => ends.filter(({ status }) => status === 'failed');
const good = (ends: readonly End[]) => ends.filter((end) => end.poison === null);

it(
  'lets every good delivery wait for one probe at most, and rejects the poisoned ones',
  async () => {
    const mixture = fc.array(plan, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(mixture, workers, choices, async (plans, count, order) => {
        // A last good one, long after: it shows that the account sends.
        const street = await open([...plans, { afterMs: 30 * MINUTE, poison: null }], count);
        await live(street, { forMs: 45 * MINUTE, choices: order });
        const ends = await street.ends();
        const most = 1 + Math.floor(longestRun(plans) / IN_A_ROW);
        expect(good(ends).filter(({ status, probes }) => status !== 'accepted' || probes > most)).toEqual([]);
        expect(ends.filter((end) => end.poison !== null && end.reason !== end.poison)).toEqual([]);
        expect(await street.gate()).not.toHaveProperty('state');
      }),
      settings,
    );
  },
  LIMIT,
);

it(
  'rejects nothing while the account is at fault, and sends everything afterwards',
  async () => {
    const delays = fc.array(afterMs, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(delays, workers, choices, async (all, count, order) => {
        const street = await open(
          all.map((after) => ({ afterMs: after, poison: null })),
          count,
        );
        street.trouble('key');
        await live(street, { forMs: 40 * MINUTE, choices: order });
        expect(failed(await street.ends())).toEqual([]);
        street.trouble('none');
        await live(street, { forMs: 15 * MINUTE, choices: order });
        expect((await street.ends()).map(({ status }) => status)).toEqual(all.map(() => 'accepted'));
      }),
      settings,
    );
  },
  LIMIT,
);

it(
  'rejects nothing that is due beside others while sends alone are refused, and of a trickle only the first',
  async () => {
    const delays = fc.array(afterMs, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(delays, workers, choices, async (all, count, order) => {
        const street = await open(
          all.map((after) => ({ afterMs: after, poison: null })),
          count,
        );
        street.trouble('sends');
        await live(street, { forMs: 40 * MINUTE, choices: order });
        const first = all.filter((after) => after <= Math.min(...all) + SECOND);
        expect(failed(await street.ends()).length).toBeLessThanOrEqual(first.length > 1 ? 0 : 1);
        street.trouble('none');
        await live(street, { forMs: 15 * MINUTE, choices: order });
        const left = (await street.ends()).filter(({ status }) => status !== 'failed');
        expect(left.map(({ status }) => status)).toEqual(left.map(() => 'accepted'));
      }),
      settings,
    );
  },
  LIMIT,
);

/** By the order in which they come. */
function longestRun(plans: readonly Plan[]): number {
  let [run, longest] = [0, 0];
  for (const each of [...plans].sort((one, other) => one.afterMs - other.afterMs)) {
    run = each.poison === null ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
