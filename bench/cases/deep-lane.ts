import { openSnapshots, type Snapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { type Load, measureSending } from '../load/measure-sending.js';
import { explained, profiled } from '../load/profiled.js';
import { recipient, requests } from '../load/requests.js';
import { spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
import type { Rival } from '../rivals/rival.js';
import { WAYBILL } from '../rivals/waybill.js';

/** One conversation with a long lane: how soon a delivery follows the one before it. */
export const DEEP_LANE: Case = {
  name: 'deep lane',
  about: `Deliveries of one conversation, each of which goes when the one before it has been accepted (the pair limit is off). The
figure is how much of the time a POST is under way: deliveries a second times the provider's latency as it measured it.
Plain BullMQ keeps such an order, in one queue and without its paid groups, only with one job in flight for all clients.`,
  run,
};

const LATENCIES_MS = [20, 200];
/** So long a round takes at best. */
const ROUND_MS = 8000;
const FULL_COUNT = 10_000;

async function run(asked: Asked): Promise<Result> {
  const snapshots = await openSnapshots();
  const load = (rival: Rival, latencyMs: number) => loadOf(rival, latencyMs, { asked, snapshots });
  const profile = () =>
    profiled(async (nodeArgs) =>
      measureSending({ ...(await load(WAYBILL, LATENCIES_MS[0] ?? 0)), nodeArgs }),
    );
  try {
    if (asked.profile) return { tables: [], targets: [], profile: await profile() };
    const measured = [];
    for (const latencyMs of LATENCIES_MS) {
      const measure = (rival: Rival) => async () => {
        const { perSecond, providerMs } = await measureSending(await load(rival, latencyMs));
        return (perSecond * providerMs) / 1000;
      };
      const runs = await alternate(asked.rounds, [WAYBILL, PLAIN].map(measure));
      measured.push({ latencyMs, count: countOf(latencyMs, asked), runs });
    }
    const rows = measured.flatMap(({ latencyMs, count, runs: [ours = [], theirs = []] }) => [
      [`${latencyMs} ms, ${count}`, 'Waybill', spread(ours, 3)],
      [`${latencyMs} ms, ${count}`, 'plain BullMQ, 1 in flight', spread(theirs, 3)],
    ]);
    const targets = measured.map(({ latencyMs, runs: [figures = []] }) =>
      atLeast({ what: `Deliveries/s × measured latency, ${latencyMs} ms`, figures, bound: 0.9 }),
    );
    const head = ['provider, deliveries', 'who', 'deliveries/s × measured latency'];
    return await explained({ tables: [{ head, rows }], targets }, profile);
  } finally {
    await snapshots.close();
  }
}

type Means = { readonly asked: Asked; readonly snapshots: Snapshots };

async function loadOf(rival: Rival, latencyMs: number, { asked, snapshots }: Means): Promise<Load> {
  const count = countOf(latencyMs, asked);
  const all = requests(count, () => recipient(0));
  const snapshot = await snapshots.of(`${rival.name} ${count}`, (url) => rival.fill(url, all));
  const concurrency = rival === PLAIN ? 1 : 50;
  const part = { from: Math.round(count / 3), to: count - 1 };
  return { rival, snapshot, count, part, latencyMs, concurrency, aof: asked.aof, unpaced: true };
}

function countOf(latencyMs: number, asked: Asked): number {
  return scaled(asked.size === 'full' ? FULL_COUNT : ROUND_MS / latencyMs, asked, 12);
}
