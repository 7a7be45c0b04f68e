import { type Job, type JobsOptions, Queue } from 'bullmq';
import { openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

// The queue contract: any BullMQ client may add jobs.
const redis = withRedis();
let line: Line;
let queue: Queue;
const CLIENT = '972501234567';
const data = { to: CLIENT, fileUrl: 'https://files.example.com/invoice.pdf' };

beforeEach(async () => {
  line = await openLine(redis.url);
  queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
});
afterEach(async () => {
  await queue.close();
  await line.close();
});

const add = (opts: JobsOptions = {}, more: Readonly<Record<string, unknown>> = {}) =>
  queue.add('send-file', { ...data, ...more }, opts);

async function ended(job: Job): Promise<Job> {
  return eventually(async () => {
    const seen = await queue.getJob(job.id ?? '');
    return seen?.finishedOn === undefined ? null : seen;
  });
}

it('sends a job and completes it with what became of the delivery', async () => {
  await line.work();
  const job = await ended(await add({ jobId: 'd-one' }));
  await expect(job.getState()).resolves.toBe('completed');
  const [message] = line.sandbox.accepted();
  expect(job.returnvalue).toEqual({ id: 'one', unique: message?.unique, status: 'accepted' });
  await expect(line.waybill.get('one')).resolves.toMatchObject({ status: 'accepted', request: data });
});

it('gives a job without an id of ours a delivery id that is made of its own', async () => {
  await line.work();
  const job = await ended(await add());
  const { id } = job.returnvalue;
  expect(id).toBe(`j~${job.id}`);
  await expect(line.waybill.get(id)).resolves.toMatchObject({ status: 'accepted' });
});

it('takes opts.delay for sendAt', async () => {
  await line.work();
  const later = await add({ jobId: 'd-later', delay: 800 }, { caption: 'later' });
  await ended(await add({ jobId: 'd-now' }, { caption: 'now' }));
  await ended(later);
  await expect(line.waybill.get('later')).resolves.toMatchObject({
    sendAt: new Date(later.timestamp + 800).toISOString(),
  });
  expect(line.sent()).toEqual(['now', 'later']);
});

it('takes sendAt before opts.delay', async () => {
  await line.work();
  await add({ jobId: 'd-one' }, { sendAt: Date.now() + 3_600_000 });
  const view = await eventually(() => line.waybill.wait('one', 'waiting', { timeoutMs: 1000 }));
  expect(view).toMatchObject({ reason: 'schedule' });
  await eventually(async () => (await queue.getDelayedCount()) === 1);
});

it('fails a job that can never be sent, and says why in the job and in a record', async () => {
  await line.work();
  const job = await ended(await add({ jobId: 'd-bad' }, { to: 'somebody', caption: 7 }));
  await expect(job.getState()).resolves.toBe('failed');
  expect(job.failedReason).toMatch(/^INVALID \[.*"pointer":"\/caption"/);
  const view = await line.waybill.get('bad');
  expect(view).toMatchObject({ status: 'failed', reason: 'invalid' });
  expect(view.errors).toContainEqual({ pointer: '/caption', detail: expect.any(String) });
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
});

it.each<readonly [string, string, unknown]>([
  ['is no object', 'send-file', 'text'],
  ['is null', 'send-file', null],
  ['has another name', 'send-letter', data],
  ['names another delivery', 'send-file', { ...data, id: 'other' }],
  ['names another account', 'send-file', { ...data, from: '972770000000' }],
  ['has a field that nobody knows', 'send-file', { ...data, colour: 'red' }],
  ['is to go at no time that there is', 'send-file', { ...data, sendAt: 9e15, expiresAt: 'soon' }],
])('fails a job that %s', async (_, name, body) => {
  await line.work();
  const job = await ended(await queue.add(name, body, { jobId: 'd-bad' }));
  expect(job.failedReason).toMatch(/^INVALID /);
  await expect(line.waybill.get('bad')).resolves.toMatchObject({ status: 'failed', reason: 'invalid' });
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
});

it('fails a job of a known id with another payload, and leaves the delivery', async () => {
  await line.work();
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await eventually(async () => (await queue.getCompletedCount()) === 1);
  await queue.remove('d-one');
  const job = await ended(await add({ jobId: 'd-one' }, { caption: 'Another' }));
  expect(job.failedReason).toMatch(/^CONFLICT/);
  await expect(line.waybill.get('one')).resolves.toMatchObject({ status: 'accepted' });
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('fails a job of a known id that is older than the delivery', async () => {
  await line.work();
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await eventually(async () => (await queue.getCompletedCount()) === 1);
  await queue.remove('d-one');
  const job = await ended(await add({ jobId: 'd-one', timestamp: Date.now() - 60_000 }));
  expect(job.failedReason).toMatch(/^CONFLICT/);
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('completes a job that says the same again, without sending', async () => {
  await line.work();
  await ended(await add({ jobId: 'd-one' }));
  await queue.remove('d-one');
  const job = await ended(await add({ jobId: 'd-one' }));
  expect(job.returnvalue).toMatchObject({ id: 'one', status: 'accepted' });
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('retries by its own rules, whatever attempts, backoff and lifo the job has', async () => {
  line.sandbox.fault({ kind: 'fail', reason: 6, times: 2 });
  await line.work();
  const ignored: JobsOptions = { attempts: 1, backoff: { type: 'fixed', delay: 3_600_000 }, lifo: true };
  const job = await ended(await add({ ...ignored, jobId: 'd-one' }));
  await expect(job.getState()).resolves.toBe('completed');
  await expect(line.waybill.get('one')).resolves.toMatchObject({
    status: 'accepted',
    attempts: [{ outcome: 'throttled' }, { outcome: 'throttled' }, { outcome: 'accepted' }],
  });
});

it('does not try a rejected delivery again, though the job has attempts left', async () => {
  line.sandbox.fault({ kind: 'fail', reason: 4 });
  await line.work();
  const job = await ended(await add({ jobId: 'd-one', attempts: 5 }));
  expect(job.failedReason).toMatch(/^REJECTED 4/);
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toHaveLength(1);
});

it('shows a held delivery as a delayed job whose progress says so, and a read one by its progress', async () => {
  line.sandbox.windowLeft(CLIENT, 0);
  await line.work();
  const job = await add({ jobId: 'd-one' });
  await eventually(async () => (await queue.getDelayedCount()) === 1);
  await expect(queue.getJob('d-one')).resolves.toMatchObject({ progress: 'held' });
  line.sandbox.reply(CLIENT, 'hi');
  await openBench(redis.client).inbound();
  await expect(ended(job)).resolves.toMatchObject({ progress: 'accepted' });
});

it('completes the job of a cancelled delivery', async () => {
  line.sandbox.windowLeft(CLIENT, 0);
  await line.work();
  const job = await add({ jobId: 'd-one' });
  await eventually(async () => (await queue.getDelayedCount()) === 1);
  await line.waybill.cancel('one');
  const done = await ended(job);
  await expect(done.getState()).resolves.toBe('completed');
  expect(done.returnvalue).toEqual({ id: 'one', unique: null, status: 'cancelled' });
});

it('fails the job of an expired delivery', async () => {
  line.sandbox.windowLeft(CLIENT, 0);
  await line.work();
  const job = await ended(await add({ jobId: 'd-one' }, { expiresAt: Date.now() + 1200 }));
  expect(job.failedReason).toBe('EXPIRED expired');
  expect(job.progress).toBe('expired');
});

it('keeps finished jobs for a day, not for ever', async () => {
  await line.work();
  await ended(await add({ jobId: 'd-old', timestamp: Date.now() - 2 * 86_400_000 }));
  await redis.client.hset(`${PREFIX}:queue:{${FROM}}:d-old`, 'finishedOn', Date.now() - 2 * 86_400_000);
  await redis.client.zadd(`${PREFIX}:queue:{${FROM}}:completed`, Date.now() - 2 * 86_400_000, 'd-old');
  await ended(await add({ jobId: 'd-new' }));
  await eventually(async () => (await queue.getJob('d-old')) === undefined);
});
