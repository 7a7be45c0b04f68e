import { billingMonth } from '../../src/domain/session.js';
import { createWaybill } from '../../src/index.js';
import { readLedger } from '../../src/redis/ledger.js';
import { deal, type PlannedConversation, planConversations } from '../support/conversations.js';
import { allOf, type Fleet, startFleet, troublesOf } from '../support/fleet.js';
import { produce } from '../support/produce.js';
import { acceptedByClient, idsOf, plannedByClient } from '../support/provider-truth.js';
import { withRedis } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import { FROM } from '../support/stack.js';

const redis = withRedis({ appendonly: true, appendfsync: 'always' });
let fleet: Fleet;

afterEach(() => fleet.close());

it(
  'sends a thousand deliveries of three producers once each and in order, and follows them to their end',
  seeded(async (dice, seed) => {
    fleet = await startFleet(redis.url, {
      sandbox: {
        seed,
        latencyMs: { min: 5, max: 80 },
        callbacks: { reorderProbability: 0.4, earlyProbability: 0.2, duplicateProbability: 0.2 },
      },
    });
    const planned = planConversations({ deliveries: 1000, conversations: 300 }, dice);

    await produceByThree(planned);

    const views = await allOf(fleet.waybill, idsOf(planned), {
      until: ({ status }) => status === 'delivered' || status === 'read',
      timeoutMs: 40_000,
    });
    expect(views).toHaveLength(1000);
    expect(acceptedByClient(fleet.sandbox)).toEqual(plannedByClient(planned));
    await fleet.sandbox.idle();
    expect(await ledger()).toEqual(bill());
    for (const worker of fleet.workers) expect(worker.output()).toContain('"outcome":"accepted"');
    expect(troublesOf([...fleet.workers, fleet.webhooks()])).toEqual([]);
  }),
);

async function produceByThree(planned: readonly PlannedConversation[]): Promise<void> {
  const [own = [], second = [], third = []] = deal(planned, 3);
  const other = createWaybill({ redis: redis.url });
  const child = await fleet.startProducer();
  child.tell(third);
  await Promise.all([produce(fleet.waybill, own), produce(other, second), child.exited]);
  await other.close();
  expect({ ...(await child.exited), output: child.output() }).toEqual({ code: 0, signal: null, output: '' });
}

type Session = { readonly to: string; readonly messages: number };

function bill(): readonly Session[] {
  return sessions(fleet.sandbox.bill());
}

async function ledger(): Promise<readonly Session[]> {
  const months = new Set(fleet.sandbox.bill().map(({ openedAt }) => billingMonth(openedAt, 'UTC')));
  const asked = [...months].map((month) => ({ from: FROM, month, timeZone: 'UTC' }));
  return sessions((await Promise.all(asked.map((of) => readLedger(redis.client, 'waybill', of)))).flat());
}

function sessions(rows: readonly Session[]): readonly Session[] {
  return rows
    .map(({ to, messages }) => ({ to, messages }))
    .sort((one, other) => one.to.localeCompare(other.to) || one.messages - other.messages);
}
