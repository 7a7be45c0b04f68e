import { Queue, Worker } from 'bullmq';
import { MINUTE } from '../../src/domain/time.js';
import { readDispatch } from '../../src/redis/dispatch.js';
import { setGate } from '../../src/redis/gate.js';
import { createWatchdog } from '../../src/worker/watchdog.js';
import { account, FROM, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';

// A queue whose worker is closed: nobody will ever fetch what is due in it.
const redis = withRedis();
let queue: Queue;
let now: number;
let fetchedAt: number;
let active: number;
let ends: number;
let lines: string[];
let look: () => Promise<void>;
const place = () => ({ connection: { url: redis.url }, prefix: `${PREFIX}:queue` });

beforeEach(async () => {
  queue = new Queue(`{${FROM}}`, place());
  const worker = new Worker(`{${FROM}}`, async () => undefined, {
    connection: { url: redis.url, maxRetriesPerRequest: null },
    prefix: `${PREFIX}:queue`,
  });
  await worker.waitUntilReady();
  await worker.close();
  [now, fetchedAt, active, ends, lines] = [0, 0, 0, 0, []];
  look = createWatchdog({
    accounts: () => [account()],
    dispatchOf: (from) => readDispatch(redis.client, PREFIX, from),
    worker: { active: () => active, fetchedAt: () => fetchedAt },
    monotonic: () => now,
    patienceMs: MINUTE,
    log: { error: (message) => void lines.push(message) },
    end: () => {
      ends += 1;
    },
  });
});
afterEach(() => queue.close());

const add = (more = {}) => queue.add('send-file', {}, { jobId: 'd-one', ...more });

/** Looks every ten seconds. */
async function watchFor(ms: number): Promise<void> {
  for (const until = now + ms; now < until; ) {
    now += 10_000;
    await look();
  }
}

it('ends the process, saying so, when a due job is fetched by nobody for so long', async () => {
  await add();
  await watchFor(MINUTE);
  expect(ends).toBe(0);
  await watchFor(10_000);
  expect(ends).toBe(1);
  expect(lines).toEqual(['jobs are due and none is fetched: ending']);
});

it.each([
  ['low priority', { priority: 10 }],
  ['a time that has come', { delay: 1 }],
])('counts a job of %s', async (_, more) => {
  await add(more);
  await watchFor(2 * MINUTE);
  expect(ends).toBeGreaterThan(0);
});

it.each<readonly [string, () => Promise<unknown> | unknown]>([
  ['nothing is due', () => queue.remove('d-one')],
  ['the gate is paused', () => setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: '3' })],
  [
    'the gate is closed for a time',
    () => redis.client.hset(`${PREFIX}:{${FROM}}:gate`, { state: 'until', until: Date.now() + MINUTE }),
  ],
  [
    'a probe is under way',
    () => redis.client.hset(`${PREFIX}:{${FROM}}:gate`, 'probeUntil', Date.now() + MINUTE),
  ],
  ['the queue is paused', () => queue.pause()],
  ['the queue rests', () => queue.rateLimit(MINUTE)],
  ['a delivery is in this process’s hands', () => (active = 1)],
  ['a job is in some worker’s hands', () => redis.client.lpush(`${PREFIX}:queue:{${FROM}}:active`, 'd-two')],
])('waits while %s', async (_, arrange) => {
  await add();
  await arrange();
  await watchFor(5 * MINUTE);
  expect(ends).toBe(0);
});

it('waits when a job was fetched meanwhile', async () => {
  await add();
  await watchFor(50_000);
  fetchedAt = now;
  await watchFor(50_000);
  expect(ends).toBe(0);
});

it('counts anew once it has not looked for a while, for nobody knows how it was meanwhile', async () => {
  await add();
  await watchFor(50_000);
  now += 10 * MINUTE;
  await watchFor(50_000);
  expect(ends).toBe(0);
});

it('proves nothing while Redis does not answer', async () => {
  await add();
  await watchFor(50_000);
  await redis.client.set(`${PREFIX}:{${FROM}}:gate`, 'no hash');
  await expect(watchFor(10_000)).rejects.toThrow('WRONGTYPE');
  await redis.client.del(`${PREFIX}:{${FROM}}:gate`);
  await watchFor(50_000);
  expect(ends).toBe(0);
});
