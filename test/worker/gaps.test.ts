import { Queue, Worker } from 'bullmq';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createQueues } from '../../src/queue/queues.js';
import { setGate } from '../../src/redis/gate.js';
import { endJob } from '../../src/worker/job-end.js';
import { type Bench, CLIENT, delivery, FROM, inbound, openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

// Between two calls anything may happen: another event, or the end of the process. Here it does, each time.
const redis = withRedis();
let bench: Bench;
let line: Line;
let queue: Queue;
/** A worker whose hands are ours: it takes a job when told to, and keeps no lock alive. */
let hands: Worker;

beforeEach(async () => {
  bench = openBench(redis.client);
  line = await openLine(redis.url);
  const place = { connection: { url: redis.url, maxRetriesPerRequest: null }, prefix: `${PREFIX}:queue` };
  queue = new Queue(`{${FROM}}`, place);
  hands = new Worker(`{${FROM}}`, null, {
    ...place,
    lockDuration: 500,
    skipLockRenewal: true,
    autorun: false,
  });
  await hands.waitUntilReady();
});
afterEach(async () => {
  await hands.close();
  await queue.close();
  await line.close();
});

const one = delivery('one', { fileUrl: requestTo(CLIENT).fileUrl });
const take = async () => {
  const job = await hands.getNextJob('ours', { block: false });
  if (job === undefined) throw new Error('no job was there to take');
  return job;
};

const { to, fileUrl, sendAt, expiresAt } = one;
const data = JSON.stringify({ to, fileUrl, sendAt, expiresAt });
const accept = () => bench.store.accept({ delivery: one, job: { id: 'd-one', timestamp: sendAt }, data });

/** Time passes: every wake entry is due. */
async function wakesAreDue(): Promise<void> {
  for (const id of await bench.wakes())
    await redis.client.zadd(bench.keys.fixed.wake, Date.now() - MINUTE, id);
}

it('adds the job of a producer of an earlier version that died before it could', async () => {
  await bench.acceptAsBefore(one, data);
  await wakesAreDue();
  await line.work();
  await eventually(() => line.sandbox.accepted().length === 1);
  await expect(queue.getJob('d-one')).resolves.toMatchObject({ timestamp: one.sendAt });
});

it('adds a job that was removed when the same request comes again, at the time of the first', async () => {
  await accept();
  await queue.remove('d-one');
  const again = await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  expect(again).toMatchObject({ duplicate: true });
  await expect(queue.getJob('d-one')).resolves.toMatchObject({ timestamp: one.sendAt });
  await line.work();
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
});

it('releases a delivery whose worker died after it had parked it, before its job was delayed', async () => {
  await accept();
  await bench.closeWindow();
  await take();
  await expect(bench.claim(one)).resolves.toMatchObject({ refusal: { why: 'window' } });
  await bench.holdForWindow(one);
  await bench.callbacks.applyInbound(inbound());
  await line.work();
  await line.waybill.wait('one', 'accepted', { timeoutMs: 15_000 });
});

it('releases a delivery whose client wrote after it was parked, before its job was delayed', async () => {
  await accept();
  await bench.closeWindow();
  const job = await take();
  await bench.claim(one);
  await bench.holdForWindow(one);
  await bench.callbacks.applyInbound(inbound());
  const end = endJob(
    { job, token: 'ours', ref: one },
    { kind: 'delayed', until: Date.now() + HOUR, status: 'held' },
    {
      ...bench,
      queues: opened(),
    },
  );
  await expect(end).rejects.toMatchObject({ name: 'DelayedError' });
  await expect(queue.getWaiting()).resolves.toHaveLength(1);
});

it('finishes the job of a delivery that was cancelled while its job was on its way to the delayed ones', async () => {
  await accept();
  const job = await take();
  await bench.store.park(one, { status: 'waiting', reason: 'limit' });
  await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
  const end = endJob(
    { job, token: 'ours', ref: one },
    { kind: 'delayed', until: Date.now() + HOUR, status: 'waiting' },
    {
      ...bench,
      queues: opened(),
    },
  );
  await expect(end).rejects.toMatchObject({ name: 'DelayedError' });
  await line.work();
  await eventually(async () => (await queue.getCompletedCount()) === 1);
  expect(line.sandbox.accepted()).toEqual([]);
});

it('does not leave the queue paused when the gate was opened since the claim', async () => {
  await accept();
  await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
  const job = await take();
  await expect(bench.claim(one)).resolves.toMatchObject({ refusal: { why: 'gate_paused' } });
  await setGate(redis.client, PREFIX, { from: FROM, state: 'open', reason: '' });
  const end = endJob({ job, token: 'ours', ref: one }, { kind: 'paused' }, { ...bench, queues: opened() });
  await expect(end).rejects.toMatchObject({ name: 'WaitingError' });
  await expect(queue.isPaused()).resolves.toBe(false);
  await line.work();
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
});

it('leaves the queue paused while the gate is closed', async () => {
  await accept();
  await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
  const job = await take();
  const end = endJob({ job, token: 'ours', ref: one }, { kind: 'paused' }, { ...bench, queues: opened() });
  await expect(end).rejects.toMatchObject({ name: 'WaitingError' });
  await expect(queue.isPaused()).resolves.toBe(true);
});

it('ends a rest of the queue when the account is opened', async () => {
  const queues = opened();
  await queues.rest(FROM, HOUR);
  await queues.resume(FROM);
  await accept();
  await line.work();
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
});

it('never sends again what a dead worker may have sent, and lets the conversation go on after the horizon', async () => {
  await accept();
  await take();
  await bench.claim(one);
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'next', caption: 'next' }));
  await line.work();
  await line.waybill.wait('one', 'unknown', { timeoutMs: 15_000 });
  await expect(line.waybill.get('next')).resolves.toMatchObject({ status: 'waiting', reason: 'lane' });
  await redis.client.hset(bench.keys.conv(CLIENT), 'flightUntil', Date.now() - 1);
  await redis.client.hset(bench.keys.record('one'), 'horizonAt', Date.now() - 1);
  await wakesAreDue();
  await line.waybill.wait('next', 'accepted', { timeoutMs: 15_000 });
  expect(line.sent()).toEqual(['next']);
});

it('tries again what a worker that was taken for dead had not sent after all', async () => {
  await accept();
  await take();
  await bench.claim(one);
  await line.work();
  await line.waybill.wait('one', 'unknown', { timeoutMs: 15_000 });
  await bench.postpone(one);
  await wakesAreDue();
  await line.waybill.wait('one', 'accepted', { timeoutMs: 15_000 });
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('finishes the job when the answer of a worker that was taken for dead comes late', async () => {
  await accept();
  await take();
  await bench.claim(one);
  await line.work();
  await line.waybill.wait('one', 'unknown', { timeoutMs: 15_000 });
  await eventually(async () => (await queue.getDelayedCount()) === 1);
  await bench.settle(one);
  await eventually(async () => (await queue.getCompletedCount()) === 1);
  const job = await queue.getJob('d-one');
  expect(job?.returnvalue).toEqual({ id: 'one', unique: 'u1', status: 'accepted' });
  expect(line.sandbox.accepted()).toEqual([]);
});

it('says that a delivery failed when somebody removed its job', async () => {
  await accept();
  await take();
  await bench.claim(one);
  await bench.postpone(one);
  await redis.client.del(bench.keys.job('d-one'));
  await wakesAreDue();
  await line.work();
  await expect(line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 })).rejects.toMatchObject({
    status: 'failed',
  });
  await expect(line.waybill.get('one')).resolves.toMatchObject({ reason: 'job_removed' });
});

const queuesOpen: ReturnType<typeof createQueues>[] = [];
afterEach(() => Promise.all(queuesOpen.splice(0).map((each) => each.close())));

function opened() {
  const connection = { url: redis.url, maxRetriesPerRequest: null };
  const queues = createQueues({ connection, prefix: PREFIX, onError: () => undefined });
  queuesOpen.push(queues);
  return queues;
}
