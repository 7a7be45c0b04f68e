import { clockMs } from '../lab/clock.js';
import { type Aof, type BenchRedis, startBenchRedis } from '../lab/redis.js';
import { cpuMs } from '../lab/usage.js';
import { alternate } from '../load/alternate.js';
import { chunks, recipient, requests, type SendRequest } from '../load/requests.js';
import { ratios, spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled } from '../report/result.js';
import { type OpenProducer, openPlain, openWaybill, type Producer } from '../rivals/producer.js';

/** How fast an app gets deliveries into the queue. */
export const ENQUEUE: Case = {
  name: 'enqueue',
  about: `Deliveries a second that one process enqueues, on a Redis that nobody works on: Waybill's library, whose answer means
that the delivery is recorded, with its id, and will be sent once; and BullMQ's Queue with an id of its own for each job.`,
  run,
};

type Way = {
  readonly name: string;
  readonly count: number;
  readonly enqueue: (producer: Producer, requests: readonly SendRequest[]) => Promise<void>;
};

const BULK = 1000;
const WAYS: readonly Way[] = [
  { name: 'one by one', count: 5000, enqueue: (producer, all) => inFlight(producer, all, 1) },
  { name: '50 in flight', count: 20_000, enqueue: (producer, all) => inFlight(producer, all, 50) },
  {
    name: `bulk, ${BULK} at once`,
    count: 30_000,
    async enqueue(producer, all) {
      for (const some of chunks(all, BULK)) await producer.many(some);
    },
  },
];

async function run(asked: Asked): Promise<Result> {
  const measured = [];
  for (const way of WAYS) measured.push({ way, ...(await compare(way, asked)) });
  const rows = measured.flatMap(({ way, ours, theirs }) => [
    [way.name, 'Waybill', ...columns(ours), ''],
    [way.name, 'plain BullMQ', ...columns(theirs), spread(ratios(rates(ours), rates(theirs)), 2)],
  ]);
  const bulk = measured.at(-1);
  const figures = ratios(rates(bulk?.ours ?? []), rates(bulk?.theirs ?? []));
  return {
    tables: [{ head: ['way', 'who', 'enqueued/s', 'CPU µs: producer', 'Redis', 'Waybill / this'], rows }],
    targets: [atLeast({ what: 'Bulk: Waybill / plain addBulk', figures, bound: 0.8 })],
  };
}

type Enqueuing = {
  readonly perSecond: number;
  readonly producerMicros: number;
  readonly redisMicros: number;
};

async function compare(way: Way, asked: Asked) {
  const all = requests(scaled(way.count, asked, 100));
  const measures = [openWaybill, openPlain].map((open) => () => measure(way, all, { open, aof: asked.aof }));
  // The first round warms the code up and does not count.
  await alternate(1, measures);
  const [ours = [], theirs = []] = await alternate(asked.rounds, measures);
  return { ours, theirs };
}

type Opening = { readonly open: OpenProducer; readonly aof: Aof };

async function measure(way: Way, all: readonly SendRequest[], { open, aof }: Opening): Promise<Enqueuing> {
  const redis = await startBenchRedis({ aof });
  const producer = open(redis.url);
  try {
    await producer.many(FIRST);
    await Promise.all(FIRST.map(producer.one));
    const before = used(redis);
    const begun = clockMs();
    await way.enqueue(producer, all);
    const seconds = (clockMs() - begun) / 1000;
    const after = used(redis);
    const micros = (ms: number) => (ms * 1000) / all.length;
    return {
      perSecond: all.length / seconds,
      producerMicros: micros(after.own - before.own),
      redisMicros: micros(after.redis - before.redis),
    };
  } finally {
    await producer.close();
    await redis.close();
  }
}

/** Has connections made and scripts loaded. */
const FIRST = requests(1, () => recipient(10_000_000), 'first');

function used({ pid }: BenchRedis) {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1000, redis: cpuMs(pid) };
}

/** So many calls at a time, each followed by the next. */
async function inFlight({ one }: Producer, all: readonly SendRequest[], most: number): Promise<void> {
  const left = all.values();
  const work = async () => {
    for (const request of left) await one(request);
  };
  await Promise.all(Array.from({ length: most }, work));
}

function columns(runs: readonly Enqueuing[]): readonly string[] {
  return [
    spread(rates(runs)),
    spread(runs.map(({ producerMicros }) => producerMicros)),
    spread(runs.map(({ redisMicros }) => redisMicros)),
  ];
}

function rates(runs: readonly Enqueuing[]): readonly number[] {
  return runs.map(({ perSecond }) => perSecond);
}
