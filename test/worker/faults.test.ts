import { Queue } from 'bullmq';
import { openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

const redis = withRedis();
let line: Line;
const CLIENT = '972501234567';

beforeEach(async () => {
  line = await openLine(redis.url);
});
afterEach(() => line.close());

it('tells of a fault of its own without the number, the key or the link’s query, and tries again', async () => {
  const { keys } = openBench(redis.client);
  await line.waybill.enqueue(
    requestTo(CLIENT, { id: 'one', fileUrl: 'https://files.example.com/a.pdf?key=secret' }),
  );
  // The conversation's hash is a string: no script can run on it.
  await redis.client.set(keys.conv(CLIENT), 'broken');
  await line.work();
  await eventually(() => line.lines().some((text) => text.includes('delivery run failed')));
  const told = line.lines().join('\n');
  expect(told).toContain('WRONGTYPE');
  for (const secret of [CLIENT, FROM, 'key-of-shop', 'key=secret']) expect(told).not.toContain(secret);

  await redis.client.del(keys.conv(CLIENT));
  await line.waybill.wait('one', 'accepted', { timeoutMs: 15_000 });
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('gives back what it has in hand when it is told to go, and another worker takes it', async () => {
  await line.work();
  line.sandbox.fault({ kind: 'slow', latencyMs: 300, times: 'always' });
  const clients = Array.from({ length: 20 }, (_, index) => `97250000${1000 + index}`);
  await line.waybill.enqueueMany(clients.map((to) => requestTo(to, { id: to })));
  await eventually(() => line.sandbox.requests().some(({ endpoint }) => endpoint === 'sendFile'));
  await line.rest();
  await line.work();
  for (const id of clients) await line.waybill.wait(id, 'accepted', { timeoutMs: 15_000 });
  expect(line.sandbox.accepted()).toHaveLength(20);
});

it('leaves nothing behind in the queue and the lanes when all is sent', async () => {
  await line.work();
  const ids = Array.from({ length: 30 }, (_, index) => `n${index}`);
  await line.waybill.enqueueMany(
    ids.map((id, index) => requestTo(index % 2 === 0 ? CLIENT : '972509999999', { id })),
  );
  await eventually(() => line.sandbox.accepted().length === ids.length);
  const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
  try {
    await eventually(async () => (await queue.getCompletedCount()) === ids.length);
    const { fixed, lane, held } = openBench(redis.client).keys;
    const emptied = [fixed.wake, fixed.unknowns, fixed.bullDelayed, fixed.bullWait, fixed.bullActive];
    const lanes = [CLIENT, '972509999999'].flatMap((to) => [lane(to), held(to)]);
    await expect(redis.client.exists(...emptied, ...lanes)).resolves.toBe(0);
  } finally {
    await queue.close();
  }
});

it('lets everything that belongs to a finished delivery go one day', async () => {
  await line.work();
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  const { keys } = openBench(redis.client);
  const { unique } = await line.waybill.get('one');
  const belongings = [
    keys.record('one'),
    keys.tomb('one'),
    keys.conv(CLIENT),
    keys.unique(unique ?? ''),
    keys.fixed.pace,
  ];
  const lives = await Promise.all(belongings.map((key) => redis.client.pttl(key)));
  expect(lives.every((ms) => ms > 0)).toBe(true);
});
