import { Queue } from 'bullmq';
import fc from 'fast-check';
import { withRedis } from '../support/redis.js';
import { calmDown, outlast } from './drain.js';
import { brokenAtTheEnd, brokenNow, brokenWhenCalm } from './invariants.js';
import { act } from './schedule.js';
import { createTape } from './tape.js';
import { FROM, openWorld, PREFIX } from './world.js';

/*
 * Random schedules of the real scripts, on a real Redis, by the real producer, worker and sweeper; only the clock,
 * BullMQ and the provider are modelled. A failure prints its seed and path: run again with MODEL_SEED and MODEL_PATH.
 * MODEL_RUNS makes it longer.
 */
const redis = withRedis();
let bullQueue: Queue;

beforeAll(() => {
  bullQueue = new Queue(`{${FROM}}`, {
    connection: redis.client,
    prefix: `${PREFIX}:queue`,
    skipMetasUpdate: true,
  });
});
afterAll(() => bullQueue.close());

const runs = Number(process.env.MODEL_RUNS ?? 50);
const replay = {
  ...(process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) }),
  ...(process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH }),
};
const choices = fc.array(fc.nat({ max: 0xffff }), { minLength: 50, maxLength: 240, size: 'max' });

it(
  'keeps every promise, whatever happens in whatever order',
  async () => {
    await fc.assert(fc.asyncProperty(choices, keepsItsPromises), {
      numRuns: runs,
      endOnFailure: true,
      ...replay,
    });
  },
  60_000 + runs * 5000,
);

async function keepsItsPromises(numbers: readonly number[]): Promise<void> {
  const tape = createTape(numbers);
  const world = await openWorld({ redis: redis.client, bullQueue }, tape);
  while (!tape.ended()) {
    await act(world, tape);
    expect(await brokenNow(world)).toEqual([]);
  }
  await calmDown(world);
  expect([...(await brokenNow(world)), ...(await brokenWhenCalm(world))]).toEqual([]);
  await outlast(world);
  expect([...(await brokenNow(world)), ...(await brokenAtTheEnd(world))]).toEqual([]);
}
