import { openSnapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { measureSending } from '../load/measure-sending.js';
import { recipient, requests } from '../load/requests.js';
import { spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
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
  try {
    const measured = [];
    for (const latencyMs of LATENCIES_MS) {
      const count = scaled(asked.size === 'full' ? FULL_COUNT : ROUND_MS / latencyMs, asked, 12);
      const runs = await alternate(
        asked.rounds,
        [WAYBILL, PLAIN].map((rival) => async () => {
          const fill = (url: string) =>
            rival.fill(
              url,
              requests(count, () => recipient(0)),
            );
          const snapshot = await snapshots.of(`${rival.name} ${count}`, fill);
          const concurrency = rival === PLAIN ? 1 : 50;
          const part = { from: Math.round(count / 3), to: count - 1 };
          const load = { rival, snapshot, count, part, latencyMs, concurrency, aof: asked.aof };
          const { perSecond, providerMs } = await measureSending({ ...load, unpaced: true });
          return (perSecond * providerMs) / 1000;
        }),
      );
      measured.push({ latencyMs, count, runs });
    }
    const rows = measured.flatMap(({ latencyMs, count, runs: [ours = [], theirs = []] }) => [
      [`${latencyMs} ms, ${count}`, 'Waybill', spread(ours, 3)],
      [`${latencyMs} ms, ${count}`, 'plain BullMQ, 1 in flight', spread(theirs, 3)],
    ]);
    const targets = measured.map(({ latencyMs, runs: [figures = []] }) =>
      atLeast({ what: `Deliveries/s × measured latency, ${latencyMs} ms`, figures, bound: 0.9 }),
    );
    return {
      tables: [{ head: ['provider, deliveries', 'who', 'deliveries/s × measured latency'], rows }],
      targets,
    };
  } finally {
    await snapshots.close();
  }
}
