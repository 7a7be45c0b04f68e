import { createGatekeeper } from '../../src/app/gatekeeper.js';
import { MINUTE } from '../../src/domain/time.js';
import { createQueues } from '../../src/queue/queues.js';
import { measureBacklog } from '../../src/redis/backlog.js';
import { readDuty } from '../../src/redis/duty.js';
import { withRedis } from '../support/redis.js';
import { type Bench, delivery, FROM, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;

beforeEach(() => {
  bench = openBench(redis.client);
});

/** As it is measured, and as the people on duty see it. */
const oldestDueMinutes = async () => {
  const { oldestDueAgeMs } = await measureBacklog(redis.client, PREFIX, FROM);
  const names = { dayName: '2027-01-15', monthName: '2027-01' };
  const { now, oldestDueAt } = await readDuty(redis.client, PREFIX, { from: FROM, ...names });
  const minutes = Math.round(oldestDueAgeMs / MINUTE);
  expect(Math.round((now - (oldestDueAt ?? now)) / MINUTE)).toBe(minutes);
  return minutes;
};
const ago = (minutes: number) => Date.now() - minutes * MINUTE;

/** A delivery whose job is in the queue since it became due, so many minutes ago. */
async function due(id: string, minutes: number): Promise<string> {
  await bench.accept(delivery(id, { to: `9725000000${id.slice(-2)}` }));
  await redis.client.hset(bench.keys.record(id), 'dueAt', ago(minutes));
  await redis.client.lrem(bench.keys.fixed.bullWait, 0, `d-${id}`);
  return `d-${id}`;
}

describe('the oldest due age', () => {
  it('is 0 where nothing is due', async () => {
    await expect(oldestDueMinutes()).resolves.toBe(0);
  });

  it('is that of the list’s tail', async () => {
    await redis.client.lpush(bench.keys.fixed.bullWait, await due('n01', 30), await due('n02', 10));
    await expect(oldestDueMinutes()).resolves.toBe(30);
  });

  it('is not hidden by one that was moved ahead of the others', async () => {
    await redis.client.lpush(bench.keys.fixed.bullWait, await due('n01', 30), await due('n02', 10));
    await redis.client.rpush(bench.keys.fixed.bullWait, await due('n03', 1));
    await expect(oldestDueMinutes()).resolves.toBe(30);
  });

  it('counts those of low priority too', async () => {
    await redis.client.zadd(bench.keys.fixed.bullPrioritized, 10, await due('n01', 20));
    await expect(oldestDueMinutes()).resolves.toBe(20);
  });

  it('does not count the time for which one was held that was just let go', async () => {
    const job = await due('n01', 300);
    await redis.client.hdel(bench.keys.record('n01'), 'dueAt');
    await redis.client.hset(bench.keys.job(job), 'timestamp', ago(300));
    await redis.client.lpush(bench.keys.fixed.bullWait, job);
    await expect(oldestDueMinutes()).resolves.toBe(0);
  });

  it('is the same before, while and after its account is paused', async () => {
    await redis.client.lpush(bench.keys.fixed.bullWait, await due('n01', 30));
    await redis.client.zadd(bench.keys.fixed.bullPrioritized, 10, await due('n02', 40));
    const queues = createQueues({ connection: redis.client, prefix: PREFIX, onError: () => undefined });
    const { pause, resume } = createGatekeeper({ redis: redis.client, prefix: PREFIX, queues });
    await pause(FROM, {});
    await expect(oldestDueMinutes()).resolves.toBe(40);
    await resume(FROM, {});
    await expect(oldestDueMinutes()).resolves.toBe(40);
    await queues.close();
  });

  it('counts a job of another BullMQ client from when it was added', async () => {
    await redis.client.hset(bench.keys.job('d-foreign'), 'timestamp', ago(5));
    await redis.client.lpush(bench.keys.fixed.bullWait, 'd-foreign');
    await expect(oldestDueMinutes()).resolves.toBe(5);
  });
});
