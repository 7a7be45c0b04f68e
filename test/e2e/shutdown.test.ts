import type { Dice } from '../../sandbox/dice.js';
import { reached } from '../../src/domain/status.js';
import { planConversations } from '../support/conversations.js';
import { allOf, type Fleet, startFleet, troublesOf } from '../support/fleet.js';
import { produce } from '../support/produce.js';
import { acceptedByClient, idsOf, plannedByClient } from '../support/provider-truth.js';
import { withRedis } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
let fleet: Fleet;

afterEach(() => fleet.close());

it(
  'hands over to the other workers when two are told to end under load',
  seeded(async (dice, seed) => {
    fleet = await startFleet(redis.url, { sandbox: { seed, latencyMs: { min: 20, max: 250 } } });
    const planned = planConversations({ deliveries: 400, conversations: 150 }, dice);

    const [, exits] = await Promise.all([produce(fleet.waybill, planned), endTwo(dice)]);

    const views = await allOf(fleet.waybill, idsOf(planned), {
      until: ({ status }) => reached(status, 'accepted'),
      timeoutMs: 30_000,
    });
    expect(exits).toEqual(Array(2).fill({ code: 0, signal: null }));
    expect(views.flatMap(({ timeline }) => timeline.filter(({ status }) => status === 'unknown'))).toEqual(
      [],
    );
    expect(acceptedByClient(fleet.sandbox)).toEqual(plannedByClient(planned));
    expect(troublesOf(fleet.workers)).toEqual([]);
  }),
);

/** Each at a moment that the dice choose: when the provider has taken so many. */
async function endTwo(dice: Dice) {
  const moments = [dice.between({ min: 20, max: 150 }), dice.between({ min: 151, max: 300 })];
  const exits = [];
  for (const [index, accepted] of moments.entries()) {
    await eventually(() => fleet.sandbox.counts().accepted >= accepted, { timeoutMs: 20_000 });
    const worker = fleet.workers[index];
    worker?.kill('SIGTERM');
    exits.push(await worker?.exited);
  }
  return exits;
}
