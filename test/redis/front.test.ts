import { type Job, Queue, Worker } from 'bullmq';
import { HOUR } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';
import { type Bench, delivery, FROM, openBench, PREFIX } from './bench.js';
import { type Dump, dump } from './dump.js';

// front.lua is the one place that writes BullMQ's own keys: here its effect is held against BullMQ's own promote.
const redis = withRedis();
const place = () => ({
  connection: { url: redis.url, maxRetriesPerRequest: null },
  prefix: `${PREFIX}:queue`,
});
let bench: Bench;
let queue: Queue;
const one = delivery('one');

beforeEach(() => {
  bench = openBench(redis.client);
  queue = new Queue(`{${FROM}}`, place());
});
afterEach(() => queue.close());

type Setup = (queue: Queue) => Promise<unknown>;

async function arrange(setup: Setup): Promise<Job> {
  await redis.client.flushall();
  await bench.accept(one);
  await setup(queue);
  return queue.add('send-file', { to: 'x' }, { jobId: 'd-one', delay: HOUR, timestamp: 1_700_000_000_000 });
}

const waitingOnes: Setup = async () => {
  await queue.add('send-file', {}, { jobId: 'other', timestamp: 1_700_000_000_000 });
};

it.each<readonly [string, Setup]>([
  ['an empty queue', async () => undefined],
  ['a queue with jobs that wait', waitingOnes],
  ['a paused queue', () => queue.pause()],
  ['a queue below its global concurrency', () => queue.setGlobalConcurrency(1)],
  [
    'a queue at its global concurrency',
    async () => {
      await queue.setGlobalConcurrency(1);
      await redis.client.lpush(bench.keys.fixed.bullActive, 'busy');
    },
  ],
])('does to %s what promote does, but for the position', async (_, setup) => {
  const job = await arrange(setup);
  await job.promote();
  const promoted = await queueDump();

  await arrange(setup);
  await expect(bench.store.look(one)).resolves.toEqual({ kind: 'front' });
  const fronted = await queueDump();
  expect(withoutOrder(fronted)).toEqual(withoutOrder(promoted));
  // BullMQ serves from the right.
  const wait = await redis.client.lrange(bench.keys.fixed.bullWait, 0, -1);
  expect(wait.at(-1)).toBe('d-one');
});

it('does nothing to a job that is not delayed', async () => {
  await bench.accept(one);
  await queue.add('send-file', {}, { jobId: 'd-one' });
  const before = await queueDump();
  await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
  await expect(queueDump()).resolves.toEqual(before);
});

it('lets a job of low priority go before those of any priority', async () => {
  await bench.accept(one);
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR, priority: 10 });
  await queue.add('send-file', {}, { jobId: 'other' });
  await bench.store.look(one);
  await expect(served(2)).resolves.toEqual(['d-one', 'other']);
});

it('wakes a worker that has nothing to do', async () => {
  const seen: string[] = [];
  const worker = new Worker(`{${FROM}}`, async ({ id = '' }) => void seen.push(id), {
    ...place(),
    drainDelay: 60,
  });
  try {
    await bench.accept(one);
    await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
    await worker.waitUntilReady();
    // Blocked on the marker: only a marker, or the minute of drainDelay, brings it back.
    await eventually(async () => String(await redis.client.client('LIST')).includes('cmd=bzpopmin'));
    await bench.store.look(one);
    await eventually(() => seen.length === 1, { timeoutMs: 5000 });
  } finally {
    await worker.close();
  }
});

it('is overtaken by nobody when many wait', async () => {
  await bench.accept(one);
  await queue.addBulk(
    Array.from({ length: 300 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `other-${n}` } })),
  );
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
  await bench.store.look(one);
  await expect(served(1)).resolves.toEqual(['d-one']);
});

/** The first so many jobs that a worker is given. */
async function served(most: number): Promise<string[]> {
  const seen: string[] = [];
  const worker = new Worker(`{${FROM}}`, async ({ id = '' }) => void seen.push(id), {
    ...place(),
    concurrency: 1,
  });
  try {
    await eventually(() => seen.length >= most);
  } finally {
    await worker.close();
  }
  return seen.slice(0, most);
}

async function queueDump(): Promise<Dump> {
  const all = Object.entries(await dump(redis.client));
  return Object.fromEntries(all.filter(([name]) => name.startsWith(`${PREFIX}:queue:`)));
}

/** The list as a set, and the stream without the times in its ids; `version` is written when a queue is opened. */
function withoutOrder(state: Dump): Dump {
  const { bullWait, bullEvents, bullMeta } = bench.keys.fixed;
  const plain = JSON.parse(JSON.stringify(state));
  delete plain[bullMeta].value.version;
  plain[bullWait].value.sort();
  plain[bullEvents].value = plain[bullEvents].value.map(([, fields]: [string, string[]]) => fields);
  return plain;
}
