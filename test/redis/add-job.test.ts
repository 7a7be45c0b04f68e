import { type JobsOptions, Queue, QueueEvents, Worker } from 'bullmq';
import type { Delivery, Priority } from '../../src/domain/delivery.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { JOB_NAME } from '../../src/queue/names.js';
import { createQueues } from '../../src/queue/queues.js';
import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';
import { type Bench, CLIENT, delivery, FROM, openBench, PREFIX } from './bench.js';
import { type Dump, dump } from './dump.js';

// accept.lua adds jobs on BullMQ's own keys: here its effect is held against that of BullMQ's own add.
const redis = withRedis();
const NAME = `{${FROM}}`;
const place = () => ({
  connection: { url: redis.url, maxRetriesPerRequest: null },
  prefix: `${PREFIX}:queue`,
});
let bench: Bench;
beforeEach(() => {
  bench = openBench(redis.client);
});

const AT = Date.now();
const DATA = { to: CLIENT, caption: 'Grüße, "you" \\ too' };
const SCORE = 0x1000;
const { bullActive, bullDelayed, bullMarker, bullWait } = accountKeys(PREFIX, FROM).fixed;

type Setup = (queue: Queue) => Promise<unknown>;
type Kind = { readonly more: Partial<Delivery>; readonly options: JobsOptions };

const LATER = { sendAt: AT + HOUR, expiresAt: AT + DAY };
const KINDS: Readonly<Record<string, Kind>> = {
  'a standard job': { more: {}, options: {} },
  'a delayed job': { more: LATER, options: { delay: HOUR } },
  'a job of low priority': { more: { priority: 'low' }, options: { priority: 10 } },
  'a delayed job of low priority': {
    more: { ...LATER, priority: 'low' },
    options: { delay: HOUR, priority: 10 },
  },
};

const QUEUES: Readonly<Record<string, Setup>> = {
  'an empty queue': async () => undefined,
  'a queue with jobs of each kind': async (queue) => {
    for (const [index, { options }] of Object.values(KINDS).entries()) {
      await queue.add(JOB_NAME, {}, { ...options, jobId: `other-${index}`, timestamp: AT });
    }
  },
  'a queue with a job that comes earlier': (queue) =>
    queue.add(JOB_NAME, {}, { jobId: 'other', delay: HOUR / 2, timestamp: AT }),
  'a queue with as many jobs of one time as it can order': () =>
    redis.client.zadd(bullDelayed, (AT + HOUR + 1) * SCORE - 1, 'last of its time'),
  'a paused queue': (queue) => queue.pause(),
  'a queue below its global concurrency': (queue) => queue.setGlobalConcurrency(1),
  'a queue at its global concurrency': async (queue) => {
    await queue.setGlobalConcurrency(1);
    await redis.client.lpush(bullActive, 'busy');
  },
};

const cases = Object.keys(KINDS).flatMap((kind) =>
  Object.keys(QUEUES).map((queue) => [kind, queue] as const),
);

it.each(cases)('adds %s to %s as BullMQ does', async (kind, to) => {
  const { more, options } = KINDS[kind] ?? { more: {}, options: {} };
  const setup = QUEUES[to] ?? QUEUES['an empty queue'];
  const theirs = await stateAfter(setup, (queue) =>
    queue.add(JOB_NAME, DATA, { ...options, jobId: 'd-one', timestamp: AT }),
  );
  const ours = await stateAfter(setup, () => accept('one', more));
  expect(ours).toEqual(theirs);
});

it('adds many in one call as BullMQ does one after the other', async () => {
  const kinds = [...Object.values(KINDS), ...Object.values(KINDS)];
  const theirs = await stateAfter(undefined, async (queue) => {
    for (const [index, { options }] of kinds.entries()) {
      await queue.add(JOB_NAME, DATA, { ...options, jobId: `d-n${index}`, timestamp: AT });
    }
  });
  const ours = await stateAfter(undefined, async () => {
    const many = kinds.map(({ more }, index) => acceptance(`n${index}`, { ...more, to: `97250000${index}` }));
    await (await bench.store.acceptMany(many)).answers;
  });
  expect(ours).toEqual(theirs);
});

it('keeps as many of BullMQ’s events as a queue that we open', async () => {
  await accept('one', {});
  const first = await redis.client.hgetall(bench.keys.fixed.bullMeta);
  await redis.client.flushall();
  const queues = createQueues({ connection: { url: redis.url }, prefix: PREFIX, onError: () => undefined });
  try {
    await queues.isPaused(FROM);
    await eventually(async () => (await redis.client.exists(bench.keys.fixed.bullMeta)) === 1);
  } finally {
    await queues.close();
  }
  await expect(redis.client.hgetall(bench.keys.fixed.bullMeta)).resolves.toMatchObject(first);
});

it('delays one behind another of its lane until it expires', async () => {
  await accept('one', {});
  await accept('two', {});
  await expect(redis.client.zrange(bullDelayed, '0', '-1', 'WITHSCORES')).resolves.toEqual([
    'd-two',
    String((AT + DAY) * SCORE),
  ]);
});

describe('of high priority', () => {
  const high = (id: string, priority: Priority = 'high') => accept(id, { to: `972-${id}`, priority });
  const served = async () => (await redis.client.lrange(bullWait, 0, -1)).reverse();

  it('stands before what is normal, behind its like, at once', async () => {
    await high('n', 'normal');
    await high('a');
    await high('b');
    await high('m', 'normal');
    await expect(served()).resolves.toEqual(['d-a', 'd-b', 'd-n', 'd-m']);
    await expect(redis.client.zscore(bullMarker, '0')).resolves.toBe('0');
  });

  it('is fetched to the front when its time comes', async () => {
    await accept('later', { ...LATER, priority: 'high' });
    await expect(redis.client.zrange(bench.keys.fixed.toFront, '0', '-1', 'WITHSCORES')).resolves.toEqual([
      'd-later',
      String(AT + HOUR),
    ]);
  });
});

it('gives BullMQ’s worker jobs that it takes and finishes, be it idle or not there yet', async () => {
  await accept('before', { to: '1' });
  const seen: unknown[] = [];
  const worker = new Worker(NAME, async ({ id, data }) => void seen.push([id, data]), {
    ...place(),
    drainDelay: 60,
  });
  try {
    await eventually(() => seen.length === 1);
    // Blocked on the marker: only a marker, or the minute of drainDelay, brings it back.
    await eventually(async () => String(await redis.client.client('LIST')).includes('cmd=bzpopmin'));
    await accept('low', { to: '2', priority: 'low' });
    await eventually(() => seen.length === 2);
    const soon = Date.now() + 100;
    await accept('soon', { to: '3', sendAt: soon });
    await eventually(() => seen.length === 3, { timeoutMs: 30_000 });
    expect(seen).toEqual(['before', 'low', 'soon'].map((id) => [`d-${id}`, DATA]));
    await eventually(
      async () => (await redis.client.zcard(`${bench.keys.fixed.bullJobPrefix}completed`)) === 3,
    );
  } finally {
    await worker.close();
  }
});

it('tells those who listen to BullMQ’s events what its own add tells', async () => {
  const theirs = await eventsOf(async (queue) => {
    for (const [index, { options }] of Object.values(KINDS).entries()) {
      await queue.add(JOB_NAME, DATA, { ...options, jobId: `d-n${index}`, timestamp: AT });
    }
  });
  await redis.client.flushall();
  const ours = await eventsOf(async () => {
    for (const [index, { more }] of Object.values(KINDS).entries()) {
      await accept(`n${index}`, { ...more, to: `97250000${index}` });
    }
  });
  expect(theirs).toHaveLength(8);
  expect(ours).toEqual(theirs);
});

function acceptance(id: string, more: Partial<Delivery>) {
  const times = { sendAt: AT, expiresAt: AT + DAY };
  return {
    delivery: delivery(id, { ...times, ...more }),
    job: { id: `d-${id}`, timestamp: AT },
    data: JSON.stringify(DATA),
  };
}

const accept = (id: string, more: Partial<Delivery>) => bench.store.accept(acceptance(id, more));

/** The queue's keys after something was added, without what only tells when. */
async function stateAfter(setup: Setup | undefined, add: (queue: Queue) => Promise<unknown>): Promise<Dump> {
  await redis.client.flushall();
  const queue = new Queue(NAME, { ...place(), streams: { events: { maxLen: 1000 } } });
  try {
    await queue.getVersion();
    await setup?.(queue);
    await add(queue);
    const all = Object.entries(await dump(redis.client));
    const own = all.filter(([name]) => name.startsWith(`${PREFIX}:queue:`));
    return Object.fromEntries(own.map(([name, value]) => [name, withoutForm(value)]));
  } finally {
    await queue.close();
  }
}

/** A stream without its times, a job without the order of its options. */
function withoutForm(state: unknown): unknown {
  const { value, ...rest } = JSON.parse(JSON.stringify(state));
  if (rest.type === 'stream')
    return { ...rest, value: value.map(([, fields]: [string, string[]]) => fields) };
  if (rest.type === 'hash' && 'opts' in value)
    return { ...rest, value: { ...value, opts: JSON.parse(value.opts) } };
  return { ...rest, value };
}

/** What a listener hears of what is added, in its order. */
async function eventsOf(add: (queue: Queue) => Promise<unknown>): Promise<readonly unknown[]> {
  const queue = new Queue(NAME, place());
  const listener = new QueueEvents(NAME, { ...place(), lastEventId: '0-0' });
  const heard: unknown[] = [];
  for (const event of ['added', 'waiting', 'delayed'] as const) {
    listener.on(event, (told: unknown) => heard.push([event, told]));
  }
  try {
    await queue.getVersion();
    await listener.waitUntilReady();
    await add(queue);
    await eventually(() => heard.length >= 2 * Object.keys(KINDS).length);
    return heard;
  } finally {
    await listener.close();
    await queue.close();
  }
}
