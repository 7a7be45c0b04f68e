import { type Aof, type BenchRedis, startBenchRedis } from '../lab/redis.js';
import { usedBytes } from '../lab/redis-stats.js';
import { weighKeys } from '../lab/weigh-keys.js';
import { holdAll } from '../load/hold.js';
import { chunks, requests, type SendRequest } from '../load/requests.js';
import { work } from '../load/work.js';
import { number } from '../report/figures.js';
import { type Asked, atMost, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
import { asJob, openPlainQueue } from '../rivals/plain-queue.js';
import type { Rival } from '../rivals/rival.js';
import { enqueueAll, WAYBILL } from '../rivals/waybill.js';

/** What a delivery costs in Redis's memory, by how it stands. */
export const BYTES: Case = {
  name: 'bytes',
  about: `Bytes of Redis's memory per delivery, each to a client of its own: what all of them took, divided. Plain BullMQ's job
stands beside it in the state that comes nearest. Below it, by the kinds of Waybill's keys. The stream of an account keeps
the events of its last 80,000 deliveries or so. Clients of queued and held deliveries have not written: what is known of
clients is not counted there, but in the finished ones. Figures do not vary: one round.`,
  run,
};

const COUNT = 20_000;
const DAY_MS = 24 * 3600 * 1000;

type Bytes = {
  readonly all: number;
  /** By the kind of its keys. */
  readonly kinds: ReadonlyMap<string, number>;
};

async function run(asked: Asked): Promise<Result> {
  const wanted = requests(scaled(COUNT, asked, 100));
  const weigh = (fill: Fill) => weighed(wanted, asked.aof, fill);
  const queued = await weigh(queue);
  const held = await weigh((redis, all) => holdAll(redis.url, all));
  const finished = await weigh((redis, all) => finish(WAYBILL, redis, all));
  const plainQueued = await weigh((redis, all) => PLAIN.fill(redis.url, all));
  const plainDelayed = await weigh(delay);
  const plainFinished = await weigh((redis, all) => finish(PLAIN, redis, all));
  const rows = [
    row('queued', queued, plainQueued),
    row('held (a job of plain BullMQ: delayed)', held, plainDelayed),
    row('finished', finished, plainFinished),
  ];
  const figures = [queued.all / plainQueued.all];
  return {
    tables: [
      { head: ['delivery', 'Waybill', 'plain BullMQ', 'ratio'], rows },
      { head: ['queued', 'bytes'], rows: kindRows(queued) },
      { head: ['finished', 'bytes'], rows: kindRows(finished) },
    ],
    targets: [atMost({ what: 'Bytes of a queued delivery / of a plain job', figures, bound: 1.6 })],
  };
}

function row(state: string, ours: Bytes, theirs: Bytes): readonly string[] {
  const ratio = number(ours.all / theirs.all, 2);
  return [state, number(ours.all), number(theirs.all), ratio];
}

/** Where they are; the names of keys are in `src/redis/keys.ts`. */
function kindRows({ all, kinds }: Bytes): readonly (readonly string[])[] {
  const told = [...kinds].filter(([, bytes]) => bytes >= 1);
  const rest = all - told.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [...told.map(([kind, bytes]) => [kind, number(bytes)]), ['Redis’s own tables', number(rest)]];
}

type Fill = (redis: BenchRedis, requests: readonly SendRequest[]) => Promise<void>;

async function weighed(wanted: readonly SendRequest[], aof: Aof, fill: Fill): Promise<Bytes> {
  const redis = await startBenchRedis({ aof });
  try {
    const before = await usedBytes(redis.client);
    await fill(redis, wanted);
    const all = ((await usedBytes(redis.client)) - before) / wanted.length;
    const kinds = [...(await weighKeys(redis.client))].map(
      ([kind, bytes]) => [kind, bytes / wanted.length] as const,
    );
    return { all, kinds: new Map(kinds) };
  } finally {
    await redis.close();
  }
}

/** Clients that have not written: what is known of them would count as well. */
function queue(redis: BenchRedis, all: readonly SendRequest[]): Promise<void> {
  return enqueueAll(redis.url, all);
}

async function finish(rival: Rival, redis: BenchRedis, all: readonly SendRequest[]): Promise<void> {
  await rival.fill(redis.url, all);
  await work(rival, redis.url, {
    what: `${all.length} finished jobs of ${rival.name}`,
    isDone: async () => (await rival.finished(redis.client)) === all.length,
  });
}

async function delay(redis: BenchRedis, all: readonly SendRequest[]): Promise<void> {
  const { queue, close } = openPlainQueue(redis.url);
  for (const some of chunks(all, 1000)) {
    await queue.addBulk(some.map((data) => asJob(data, { delay: DAY_MS })));
  }
  await close();
}
