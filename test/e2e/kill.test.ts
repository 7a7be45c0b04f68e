import type { Dice } from '../../sandbox/dice.js';
import { reached } from '../../src/domain/status.js';
import { planConversations } from '../support/conversations.js';
import { allOf, type Fleet, startFleet } from '../support/fleet.js';
import { produce } from '../support/produce.js';
import { idsOf, resent } from '../support/provider-truth.js';
import { withRedis } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import { eventually } from '../support/wait.js';

const redis = withRedis({ appendonly: true, appendfsync: 'always' });
let fleet: Fleet;

afterEach(() => fleet.close());

it(
  'loses nothing and sends nothing twice when two of three workers are killed',
  seeded(async (dice, seed) => {
    fleet = await startFleet(redis.url, {
      sandbox: {
        seed,
        latencyMs: { min: 50, max: 400 },
        faults: [{ kind: 'fail', reason: 6, times: 'always', probability: 0.05 }],
      },
      env: { WAYBILL_CONCURRENCY: '15', WAYBILL_SEND_TIMEOUT_MS: '3000' },
    });
    const planned = planConversations({ deliveries: 400, conversations: 150 }, dice);

    await Promise.all([produce(fleet.waybill, planned), killTwo(dice)]);

    const views = await allOf(fleet.waybill, idsOf(planned), {
      until: ({ status }) => reached(status, 'accepted') || status === 'unknown',
      timeoutMs: 45_000,
    });
    const unknown = views.filter(({ status }) => status === 'unknown').map(({ id }) => id);
    expect(resent(fleet.sandbox, views)).toEqual([]);
    // Else the kills hit nothing in flight, and the test has shown nothing.
    expect(unknown.length).toBeGreaterThan(0);
    // The provider took what it told somebody, or told nobody any more.
    const taken = new Set(fleet.sandbox.accepted().map(({ caption }) => caption));
    expect(idsOf(planned).filter((id) => !taken.has(id) && !unknown.includes(id))).toEqual([]);
    expect(fleet.sandbox.accepted()).toHaveLength(taken.size);
  }),
);

/** Each at a moment that the dice choose: when the provider has taken so many. */
async function killTwo(dice: Dice): Promise<void> {
  const moments = [dice.between({ min: 30, max: 150 }), dice.between({ min: 151, max: 300 })];
  for (const [index, accepted] of moments.entries()) {
    await eventually(() => fleet.sandbox.counts().accepted >= accepted, { timeoutMs: 30_000 });
    fleet.workers[index]?.kill('SIGKILL');
  }
}
