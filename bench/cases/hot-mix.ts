import { openSnapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { measureSending } from '../load/measure-sending.js';
import { requests } from '../load/requests.js';
import { zipf } from '../load/zipf.js';
import { number, ratios, spread } from '../report/figures.js';
import { type Asked, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
import { WAYBILL } from '../rivals/waybill.js';

/** Some conversations with long lanes among many with short ones. */
export const HOT_MIX: Case = {
  name: 'hot mix',
  about: `Deliveries a second from a full queue in which few clients have many (by 1 / rank^0.8) and each has one in flight at a time;
the pair limit is off. Plain BullMQ keeps no order. 20 ms, 200 in flight, one worker; from a fifth to three fifths of all,
before the longest lanes are all that is left.`,
  run,
};

const COUNT = 20_000;
const CLIENTS = 10_000;
const RIVALS = [WAYBILL, PLAIN];

async function run(asked: Asked): Promise<Result> {
  const count = scaled(COUNT, asked, 300);
  const all = requests(count, zipf(CLIENTS));
  const part = { from: Math.round(count / 5), to: Math.round((count * 3) / 5) };
  const snapshots = await openSnapshots();
  try {
    const runs = await alternate(
      asked.rounds,
      RIVALS.map((rival) => async () => {
        const snapshot = await snapshots.of(rival.name, (url) => rival.fill(url, all));
        const load = { rival, snapshot, count, part, latencyMs: 20, concurrency: 200, aof: asked.aof };
        const { perSecond } = await measureSending({ ...load, unpaced: true, endsEarly: true });
        return perSecond;
      }),
    );
    const [ours = [], theirs = []] = runs;
    const rows = [
      ['Waybill', spread(ours), ''],
      ['plain BullMQ', spread(theirs), spread(ratios(ours, theirs), 2)],
    ];
    const head = [
      'who',
      `deliveries/s, ${number(count)} to ${number(new Set(all.map(({ to }) => to)).size)} clients`,
    ];
    return { tables: [{ head: [...head, 'Waybill / this'], rows }], targets: [] };
  } finally {
    await snapshots.close();
  }
}
