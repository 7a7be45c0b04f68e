import { Queue, QueueEvents } from 'bullmq';
import fc from 'fast-check';
import type { Receipt } from '../../src/domain/callback.js';
import { receiptsConflict, statusByReceipts, UNCONFIRMED_MS } from '../../src/domain/status.js';
import { DAY, MINUTE } from '../../src/domain/time.js';
import { queueName, queuePrefix } from '../../src/queue/names.js';
import { readDelivery } from '../../src/redis/delivery-view.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { eventually } from '../support/wait.js';
import { type Bench, delivery, FROM, openBench, PREFIX, receipt } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');
const UNDELIVERABLE = { code: '131026', reason: 'Message undeliverable' };

beforeEach(() => {
  bench = openBench(redis.client);
});

async function accept(): Promise<void> {
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
}

async function view() {
  const seen = await readDelivery(redis.client, PREFIX, { from: FROM, id: 'one', sealer: PLAIN });
  if (seen === null) throw new Error('the record is there');
  return seen;
}

type Told = { readonly name: Receipt; readonly code: string | null; readonly reason: string | null };

const told: fc.Arbitrary<Told> = fc.oneof(
  fc.constantFrom('sent', 'delivered', 'read', 'unconfirmed').map((name) => ({
    name: name as Receipt,
    code: null,
    reason: null,
  })),
  // A failure is told in two forms, of which one says why, and neither in the same words.
  fc.record({
    name: fc.constant<Receipt>('failed'),
    code: fc.constantFrom(null, '7', '8', '131026'),
    reason: fc.constantFrom(null, 'Message undeliverable', 'no', 'ja'),
  }),
);

async function receive(receipts: readonly Told[]): Promise<void> {
  for (const { name, code, reason } of receipts) {
    await bench.callbacks.applyReceipt(receipt(name, 'u1', { code, reason }));
  }
}

/** All that the time of arrival does not change. */
async function settled(receipts: readonly Told[], early: number) {
  await redis.client.flushall();
  await receive(receipts.slice(0, early));
  await accept();
  await receive(receipts.slice(early));
  const {
    receipts: seen,
    status,
    reason,
    failureCode,
    failureReason,
    receiptsConflict: conflict,
  } = await view();
  return { seen, names: Object.keys(seen).sort(), status, reason, failureCode, failureReason, conflict };
}

it('makes the same record of the same receipts, in any order, however often, early or late', async () => {
  const history = fc.array(told, { minLength: 1, maxLength: 6 }).chain((receipts) =>
    fc.record({
      receipts: fc.constant(receipts),
      shuffled: fc.shuffledSubarray([...receipts, ...receipts], { minLength: receipts.length * 2 }),
      early: fc.nat(8),
      shuffledEarly: fc.nat(12),
    }),
  );
  await fc.assert(
    fc.asyncProperty(history, async ({ receipts, shuffled, early, shuffledEarly }) => {
      const { seen, ...one } = await settled(receipts, early);
      const { seen: _seen, ...other } = await settled(shuffled, shuffledEarly);
      expect(other).toEqual(one);
      const names = [...new Set(receipts.map(({ name }) => name))].sort();
      expect(one.names).toEqual(names);
      expect(one.status).toBe(statusByReceipts(seen));
      expect(one.conflict).toBe(receiptsConflict(seen));
      expect(one.reason).toBe(one.status === 'failed' ? 'receipt' : one.status === 'accepted' ? 'ok' : '');
      await expect(redis.client.zcard(bench.keys.fixed.orphans)).resolves.toBe(0);
    }),
    { numRuns: 80 },
  );
});

describe('an ack 0 without a reason', () => {
  /** As if it had been told so long ago. */
  async function age(ms: number): Promise<void> {
    await redis.client.hset(bench.keys.record('one'), 'receipt:unconfirmed', Date.now() - ms);
  }
  const wakesAt = async () => Number(await redis.client.zscore(bench.keys.fixed.wake, 'one'));

  it.each([
    ['before the answer to the send', true],
    ['after it', false],
  ])('%s is no failure until its time is over', async (_when, isEarly) => {
    if (isEarly) await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await accept();
    if (!isEarly) await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await expect(view()).resolves.toMatchObject({
      status: 'accepted',
      receipts: { unconfirmed: expect.any(Number) },
    });
    expect(await wakesAt()).toBeGreaterThan(Date.now() + UNCONFIRMED_MS - MINUTE);
    await expect(bench.store.look(one)).resolves.toEqual({ kind: 'unconfirmed' });
    await expect(bench.attempts.presumeFailed(one)).resolves.toBe(false);
    await age(UNCONFIRMED_MS + 1000);
    await expect(bench.attempts.presumeFailed(one)).resolves.toBe(true);
    await expect(view()).resolves.toMatchObject({
      status: 'failed',
      reason: 'unconfirmed',
      failureCode: null,
    });
    await expect(bench.wakes()).resolves.toEqual([]);
    await expect(bench.attempts.presumeFailed(one)).resolves.toBe(false);
  });

  it.each(['sent', 'delivered', 'read'] as const)('is refuted by %s, in time or too late', async (name) => {
    await accept();
    await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await bench.callbacks.applyReceipt(receipt(name));
    await age(UNCONFIRMED_MS + 1000);
    await expect(bench.attempts.presumeFailed(one)).resolves.toBe(false);
    await expect(view()).resolves.toMatchObject({ status: name });

    await redis.client.flushall();
    await accept();
    await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await age(UNCONFIRMED_MS + 1000);
    await bench.attempts.presumeFailed(one);
    await bench.callbacks.applyReceipt(receipt(name));
    await expect(view()).resolves.toMatchObject({ status: name, reason: '', receiptsConflict: false });
  });

  it('is confirmed by a failure that says why, in time or too late', async () => {
    await accept();
    await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await bench.callbacks.applyReceipt(receipt('failed', 'u1', '7'));
    await expect(view()).resolves.toMatchObject({ status: 'failed', reason: 'receipt', failureCode: '7' });

    await redis.client.flushall();
    await accept();
    await bench.callbacks.applyReceipt(receipt('unconfirmed'));
    await age(UNCONFIRMED_MS + 1000);
    await bench.attempts.presumeFailed(one);
    await bench.callbacks.applyReceipt(receipt('failed', 'u1', '7'));
    await expect(view()).resolves.toMatchObject({ status: 'failed', reason: 'receipt', failureCode: '7' });
  });
});

it('tells what a receipt did', async () => {
  await accept();
  const applied = await bench.callbacks.applyReceipt(receipt('delivered'));
  expect(applied).toEqual({
    kind: 'applied',
    account: FROM,
    delivery: {
      id: 'one',
      status: 'delivered',
      statusBefore: 'accepted',
      statusChanged: true,
      acceptToDeliveredMs: expect.any(Number),
    },
  });
  const late = await bench.callbacks.applyReceipt(receipt('sent'));
  expect(late).toMatchObject({
    delivery: { status: 'delivered', statusChanged: false, acceptToDeliveredMs: null },
  });
});

it('shows the status as the job’s progress, as BullMQ’s own listeners see it', async () => {
  const name = queueName(FROM);
  const connection = redis.client.duplicate({ maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection, prefix: queuePrefix(PREFIX) });
  const listener = new QueueEvents(name, { connection, prefix: queuePrefix(PREFIX) });
  const seen: unknown[] = [];
  listener.on('progress', ({ data }) => seen.push(data));
  await listener.waitUntilReady();
  await queue.add('send-file', {}, { jobId: 'd-one' });
  await accept();
  for (const each of ['sent', 'read', 'delivered'] as const)
    await bench.callbacks.applyReceipt(receipt(each));
  await eventually(() => seen.length === 3);
  expect(seen).toEqual(['accepted', 'sent', 'read']);
  expect((await queue.getJob('d-one'))?.progress).toBe('read');
  await listener.close();
  await queue.close();
  connection.disconnect();
});

it('flags a failure after a delivery and keeps the delivery', async () => {
  await accept();
  for (const name of ['delivered', 'failed'] as const) await bench.callbacks.applyReceipt(receipt(name));
  await expect(view()).resolves.toMatchObject({ status: 'delivered', receiptsConflict: true });
});

it('lets a delivery correct a failure', async () => {
  await accept();
  await bench.callbacks.applyReceipt(receipt('failed', 'u1', '5'));
  await expect(view()).resolves.toMatchObject({ status: 'failed', failureCode: '5' });
  await bench.callbacks.applyReceipt(receipt('read'));
  await expect(view()).resolves.toMatchObject({ status: 'read', receiptsConflict: true });
});

it('keeps why it failed in the provider’s words', async () => {
  await accept();
  await bench.callbacks.applyReceipt(receipt('failed', 'u1', UNDELIVERABLE));
  await expect(view()).resolves.toMatchObject({
    failureCode: '131026',
    failureReason: 'Message undeliverable',
    timeline: expect.arrayContaining([expect.objectContaining({ status: 'failed', reason: 'receipt' })]),
  });
});

it('adds why it failed when only the second telling says so', async () => {
  await accept();
  await bench.callbacks.applyReceipt(receipt('failed'));
  await expect(bench.callbacks.applyReceipt(receipt('failed', 'u1', '7'))).resolves.toEqual({
    kind: 'duplicate',
  });
  await expect(view()).resolves.toMatchObject({ failureCode: '7' });
});

it('settles straight to the status of the receipts that came before', async () => {
  await bench.callbacks.applyReceipt(receipt('delivered'));
  await bench.accept(one);
  await bench.claim(one);
  await expect(bench.settle(one)).resolves.toMatchObject({ kind: 'settled', status: 'delivered' });
  await expect(redis.client.exists(bench.keys.orphan('u1'))).resolves.toBe(0);
});

it('keeps a receipt that nobody owns for seven days', async () => {
  await bench.callbacks.applyReceipt(receipt('sent', 'stranger'));
  await expect(redis.client.hkeys(bench.keys.orphan('stranger'))).resolves.toEqual(['sent']);
  const ttl = await redis.client.pttl(bench.keys.orphan('stranger'));
  expect(ttl).toBeGreaterThan(6 * DAY);
  expect(ttl).toBeLessThanOrEqual(7 * DAY);
});

it('forgets the index entry of an orphan whose time is over', async () => {
  await redis.client.zadd(bench.keys.fixed.orphans, Date.now() - 8 * DAY, 'old');
  await bench.callbacks.applyReceipt(receipt('sent', 'new'));
  await expect(redis.client.zrange(bench.keys.fixed.orphans, '0', '-1')).resolves.toEqual(['new']);
});

it('takes no receipt for a number that is no account of ours', async () => {
  const foreign = { ...receipt('sent'), account: '972770000000' };
  await expect(bench.callbacks.applyReceipt(foreign)).resolves.toEqual({ kind: 'unknown_account' });
  await expect(redis.client.dbsize()).resolves.toBe(0);
});
