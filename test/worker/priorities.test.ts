import { Queue } from 'bullmq';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

// Between conversations: high before normal before low, and in each the order in which they came.
const redis = withRedis();
let line: Line;
const EACH = 8;

beforeEach(async () => {
  line = await openLine(redis.url, { env: { WAYBILL_CONCURRENCY: '1' } });
});
afterEach(() => line.close());

const names = (priority: string) => Array.from({ length: EACH }, (_, index) => `${priority}${index}`);

const request = (priority: string, { to, id, ...more }: Readonly<Record<string, string>>) =>
  requestTo(to ?? '', { ...(id === undefined ? {} : { id, caption: id }), ...more, priority });

async function enqueue(priority: 'high' | 'normal' | 'low', conversation: number): Promise<void> {
  for (const [index, id] of names(priority).entries()) {
    await line.waybill.enqueue(request(priority, { id, to: `97250000${conversation}0${index}` }));
  }
}

it('takes high before normal before low, whichever came first', async () => {
  await enqueue('low', 1);
  await enqueue('normal', 2);
  await enqueue('high', 3);
  await line.work();
  await eventually(() => line.sent().length === 3 * EACH, { timeoutMs: 20_000 });
  expect(line.sent()).toEqual([...names('high'), ...names('normal'), ...names('low')]);
});

it('does the same with a batch', async () => {
  const batch = (['low', 'high', 'normal'] as const).flatMap((priority, conversation) =>
    names(priority).map((id, index) => request(priority, { id, to: `97250000${conversation}0${index}` })),
  );
  await line.waybill.enqueueMany(batch);
  await line.work();
  await eventually(() => line.sent().length === 3 * EACH, { timeoutMs: 20_000 });
  expect(line.sent()).toEqual([...names('high'), ...names('normal'), ...names('low')]);
});

it('keeps to it when a conversation goes on: its next waits its turn by its own priority', async () => {
  const [urgent, plain, idle] = ['972500000001', '972500000002', '972500000003'];
  for (const [id, to, priority] of [
    ['low1', idle, 'low'],
    ['low2', idle, 'low'],
    ['normal1', plain, 'normal'],
    ['normal2', plain, 'normal'],
    ['other', '972500000004', 'normal'],
    ['high1', urgent, 'high'],
    ['high2', urgent, 'high'],
    ['after', '972500000005', 'high'],
  ] as const) {
    await line.waybill.enqueue(request(priority, { id, to }));
  }
  await line.work();
  await eventually(() => line.sent().length === 8);
  const { length } = line.sent().filter((caption) => caption?.startsWith('low'));
  expect(line.sent().slice(-length)).toEqual(['low1', 'low2']);
  expect([...line.sent().slice(0, 3)].sort()).toEqual(['after', 'high1', 'high2']);
  expect(line.sent().slice(3, 6)).toEqual(['normal1', 'normal2', 'other']);
});

it('lets normal ones pass a low one of another BullMQ client once a worker has read it', async () => {
  const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: 'waybill:queue' });
  try {
    for (const [index, priority] of (['low', 'low', 'normal', 'high'] as const).entries()) {
      const { from: _from, ...data } = request(priority, { to: `97250000000${index}` });
      await queue.add('send-file', { ...data, caption: `${priority}${index}` });
    }
    await line.work();
    await eventually(() => line.sent().length === 4);
    expect(line.sent()).toEqual(['normal2', 'high3', 'low0', 'low1']);
  } finally {
    await queue.close();
  }
});

describe('when its own time comes behind a backlog', () => {
  it('takes a high one that was scheduled before the rest', async () => {
    const sendAt = Date.now() + 1000;
    await line.waybill.enqueue({ ...request('high', { id: 'high', to: '972500000001' }), sendAt });
    await enqueue('normal', 2);
    await eventually(() => Date.now() > sendAt);
    await line.work();
    await eventually(() => line.sent().length === 1 + EACH);
    // BullMQ's timer puts it last; the first send after that puts it in front.
    expect(line.sent().slice(0, 2)).toEqual(['normal0', 'high']);
  });

  it('takes a high one that had to wait for its recipient’s pair limit before the rest', async () => {
    await line.close();
    const account = { pairBurst: 1, pairIntervalMs: 500 };
    line = await openLine(redis.url, { account, env: { WAYBILL_CONCURRENCY: '1' } });
    line.sandbox.fault({ kind: 'slow', latencyMs: 100, on: ['sendFile'], times: 'always' });
    for (const id of ['first', 'high']) {
      await line.waybill.enqueue(request('high', { id, to: '972500000001' }));
    }
    const normal = Array.from({ length: 25 }, (_, index) => `9725000020${index + 10}`);
    for (const to of normal) await line.waybill.enqueue(request('normal', { id: to, to }));
    await line.work();
    await eventually(() => line.sent().length === 2 + normal.length, { timeoutMs: 30_000 });
    expect(line.sent().at(-1)).not.toBe('high');
  });

  it.each(['normal', 'low'])('asks the history about a %s one before the rest is sent', async (priority) => {
    const to = '972500000001';
    line.sandbox.fault({ kind: 'reset_after_accepting', to, times: 1 });
    await line.waybill.enqueue(request(priority, { id: 'doubted', to }));
    await line.work();
    const statusOf = async (id: string) => (await line.waybill.get(id)).status;
    await eventually(async () => (await statusOf('doubted')) === 'unknown');
    // More than is sent until the history is asked, five seconds later.
    line.sandbox.fault({ kind: 'slow', latencyMs: 100, on: ['sendFile'], times: 'always' });
    const rest = Array.from({ length: 100 }, (_, index) => String(972_500_020_000 + index));
    for (const each of rest) await line.waybill.enqueue(request('normal', { id: each, to: each }));
    await eventually(async () => (await statusOf('doubted')) !== 'unknown', { timeoutMs: 60_000 });
    await expect(statusOf(rest.at(-1) ?? '')).resolves.toBe('queued');
    await expect(statusOf('doubted')).resolves.not.toBe('failed');
  });
});
