import { Queue } from 'bullmq';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import type { DeliveryMoved, Swept } from '../../src/observe/observer.js';
import { createQueues } from '../../src/queue/queues.js';
import { walkOn } from '../../src/redis/walk.js';
import { sweep } from '../../src/worker/sweep.js';
import { createWalk } from '../../src/worker/walk.js';
import { account, type Bench, delivery, FROM, JOB_AT, openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';

const redis = withRedis();
let bench: Bench;
let queue: Queue;
let queues: ReturnType<typeof createQueues>;
let told: Swept[];
let moved: DeliveryMoved[];
const [one, two] = [delivery('one'), delivery('two')];

beforeEach(() => {
  told = [];
  moved = [];
  bench = openBench(redis.client);
  const connection = { url: redis.url };
  queue = new Queue(`{${FROM}}`, { connection, prefix: `${PREFIX}:queue` });
  queues = createQueues({ connection, prefix: PREFIX, onError: () => undefined });
});
afterEach(() => Promise.all([queue.close(), queues.close()]));

/** One sweep, at a time when every wake entry is due. */
async function sweepAll(): Promise<void> {
  for (const id of await bench.wakes())
    await redis.client.zadd(bench.keys.fixed.wake, Date.now() - MINUTE, id);
  await sweepNow();
}

const sweepNow = () =>
  sweep(account(), {
    ...bench,
    queues,
    observer: { swept: (event) => void told.push(event), deliveryMoved: (event) => void moved.push(event) },
  });

const nothing = { account: 'shop', wakesReplayed: 0, jobsAdded: 0, staleAttempts: 0 };

it('adds what a crash kept out of the queue, as it was asked for', async () => {
  const request = JSON.stringify({ to: one.to, priority: 'low' });
  await bench.store.accept(one, { id: 'd-one', timestamp: JOB_AT }, request);
  await sweepAll();
  const job = await queue.getJob('d-one');
  expect(job).toMatchObject({ data: JSON.parse(request), timestamp: JOB_AT, priority: 10 });
  expect(told).toEqual([{ ...nothing, jobsAdded: 1 }]);
});

it('wakes a head whose turn was missed', async () => {
  await bench.accept(one);
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
  await sweepAll();
  await expect(queue.getWaiting()).resolves.toHaveLength(1);
  expect(told).toEqual([{ ...nothing, wakesReplayed: 1 }]);
});

it('calls an attempt unknown once nobody can still be sending, and lets its conversation go on', async () => {
  await bench.accept(one);
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
  await bench.accept(two);
  await queue.add('send-file', {}, { jobId: 'd-two', delay: HOUR });
  await bench.claim(one, { horizonMs: 0 });
  await sweepAll();
  await expect(bench.record('one')).resolves.toMatchObject({ status: 'unknown', reason: 'worker_lost' });
  expect(told).toEqual([{ ...nothing, staleAttempts: 1 }]);
  await sweepAll();
  await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-two' })]);
});

it('says nothing when there was nothing to do', async () => {
  await bench.accept(one);
  await queue.add('send-file', {}, { jobId: 'd-one' });
  await sweepAll();
  expect(told).toEqual([]);
  await expect(bench.wakes()).resolves.toEqual([]);
});

it('leaves what is not due', async () => {
  await bench.accept(one);
  await sweepNow();
  await expect(queue.getJob('d-one')).resolves.toBeUndefined();
  await expect(bench.wakes()).resolves.toEqual(['one']);
});

it('gets through a burst in one go', async () => {
  const ids = Array.from({ length: 1100 }, (_, index) => `d${index}`);
  await Promise.all(ids.map((id, index) => bench.accept(delivery(id, { to: `97250${1_000_000 + index}` }))));
  await sweepAll();
  expect(told).toEqual([{ ...nothing, jobsAdded: 1100 }]);
  await expect(queue.getWaitingCount()).resolves.toBe(1100);
});

describe('when somebody removes a job', () => {
  beforeEach(async () => {
    for (const each of [one, two]) {
      await bench.accept(each);
      await queue.add('send-file', {}, { jobId: `d-${each.id}`, delay: HOUR });
    }
    await sweepAll();
    await sweepAll();
    await redis.client.del(bench.keys.fixed.wake);
  });

  it('ends a removed head aloud, and lets its lane go on', async () => {
    await expect(bench.claim(two)).resolves.toMatchObject({ refusal: { why: 'lane' } });
    await bench.store.park(two, { status: 'waiting', reason: 'lane' });
    await redis.client.del(bench.keys.fixed.wake);
    await (await queue.getJob('d-one'))?.remove();
    await createWalk((part) => walkOn(redis.client, PREFIX, part))(FROM);
    await sweepNow();
    await expect(bench.record('one')).resolves.toMatchObject({ status: 'failed', reason: 'job_removed' });
    expect(moved).toMatchObject([{ deliveryId: 'one', to: 'failed', reason: 'job_removed' }]);
    await expect(bench.claim(two)).resolves.toMatchObject({ kind: 'go' });
  });

  it('leaves alone what has its job, however often it walks', async () => {
    await bench.store.park(two, { status: 'waiting', reason: 'lane' });
    await redis.client.del(bench.keys.fixed.wake);
    const walk = createWalk((part) => walkOn(redis.client, PREFIX, part));
    for (let times = 0; times < 3; times += 1) await walk(FROM);
    await expect(bench.wakes()).resolves.toEqual([]);
  });

  it('finds a held one in a long list', async () => {
    await bench.closeWindow();
    await bench.claim(one);
    await bench.holdForWindow(one);
    await redis.client.del(bench.keys.fixed.wake);
    const held = Array.from({ length: 1200 }, (_, index) => [index, `other-${index}`]).flat();
    await redis.client.zadd(`${bench.keys.fixed.statusPrefix}held`, ...held);
    await (await queue.getJob('d-one'))?.remove();
    const walk = createWalk((part) => walkOn(redis.client, PREFIX, part));
    for (let times = 0; times < 3; times += 1) await walk(FROM);
    await expect(bench.wakes()).resolves.toEqual(['one']);
  });
});
