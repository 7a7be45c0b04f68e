import { onStage, type Stage } from '../lab/stage.js';
import { residentBytes } from '../lab/usage.js';
import { feed } from '../load/feed.js';
import { number } from '../report/figures.js';
import { type Asked, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
import { type OpenProducer, openPlain, openWaybill } from '../rivals/producer.js';
import type { Rival } from '../rivals/rival.js';
import { WAYBILL } from '../rivals/waybill.js';

/** What a worker holds after a long day. */
export const MEMORY: Case = {
  name: 'memory',
  about: `Memory (RSS) of one worker while deliveries are enqueued as they are sent, 200 in flight, a provider that answers at once:
after a tenth of them, halfway, and at the end. It must not grow with what has been sent. One round.`,
  run,
};

const COUNT = { quick: 50_000, usual: 100_000, full: 1_000_000 };
const AHEAD = 2000;
const MARKS = [0.1, 0.5, 1];
const MEBIBYTE = 2 ** 20;

const SENDERS: readonly { readonly rival: Rival; readonly open: OpenProducer }[] = [
  { rival: WAYBILL, open: openWaybill },
  { rival: PLAIN, open: openPlain },
];

async function run(asked: Asked): Promise<Result> {
  const count = scaled(COUNT[asked.size], asked, 100);
  const marks = MARKS.map((part) => Math.round(count * part));
  const rows: string[][] = [];
  for (const { rival, open } of SENDERS) {
    const options = { rival, aof: asked.aof, latencyMs: 0, concurrency: 200 };
    const sizes = await onStage(options, (stage) => measure(stage, marks, open));
    rows.push([rival.name, ...sizes.map((bytes) => number(bytes / MEBIBYTE))]);
  }
  const head = ['MiB of', ...marks.map((mark) => `after ${number(mark)}`)];
  return { tables: [{ head, rows }], targets: [] };
}

/** Bytes of the worker at each mark. */
async function measure(
  { provider, redis, workers, alive }: Stage,
  marks: readonly number[],
  open: OpenProducer,
): Promise<readonly number[]> {
  const producer = open(redis.url);
  const watch = await provider.watch(marks);
  const feeding = feed(provider, { producer, ahead: AHEAD, total: Math.max(...marks), firstRecipient: 0 });
  const sizes: number[] = [];
  for (const mark of marks) {
    await alive(watch.reached(mark));
    sizes.push(residentBytes(workers[0]?.pid ?? 0));
  }
  await feeding;
  await producer.close();
  return sizes;
}
