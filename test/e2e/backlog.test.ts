import type { EnqueueRequest } from '../../src/index.js';
import { type Fleet, startFleet } from '../support/fleet.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';

const CLIENT = '972500000000';
const BACKLOG = 5000;
const CONCURRENCY = 20;

const redis = withRedis();
let fleet: Fleet;

afterEach(() => fleet.close());

it('lets a client’s next delivery follow at once, ahead of a backlog of others', async () => {
  fleet = await startFleet(redis.url, {
    workers: 0,
    sandbox: { callbacks: { lossProbability: 1 } },
    env: { WAYBILL_CONCURRENCY: String(CONCURRENCY) },
  });
  const ten = Array.from({ length: 10 }, (_, index) => requestTo(CLIENT, `mine-${index + 1}`));
  const others = Array.from({ length: BACKLOG }, (_, index) => requestTo(String(972_510_000_000 + index)));
  await enqueue(ten);
  await enqueue(others);

  await fleet.startWorker();
  await eventually(() => places().length === 10, { timeoutMs: 30_000 });

  // Each may find every slot taken, and their next takers fetched already; it never waits for the queue.
  const waits = places().map((place, index) => place - (places()[index - 1] ?? 0));
  expect(Math.max(...waits)).toBeLessThanOrEqual(5 * CONCURRENCY);
  expect(fleet.sandbox.accepted({ to: CLIENT }).map(({ caption }) => caption)).toEqual(
    ten.map(({ caption }) => caption),
  );
});

/** Where the client's accepts stand among all, in the order in which the provider took them. */
function places(): readonly number[] {
  return fleet.sandbox.accepted().flatMap(({ to }, place) => (to === CLIENT ? [place] : []));
}

function requestTo(to: string, caption = 'other'): EnqueueRequest {
  return { from: 'shop', to, fileUrl: 'https://files.example.com/invoice.pdf', caption };
}

async function enqueue(requests: readonly EnqueueRequest[]): Promise<void> {
  for (const answer of await fleet.waybill.enqueueMany(requests)) if ('error' in answer) throw answer.error;
}
