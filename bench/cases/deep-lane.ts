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
  about: `Of a lane of 10,000 deliveries of one conversation, each goes when the one before it has been accepted (the pair limit is
off). The figure is how much of the time a POST is under way: deliveries a second times the provider's latency as it measured it.
Plain BullMQ keeps such an order, in one queue and without its paid groups, only with one job in flight for all clients.`,
  run,
};

const LATENCIES_MS = [20, 200];
/** The lane's length. */
const COUNT = 10_000;
/** So long a round takes at best, in which the first of the lane go; in full, all go. */
const ROUND_MS = 8000;

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
      measured.push({ latencyMs, sent: sentOf(latencyMs, asked), runs });
    }
    const rows = measured.flatMap(({ latencyMs, sent, runs: [ours = [], theirs = []] }) => [
      [`${latencyMs} ms, ${sent}`, 'Waybill', spread(ours, 3)],
      [`${latencyMs} ms, ${sent}`, 'plain BullMQ, 1 in flight', spread(theirs, 3)],
    ]);
    const targets = measured.map(({ latencyMs, runs: [figures = []] }) =>
      atLeast({ what: `Deliveries/s × measured latency, ${latencyMs} ms`, figures, bound: 0.9 }),
    );
    const head = ['provider, deliveries sent', 'who', 'deliveries/s × measured latency'];
    return await explained({ tables: [{ head, rows }], targets }, profile);
  } finally {
    await snapshots.close();
  }
}

type Means = { readonly asked: Asked; readonly snapshots: Snapshots };

async function loadOf(rival: Rival, latencyMs: number, { asked, snapshots }: Means): Promise<Load> {
  const { aof } = asked;
  const count = scaled(COUNT, asked, 12);
  const all = requests(count, () => recipient(0));
  const snapshot = await snapshots.of(`${rival.name} ${count}`, (url) => rival.fill(url, all));
  const concurrency = rival === PLAIN ? 1 : 50;
  const sent = sentOf(latencyMs, asked);
  const part = { from: Math.round(sent / 3), to: sent - 1 };
  return {
    rival,
    snapshot,
    count,
    part,
    endsEarly: sent < count,
    latencyMs,
    concurrency,
    aof,
    unpaced: true,
  };
}

/** How many are sent of the lane. */
function sentOf(latencyMs: number, asked: Asked): number {
  const count = scaled(COUNT, asked, 12);
  return asked.size === 'full' ? count : Math.min(count, scaled(ROUND_MS / latencyMs, asked, 12));
}
