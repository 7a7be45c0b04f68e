import { type Job, Queue, Worker } from 'bullmq';
import { HOUR } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';
import { type Bench, delivery, FROM, openBench, PREFIX } from './bench.js';
import { type Dump, dump } from './dump.js';

// front.lua moves jobs among BullMQ's own keys: here its effect is held against BullMQ's own promote.
const redis = withRedis();
const place = () => ({
  connection: { url: redis.url, maxRetriesPerRequest: null },
  prefix: `${PREFIX}:queue`,
});
let bench: Bench;
let queue: Queue;
const one = delivery('one');

beforeEach(async () => {
  bench = openBench(redis.client);
  queue = new Queue(`{${FROM}}`, place());
  await queue.getVersion();
});
afterEach(() => queue.close());

type Setup = (queue: Queue) => Promise<unknown>;

async function arrange(setup: Setup, data: object = { to: 'x' }): Promise<Job> {
  await redis.client.flushall();
  await setup(queue);
  const options = { jobId: 'd-one', delay: HOUR, timestamp: 1_700_000_000_000 };
  const job = await queue.add('send-file', data, options);
  await bench.accept(one);
  return job;
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
  const before = await queueDump();
  await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
  await expect(queueDump()).resolves.toEqual(before);
});

describe('by priority', () => {
  const request = (priority: string) => ({ to: 'x', priority });
  const LOW = 10;
  /** Of a conversation of its own. */
  const alone = (id: string) => delivery(id, { to: `to-${id}` });

  async function putInOrder(id: string, data: unknown, options: { readonly priority?: number } = {}) {
    await queue.add('send-file', data, { jobId: `d-${id}`, delay: HOUR, ...options });
    await bench.accept(alone(id));
    await bench.store.look(alone(id));
  }

  it('puts high before normal, in the order in which they came', async () => {
    await queue.add('send-file', {}, { jobId: 'other' });
    await putInOrder('a', request('high'));
    await putInOrder('bb', request('normal'));
    await putInOrder('c', request('high'));
    await putInOrder('dd', { to: 'x' });
    await expect(served(5)).resolves.toEqual(['d-a', 'd-c', 'd-dd', 'd-bb', 'other']);
  });

  it('goes on in that order once all of high priority have been taken', async () => {
    await putInOrder('a', request('high'));
    await expect(served(1)).resolves.toEqual(['d-a']);
    await queue.add('send-file', {}, { jobId: 'other' });
    await putInOrder('b', request('high'));
    await putInOrder('c', request('high'));
    await expect(served(3)).resolves.toEqual(['d-b', 'd-c', 'other']);
  });

  it('keeps the order behind jobs that were given back to the front', async () => {
    await putInOrder('a', request('high'));
    await queue.add('send-file', {}, { jobId: 'returned', lifo: true });
    await putInOrder('b', request('high'));
    await expect(served(3)).resolves.toEqual(['returned', 'd-a', 'd-b']);
  });

  it('keeps the order of more than it looks back upon', async () => {
    await queue.add('send-file', {}, { jobId: 'other' });
    const many = Array.from({ length: 510 }, (_, n) => `many${n}`);
    for (const id of many) await putInOrder(id, request('high'));
    const wait = await redis.client.lrange(bench.keys.fixed.bullWait, 0, -1);
    expect(wait.reverse()).toEqual([...many.map((id) => `d-${id}`), 'other']);
  });

  it('puts low where BullMQ puts a low one that was given back', async () => {
    const { bullPrioritized } = bench.keys.fixed;
    await queue.add('send-file', request('low'), { jobId: 'd-a', priority: LOW });
    const worker = new Worker(`{${FROM}}`, null, { ...place(), autorun: false });
    try {
      const job = await worker.getNextJob('token', { block: false });
      if (job === undefined) throw new Error('no job was there to take');
      await job.moveToWait('token');
    } finally {
      await worker.close();
    }
    const score = await redis.client.zscore(bullPrioritized, 'd-a');
    await redis.client.flushall();
    await putInOrder('a', request('low'), { priority: LOW });
    await expect(redis.client.zscore(bullPrioritized, 'd-a')).resolves.toBe(score);
  });

  it('lets low go after normal, and before what is low and came later', async () => {
    await queue.add('send-file', request('low'), { jobId: 'low', priority: LOW });
    await putInOrder('a', request('low'), { priority: LOW });
    await queue.add('send-file', {}, { jobId: 'other' });
    await expect(served(3)).resolves.toEqual(['other', 'd-a', 'low']);
  });

  it('does to a low one that BullMQ knows as a normal one what its own change of priority does', async () => {
    const lowOne: Setup = (of) =>
      of.add('send-file', {}, { jobId: 'low', priority: LOW, timestamp: 1_700_000_000_000 });
    const job = await arrange(lowOne, request('low'));
    await job.changePriority({ priority: LOW });
    await job.promote();
    const promoted = await queueDump();

    await arrange(lowOne, request('low'));
    await bench.store.look(one);
    expect(withoutTimes(await queueDump())).toEqual(withoutTimes(promoted));
  });

  it('takes data that is no request for that of a normal one', async () => {
    await putInOrder('a', request('high'));
    await putInOrder('b', 'the "high" or the "low"');
    await putInOrder('cc', { metadata: { priority: 'high' } });
    await expect(redis.client.lrange(bench.keys.fixed.bullWait, 0, -1)).resolves.toEqual([
      'd-b',
      'd-cc',
      'd-a',
    ]);
  });
});

it('wakes a worker that has nothing to do', async () => {
  const seen: string[] = [];
  const worker = new Worker(`{${FROM}}`, async ({ id = '' }) => void seen.push(id), {
    ...place(),
    drainDelay: 60,
  });
  try {
    await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
    await bench.accept(one);
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
  await queue.addBulk(
    Array.from({ length: 300 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `other-${n}` } })),
  );
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
  await bench.accept(one);
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

/** The list as a set. */
function withoutOrder(state: Dump): Dump {
  const plain = JSON.parse(JSON.stringify(withoutTimes(state)));
  plain[bench.keys.fixed.bullWait].value.sort();
  return plain;
}

/** The stream without the times in its ids; `version` is written when a queue is opened. */
function withoutTimes(state: Dump): Dump {
  const { bullEvents, bullMeta } = bench.keys.fixed;
  const plain = JSON.parse(JSON.stringify(state));
  delete plain[bullMeta].value.version;
  plain[bullEvents].value = plain[bullEvents].value.map(([, fields]: [string, string[]]) => fields);
  return plain;
}
