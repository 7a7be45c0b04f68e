import { Queue } from 'bullmq';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { linesOf } from '../../src/redis/timeline.js';
import { withRedis } from '../support/redis.js';
import { type Bench, CLIENT, delivery, FROM, JOB_AT, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;
let queue: Queue;
const one = delivery('one');
const two = delivery('two');

beforeEach(async () => {
  bench = openBench(redis.client);
  queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
  await queue.waitUntilReady();
});
afterEach(() => queue.close());

/** As the worker leaves it: accepted, its job in the queue and delayed. */
async function acceptAndDelay(each = one, delay = HOUR): Promise<void> {
  await queue.add('send-file', {}, { jobId: `d-${each.id}`, delay });
  await bench.accept(each);
}

describe('park', () => {
  it('writes down why a delivery waits, once', async () => {
    await bench.accept(one);
    for (let run = 0; run < 2; run += 1) {
      await expect(bench.store.park(one, { status: 'waiting', reason: 'limit' })).resolves.toBe('parked');
    }
    const lines = linesOf(await bench.record('one'));
    expect(lines.filter((line) => line.includes('limit'))).toHaveLength(1);
    await expect(bench.wakes()).resolves.toEqual(['one']);
  });

  it('says go when its turn has come meanwhile', async () => {
    await bench.accept(one);
    await bench.accept(two);
    await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
    await expect(bench.store.park(two, { status: 'waiting', reason: 'lane' })).resolves.toBe('go');
  });

  it('says go when the client has written meanwhile', async () => {
    await bench.accept(one);
    await bench.inbound();
    await expect(bench.holdForWindow(one)).resolves.toBe('go');
  });

  it('says that the delivery has ended meanwhile', async () => {
    await bench.accept(one);
    await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
    await expect(bench.holdForWindow(one)).resolves.toBe('ended');
  });

  it('lets those behind a held delivery pass, and moves the next to the front', async () => {
    await bench.accept(one);
    await acceptAndDelay(two);
    await bench.take(one);
    await bench.closeWindow();
    await expect(bench.holdForWindow(one)).resolves.toBe('parked');
    await expect(bench.lane()).resolves.toEqual(['two']);
    await expect(bench.held()).resolves.toEqual(['one']);
    await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-two' })]);
  });

  it('blocks the lane where order is strict', async () => {
    const strict = delivery('strict', { strictOrder: true });
    await bench.accept(strict);
    await bench.accept(two);
    await bench.closeWindow();
    await bench.holdForWindow(strict);
    await expect(bench.lane()).resolves.toEqual(['strict', 'two']);
    await expect(bench.claim(two)).resolves.toMatchObject({ refusal: { why: 'lane' } });
  });

  it('gives a held delivery its place back when its job comes up for another reason', async () => {
    await bench.accept(one);
    await bench.accept(two);
    await bench.closeWindow();
    await bench.holdForWindow(one);
    await expect(bench.claim(one)).resolves.toMatchObject({ refusal: { why: 'window' } });
    await expect(bench.lane()).resolves.toEqual(['one', 'two']);
    await expect(bench.held()).resolves.toEqual([]);
    await expect(redis.client.hget(bench.keys.fixed.holds, 'window')).resolves.toBe('0');
  });
});

describe('look', () => {
  it('moves a delivery that may go to the front', async () => {
    await acceptAndDelay();
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'front' });
    await expect(queue.getWaiting()).resolves.toHaveLength(1);
    await expect(bench.wakes()).resolves.toEqual([]);
  });

  it('leaves one that is not at the head of its lane', async () => {
    await bench.accept(one);
    await acceptAndDelay(two);
    await expect(bench.store.look(two)).resolves.toEqual({ kind: 'done' });
    await expect(queue.getDelayed()).resolves.toHaveLength(1);
  });

  it('leaves one before its time', async () => {
    const later = delivery('later', { sendAt: Date.now() + HOUR, expiresAt: Date.now() + DAY });
    await acceptAndDelay(later);
    await expect(bench.store.look(later)).resolves.toEqual({ kind: 'done' });
    await expect(queue.getDelayed()).resolves.toHaveLength(1);
  });

  it('leaves one that is held by a window that is still closed', async () => {
    await acceptAndDelay();
    await bench.closeWindow();
    await bench.holdForWindow(one);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
    await expect(queue.getDelayed()).resolves.toHaveLength(1);
  });

  it('looks again when the backoff is over', async () => {
    await acceptAndDelay();
    await bench.claim(one);
    await bench.postpone(one, { delayMs: HOUR });
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
    const at = Number(await redis.client.zscore(bench.keys.fixed.wake, 'one'));
    expect(at).toBeGreaterThan(Date.now() + HOUR - MINUTE);
  });

  it('adds a job that an earlier version has kept the request of', async () => {
    await bench.acceptAsBefore(one);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'added' });
    const job = { id: 'd-one', data: { to: CLIENT }, timestamp: JOB_AT };
    await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining(job)]);
    await expect(bench.record('one')).resolves.not.toHaveProperty('request');
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
    await queue.remove('d-one');
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'lost' });
  });

  it('says that a job was removed', async () => {
    await acceptAndDelay();
    await bench.store.look(one);
    await queue.remove('d-one');
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'lost' });
  });

  it('finds an attempt that never told its end, after its horizon', async () => {
    await bench.accept(one);
    await bench.claim(one);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
    await redis.client.hset(bench.keys.record('one'), 'horizonAt', Date.now() - 1);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'stale', attempt: 'a1' });
  });

  it('lets the lane go on once the horizon of an unknown outcome has passed', async () => {
    await bench.accept(one);
    await acceptAndDelay(two);
    await bench.take(one);
    await bench.claim(one);
    await bench.doubt(one);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
    await expect(queue.getDelayed()).resolves.toHaveLength(1);
    await redis.client.hset(bench.keys.conv(CLIENT), 'flightUntil', Date.now() - 1);
    await redis.client.hset(bench.keys.record('one'), 'horizonAt', Date.now() - 1);
    await bench.store.look(one);
    await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-two' })]);
    await expect(bench.wakes()).resolves.toContain('one');
  });

  it('tells of an unknown outcome that nobody has ended after a day', async () => {
    await bench.accept(one);
    await bench.claim(one);
    await bench.doubt(one);
    const longAgo = Date.now() - 25 * 60 * MINUTE;
    await redis.client.hset(bench.keys.record('one'), { startedAt: longAgo, horizonAt: longAgo });
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'unresolved' });
    await bench.store.resign(one);
    await expect(bench.wakes()).resolves.not.toContain('one');
  });

  it('brings the job of an ended delivery to a worker', async () => {
    await bench.accept(one);
    await bench.take(one);
    await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
    const { bullActive, bullDelayed } = bench.keys.fixed;
    await redis.client
      .multi()
      .del(bullActive)
      .zadd(bullDelayed, Date.now() * 4096, 'd-one')
      .exec();
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'front' });
  });

  it('has nothing to do for a delivery that nobody knows', async () => {
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'done' });
  });
});

describe('conclude', () => {
  const cancel = (each = one) => bench.store.conclude(each, { status: 'cancelled', reason: 'cancelled' });

  it('ends a delivery, brings its job to a worker and wakes the next', async () => {
    await acceptAndDelay(one);
    await acceptAndDelay(two);
    await expect(cancel()).resolves.toEqual({ done: true, status: 'cancelled' });
    await expect(bench.lane()).resolves.toEqual(['two']);
    const waiting = await queue.getWaiting();
    expect(waiting.map(({ id }) => id).sort()).toEqual(['d-one', 'd-two']);
    await expect(redis.client.pttl(bench.keys.record('one'))).resolves.toBeGreaterThan(0);
  });

  it.each(['sending', 'unknown', 'accepted'])('leaves a delivery that is %s', async (status) => {
    await bench.accept(one);
    await bench.claim(one);
    if (status === 'unknown') await bench.doubt(one);
    if (status === 'accepted') await bench.settle(one);
    await expect(cancel()).resolves.toEqual({ done: false, status });
    await expect(bench.status('one')).resolves.toBe(status);
  });

  it('knows nothing of an unseen delivery', async () => {
    await expect(cancel()).resolves.toEqual({ done: false, status: null });
  });

  it('takes a held delivery out of what is held', async () => {
    await acceptAndDelay();
    await bench.closeWindow();
    await bench.holdForWindow(one);
    await cancel();
    await expect(bench.held()).resolves.toEqual([]);
    await expect(redis.client.hget(bench.keys.fixed.holds, 'window')).resolves.toBe('0');
  });
});

describe('overdue', () => {
  it('lists due wake entries, oldest first and within bounds, and drops those without a record', async () => {
    await bench.accept(one);
    await bench.accept(two);
    const past = Date.now() - HOUR;
    await redis.client.zadd(bench.keys.fixed.wake, past, 'gone', past + 2, 'one', past + 1, 'two');
    await redis.client.zadd(bench.keys.fixed.wake, Date.now() + HOUR, 'later');
    await expect(bench.store.overdue(FROM, 2)).resolves.toEqual([{ from: FROM, id: 'two', to: CLIENT }]);
    await expect(bench.store.overdue(FROM, 10)).resolves.toEqual([
      { from: FROM, id: 'two', to: CLIENT },
      { from: FROM, id: 'one', to: CLIENT },
    ]);
    await expect(bench.wakes()).resolves.toEqual(['two', 'one', 'later']);
  });
});
