import { Queue, Worker } from 'bullmq';
import { UNCONFIRMED_MS } from '../../src/domain/status.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import type { DeliveryMoved, Swept } from '../../src/observe/observer.js';
import { wakeRemoved } from '../../src/redis/removed.js';
import { walkOn } from '../../src/redis/walk.js';
import { sweep } from '../../src/worker/sweep.js';
import { createWalk } from '../../src/worker/walk.js';
import { createQueuedWalk } from '../../src/worker/walk-queued.js';
import { account, type Bench, delivery, FROM, JOB_AT, openBench, PREFIX, receipt } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
let bench: Bench;
let queue: Queue;
let told: Swept[];
let moved: DeliveryMoved[];
let warned: unknown[];
const [one, two] = [delivery('one'), delivery('two')];

beforeEach(() => {
  told = [];
  moved = [];
  warned = [];
  bench = openBench(redis.client);
  const connection = { url: redis.url };
  queue = new Queue(`{${FROM}}`, { connection, prefix: `${PREFIX}:queue` });
});
afterEach(() => queue.close());

/** One sweep, at a time when every wake entry is due. */
async function sweepAll(): Promise<void> {
  for (const id of await bench.wakes())
    await redis.client.zadd(bench.keys.fixed.wake, Date.now() - MINUTE, id);
  await sweepNow();
}

const sweepNow = () =>
  sweep(account(), {
    ...bench,
    log: { warn: (...line) => void warned.push(line) },
    observer: { swept: (event) => void told.push(event), deliveryMoved: (event) => void moved.push(event) },
  });

const nothing = { account: 'shop', wakesReplayed: 0, jobsAdded: 0, staleAttempts: 0 };

it('adds what a crash of an earlier version kept out of the queue, as it was asked for', async () => {
  const request = JSON.stringify({ to: one.to, priority: 'low' });
  await bench.acceptAsBefore(one, request);
  await sweepAll();
  const job = await queue.getJob('d-one');
  expect(job).toMatchObject({ data: JSON.parse(request), timestamp: JOB_AT, priority: 10 });
  expect(told).toEqual([{ ...nothing, jobsAdded: 1 }]);
});

it('counts a failure that was reported without a reason once its time is over, and not before', async () => {
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
  await bench.callbacks.applyReceipt(receipt('unconfirmed'));
  await sweepAll();
  await expect(bench.status('one')).resolves.toBe('accepted');
  expect(moved).toEqual([]);
  await redis.client.hset(bench.keys.record('one'), 'receipt:unconfirmed', Date.now() - UNCONFIRMED_MS);
  await sweepAll();
  await expect(bench.record('one')).resolves.toMatchObject({ status: 'failed', reason: 'unconfirmed' });
  expect(moved).toMatchObject([{ deliveryId: 'one', from: 'accepted', to: 'failed', reason: 'unconfirmed' }]);
  await expect(bench.wakes()).resolves.toEqual([]);
});

it('wakes a head whose turn was missed', async () => {
  await queue.add('send-file', {}, { jobId: 'd-one', delay: HOUR });
  await bench.accept(one);
  await sweepAll();
  await expect(queue.getWaiting()).resolves.toHaveLength(1);
  expect(told).toEqual([{ ...nothing, wakesReplayed: 1 }]);
});

it('calls an attempt unknown once nobody can still be sending, and lets its conversation go on', async () => {
  await bench.accept(one);
  await bench.accept(two);
  await bench.take(one);
  await bench.claim(one, { horizonMs: 0 });
  await sweepAll();
  await expect(bench.record('one')).resolves.toMatchObject({ status: 'unknown', reason: 'worker_lost' });
  expect(told).toEqual([{ ...nothing, staleAttempts: 1 }]);
  await sweepAll();
  await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-two' })]);
});

it('tells of deliveries that it cannot look at, and sweeps the others', async () => {
  const spoilt = delivery('spoilt', { to: '972501234599' });
  await bench.accept(spoilt);
  await redis.client.set(bench.keys.lane(spoilt.to), 'not a lane');
  await bench.acceptAsBefore(one);
  for (const id of ['spoilt', 'one']) await redis.client.zadd(bench.keys.fixed.wake, 1, id);
  await sweepNow();
  expect(told).toEqual([{ ...nothing, jobsAdded: 1 }]);
  const line = {
    account: 'shop',
    count: 1,
    error: expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }),
  };
  expect(warned).toEqual([['deliveries could not be swept', line]]);
  await expect(bench.wakes()).resolves.toContain('spoilt');
});

it('says nothing when there was nothing to do', async () => {
  await bench.accept(one);
  await sweepAll();
  expect(told).toEqual([]);
  await expect(bench.wakes()).resolves.toEqual([]);
});

it('leaves what is not due', async () => {
  await bench.acceptAsBefore(one);
  await sweepNow();
  await expect(queue.getJob('d-one')).resolves.toBeUndefined();
  await expect(bench.wakes()).resolves.toEqual(['one']);
});

it('gets through a burst in one go', async () => {
  const ids = Array.from({ length: 1100 }, (_, index) => `d${index}`);
  await Promise.all(
    ids.map((id, index) => bench.acceptAsBefore(delivery(id, { to: `97250${1_000_000 + index}` }))),
  );
  await sweepAll();
  expect(told).toEqual([{ ...nothing, jobsAdded: 1100 }]);
  await expect(queue.getWaitingCount()).resolves.toBe(1100);
});

describe('when a job has ended, and a failover took back what its record knew', () => {
  beforeEach(async () => {
    await bench.accept(one);
  });

  /** BullMQ finishes the job without us. */
  async function finishJob(): Promise<void> {
    const worker = new Worker(`{${FROM}}`, async () => 'sent', {
      connection: { url: redis.url },
      prefix: `${PREFIX}:queue`,
    });
    await eventually(async () => (await queue.getCompletedCount()) === 1);
    await worker.close();
    await redis.client.del(bench.keys.fixed.wake);
  }

  async function comesAgain(): Promise<void> {
    const waiting = await queue.getWaiting();
    expect(waiting.map(({ id, data, finishedOn }) => ({ id, data, finishedOn }))).toEqual([
      { id: 'd-one', data: { to: one.to }, finishedOn: undefined },
    ]);
    await expect(queue.getCompletedCount()).resolves.toBe(0);
  }

  it('adds the job of one that is new to the record', async () => {
    await finishJob();
    await redis.client.zadd(bench.keys.fixed.deliveries, Date.now() - 2 * MINUTE, `one ${one.to}`);
    await createQueuedWalk((part) => wakeRemoved(redis.client, PREFIX, part))(FROM);
    await sweepNow();
    await comesAgain();
    expect(told).toEqual([{ ...nothing, jobsAdded: 1 }]);
  });

  it('adds the job of one that waits for its lane', async () => {
    await bench.take(one);
    await bench.claim(one);
    await bench.accept(two);
    await bench.store.park(two, { status: 'waiting', reason: 'lane' });
    await bench.settle(one);
    await (await queue.getJob('d-one'))?.remove();
    await finishJob();
    await createWalk((part) => walkOn(redis.client, PREFIX, part))(FROM);
    await sweepNow();
    await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-two' })]);
  });

  it('adds the job of one that was in flight, so that the history is asked', async () => {
    await bench.claim(one, { horizonMs: 0 });
    await finishJob();
    await redis.client.zadd(bench.keys.fixed.wake, 1, 'one');
    await sweepNow();
    await sweepAll();
    await expect(bench.record('one')).resolves.toMatchObject({ status: 'unknown' });
    await comesAgain();
  });
});

describe('when somebody removes a job', () => {
  beforeEach(async () => {
    for (const each of [one, two]) await bench.accept(each);
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

  describe('of one that nobody has claimed yet', () => {
    const walk = () => createQueuedWalk((part) => wakeRemoved(redis.client, PREFIX, part));
    /** So long ago each of them was created. */
    const createdAgo = async (ms: number, ...ids: readonly string[]) => {
      const at = Date.now() - ms;
      for (const id of ids) await redis.client.zadd(bench.keys.fixed.deliveries, at, `${id} ${one.to}`);
    };

    it('ends it aloud, though nothing stands behind it', async () => {
      await createdAgo(2 * MINUTE, 'one');
      await (await queue.getJob('d-one'))?.remove();
      await walk()(FROM);
      await sweepNow();
      await expect(bench.record('one')).resolves.toMatchObject({ status: 'failed', reason: 'job_removed' });
    });

    it('adds it again where an earlier version has kept its request', async () => {
      await bench.acceptAsBefore(delivery('fresh', { to: '972509999999' }));
      await redis.client.del(bench.keys.fixed.wake);
      await createdAgo(2 * MINUTE, 'fresh');
      await walk()(FROM);
      await sweepNow();
      await expect(queue.getJob('d-fresh')).resolves.toBeDefined();
      expect(told.at(-1)).toMatchObject({ jobsAdded: 1 });
    });

    it('leaves alone what has its job, and what is new', async () => {
      await createdAgo(2 * MINUTE, 'one');
      await (await queue.getJob('d-two'))?.remove();
      await walk()(FROM);
      await expect(bench.wakes()).resolves.toEqual([]);
    });

    it('finds it among many of the same time, and when it goes round again', async () => {
      const others = Array.from({ length: 9000 }, (_, index) => [1, `other-${index} ${one.to}`]).flat();
      await redis.client.zadd(bench.keys.fixed.deliveries, ...others);
      await createdAgo(2 * MINUTE, 'one', 'two');
      const again = walk();
      await again(FROM);
      await again(FROM);
      await expect(bench.wakes()).resolves.toEqual([]);
      await (await queue.getJob('d-one'))?.remove();
      await again(FROM);
      await expect(bench.wakes()).resolves.toEqual(['one']);
    });
  });
});
