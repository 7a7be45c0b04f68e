import { Queue, QueueEvents } from 'bullmq';
import fc from 'fast-check';
import type { Receipt } from '../../src/domain/callback.js';
import { receiptsConflict, statusByReceipts } from '../../src/domain/status.js';
import { DAY } from '../../src/domain/time.js';
import { queueName, queuePrefix } from '../../src/queue/names.js';
import { readDelivery } from '../../src/redis/delivery-view.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { eventually } from '../support/wait.js';
import { type Bench, delivery, FROM, openBench, PREFIX, receipt } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');

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

type Told = { readonly name: Receipt; readonly code: string | null };

const told: fc.Arbitrary<Told> = fc.constantFrom(
  { name: 'sent', code: null },
  { name: 'delivered', code: null },
  { name: 'read', code: null },
  // A failure is told in two forms, and only one of them says why.
  { name: 'failed', code: null },
  { name: 'failed', code: '7' },
);

it('makes the same record of the same receipts, in any order, however often, early or late', async () => {
  const history = fc.record({ receipts: fc.array(told, { minLength: 1, maxLength: 8 }), early: fc.nat(8) });
  await fc.assert(
    fc.asyncProperty(history, async ({ receipts, early }) => {
      await redis.client.flushall();
      for (const { name, code } of receipts.slice(0, early))
        await bench.callbacks.applyReceipt(receipt(name, 'u1', code));
      await accept();
      for (const { name, code } of receipts.slice(early))
        await bench.callbacks.applyReceipt(receipt(name, 'u1', code));

      const seen = await view();
      const names = [...new Set(receipts.map(({ name }) => name))].sort();
      expect(Object.keys(seen.receipts).sort()).toEqual(names);
      expect(seen.status).toBe(statusByReceipts(seen.receipts));
      expect(seen.receiptsConflict).toBe(receiptsConflict(seen.receipts));
      expect(seen.failureCode).toBe(receipts.some(({ code }) => code !== null) ? '7' : null);
      await expect(redis.client.zcard(bench.keys.fixed.orphans)).resolves.toBe(0);
    }),
    { numRuns: 80 },
  );
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
