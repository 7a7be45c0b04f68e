import { reached } from '../../src/domain/status.js';
import { planConversations } from '../support/conversations.js';
import { allOf, type Fleet, startFleet } from '../support/fleet.js';
import { produce } from '../support/produce.js';
import { acceptedByClient, idsOf, plannedByClient } from '../support/provider-truth.js';
import { withRedis } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import { eventually } from '../support/wait.js';

const redis = withRedis({ appendonly: true, appendfsync: 'always' });
let fleet: Fleet;

afterEach(() => fleet.close());

it(
  'loses nothing and sends nothing twice when Redis crashes in the middle',
  seeded(async (dice, seed) => {
    fleet = await startFleet(redis.url, {
      sandbox: {
        seed,
        latencyMs: { min: 20, max: 200 },
        // A callback that met no Redis is posted again after 0, 0.6 and 2.4 seconds, and so on.
        webhook: { url: 'set by the fleet', retry: 1 },
        callbacks: { retryTimeFactor: 0.002 },
      },
      env: { WAYBILL_CONCURRENCY: '15' },
    });
    const planned = planConversations({ deliveries: 400, conversations: 150 }, dice);
    const crashes = [dice.between({ min: 20, max: 150 }), dice.between({ min: 151, max: 300 })];

    await Promise.all([produce(fleet.waybill, planned), crashAt(crashes)]);

    const views = await allOf(fleet.waybill, idsOf(planned), {
      until: ({ status }) => reached(status, 'delivered'),
      timeoutMs: 45_000,
    });
    expect(views).toHaveLength(400);
    expect(acceptedByClient(fleet.sandbox)).toEqual(plannedByClient(planned));
  }),
);

/** Kills Redis when the provider has taken so many, and brings it back once every worker has noticed. */
async function crashAt(moments: readonly number[]): Promise<void> {
  for (const accepted of moments) {
    await eventually(() => fleet.sandbox.counts().accepted >= accepted, { timeoutMs: 30_000 });
    await eventually(() => fleet.workers.every(isConnected));
    const before = fleet.workers.map(losses);
    await redis.server.kill('SIGKILL');
    await eventually(() => fleet.workers.every((worker, index) => losses(worker) > (before[index] ?? 0)));
    await redis.server.restart();
  }
}

type Worker = Fleet['workers'][number];

const lines = (worker: Worker, message: string) => worker.output().split(`"msg":"${message}"`).length - 1;
const losses = (worker: Worker) => lines(worker, 'redis connection failed');
/** Again, after the crash before. */
const isConnected = (worker: Worker) => lines(worker, 'redis reconnected') >= losses(worker);
