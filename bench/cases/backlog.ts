import { type BenchRedis, startBenchRedis } from '../lab/redis.js';
import { onStage } from '../lab/stage.js';
import { alternate } from '../load/alternate.js';
import { feed } from '../load/feed.js';
import { requests } from '../load/requests.js';
import { number, ratios, spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled } from '../report/result.js';
import { openWaybill } from '../rivals/producer.js';
import { enqueueAll, WAYBILL } from '../rivals/waybill.js';

/** Whether a long queue is slower than a short one. */
export const BACKLOG: Case = {
  name: 'backlog',
  about: `Deliveries a second while as many are enqueued as are sent, so that the queue stays as long as it is: 1,000 deliveries, or
many. Only Waybill, 20 ms, 200 in flight, one worker; the app that enqueues takes its share of the machine both times.`,
  run,
};

const SHORT = 1000;
const LONG = { quick: 100_000, usual: 100_000, full: 1_000_000 };
const WARM_UP = 4000;
const COUNT = 12_000;
const FED_CLIENTS = 20_000_000;

async function run(asked: Asked): Promise<Result> {
  const long = scaled(LONG[asked.size], asked, 1000);
  const redis = await startBenchRedis(asked);
  try {
    await enqueueAll(redis.url, requests(long));
    let fed = FED_CLIENTS;
    const next = () => (fed += COUNT + WARM_UP + SHORT);
    const [longs = [], shorts = []] = await alternate(asked.rounds, [
      () => measure(redis, { asked, ahead: SHORT, firstRecipient: next() }),
      () => onShort({ asked, ahead: SHORT, firstRecipient: next() }),
    ]);
    const figures = ratios(longs, shorts);
    return {
      tables: [
        {
          head: ['queue', 'deliveries/s', 'ratio'],
          rows: [
            [number(SHORT), spread(shorts), ''],
            [number(long), spread(longs), spread(figures, 2)],
          ],
        },
      ],
      targets: [atLeast({ what: `${number(long)} / ${number(SHORT)}`, figures, bound: 0.95 })],
    };
  } finally {
    await redis.close();
  }
}

type Round = { readonly asked: Asked; readonly ahead: number; readonly firstRecipient: number };

async function onShort(round: Round): Promise<number> {
  const redis = await startBenchRedis(round.asked);
  try {
    return await measure(redis, round);
  } finally {
    await redis.close();
  }
}

/** What is in the queue beforehand stays ahead of what is fed. */
function measure(redis: BenchRedis, { asked, ahead, firstRecipient }: Round): Promise<number> {
  const from = scaled(WARM_UP, asked, 20);
  const to = from + scaled(COUNT, asked, 50);
  const options = { rival: WAYBILL, redis, aof: asked.aof, latencyMs: 20, concurrency: 200 };
  return onStage(options, async ({ provider, alive }) => {
    const producer = openWaybill(redis.url);
    const watch = await provider.watch([from, to]);
    const feeding = feed(provider, { producer, ahead, total: to + ahead, firstRecipient });
    const begun = await alive(watch.reached(from));
    const ended = await alive(watch.reached(to));
    await feeding;
    await producer.close();
    return ((to - from) * 1000) / (ended - begun);
  });
}
