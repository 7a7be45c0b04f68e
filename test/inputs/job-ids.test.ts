import { type JobsOptions, Queue } from 'bullmq';
import { Queue as QueueOf5 } from 'bullmq5';
import { deliveryIdOf } from '../../src/queue/names.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

// BullMQ takes nearly any job id. The same one is the same delivery, also when BullMQ has long forgotten the job.
const redis = withRedis();
const CLIENT = '972501234567';
const data = { to: CLIENT, fileUrl: 'https://files.example.com/invoice.pdf' };

let line: Line;
let queue: Queue;
let olderQueue: QueueOf5;

beforeEach(async () => {
  line = await openLine(redis.url);
  const at = { connection: { url: redis.url }, prefix: 'waybill:queue' };
  queue = new Queue(`{${FROM}}`, at);
  olderQueue = new QueueOf5(`{${FROM}}`, at);
  await line.work();
});
afterEach(async () => {
  await Promise.all([queue.close(), olderQueue.close()]);
  await line.close();
});

/** A delivery is known from the moment at which a worker reads its job. */
const reaches = (id: string, status: string) =>
  eventually(async () => (await line.waybill.get(id)).status === status, { what: `${id} ${status}` });
const statusOf = async (id: string) => (await line.waybill.get(id)).status;

const TAKEN: readonly (readonly [string, string, string])[] = [
  ['d-inv 7', 'j~d-inv~207', 'a prefix of ours before what is no id'],
  ['invoice 7', 'j~invoice~207', 'the order’s own words'],
  ['17-a', 'j~17-a', 'a database key'],
  ['d-j~17', 'j~d-j~7E17', 'what looks like our own encoding'],
  ['a%2Fb', 'j~a~252Fb', 'percent-encoded already'],
  ['repeat:daily:1764500000000', 'j~repeat~3Adaily~3A1764500000000', 'colons, as BullMQ allows them'],
  ['חשבונית 7', deliveryIdOf('חשבונית 7') ?? '', 'Hebrew'],
  ['\u0627\u0644\u0641\u0627\u062a\u0648\u0631\u0629', deliveryIdOf('الفاتورة') ?? '', 'Arabic'],
  ['🧾-7', 'j~~F0~9F~A7~BE-7', 'a surrogate pair'],
  [`d-${'x'.repeat(128)}`, 'x'.repeat(128), 'the longest id'],
];

it.each(TAKEN)('sends %j once as %s, however often it is added (%s)', async (jobId, id) => {
  for (const from of [queue, olderQueue, queue]) {
    await from.add('send-file', data, { jobId, removeOnComplete: true, removeOnFail: true });
    await eventually(
      async () => (await queue.getJobCountByTypes('wait', 'active', 'completed', 'failed')) === 0,
    );
    await expect(statusOf(id)).resolves.toBe('accepted');
  }
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('takes two job ids that differ by a character for two deliveries', async () => {
  const jobIds = ['inv 7', 'inv-7', 'inv~207', 'd-inv-7', 'd-inv 7', 'd-d-inv-7', 'Inv 7'];
  for (const jobId of jobIds) await queue.add('send-file', { ...data, caption: jobId }, { jobId });
  await eventually(() => line.sent().length === jobIds.length);
  expect(line.sent().toSorted()).toEqual(jobIds.toSorted());
  for (const jobId of jobIds) await reaches(deliveryIdOf(jobId) ?? '', 'accepted');
});

it.each([
  ['an id of 129 characters', `d-${'x'.repeat(129)}`],
  ['a job id of 200', 'order '.repeat(34)],
  ['30 Hebrew letters', 'א'.repeat(30)],
])('refuses a job with %s, and says what is right', async (_, jobId) => {
  const job = await queue.add('send-file', data, { jobId });
  const reason = await eventually(async () => (await queue.getJob(job.id ?? ''))?.failedReason);
  expect(reason).toMatch(
    /^INVALID .*makes no delivery id: give it the job id d-<id>, with 1 to 128 characters/,
  );
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
});

it('sends nothing for a job whose id was cut through an emoji', async () => {
  await queue.add('send-file', data, { jobId: 'smile \ud83d' });
  await eventually(() => line.lines().some((text) => text.includes('makes no delivery id')));
  await queue.add('send-file', { ...data, caption: 'next' }, { jobId: 'smile 😀' });
  await eventually(() => line.sent().length > 0);
  expect(line.sent()).toEqual(['next']);
});

it('numbers a job without an id by BullMQ’s number', async () => {
  const job = await queue.add('send-file', data);
  await reaches(`j~${job.id}`, 'accepted');
});

it.each([{ id: 'j~17' }, { id: 'j~invoice~207' }])(
  'keeps $id for jobs: no request may bring it',
  async ({ id }) => {
    const refused = line.waybill.enqueue({ ...data, from: 'shop', id });
    await expect(refused).rejects.toMatchObject({ errors: [{ pointer: '/id' }] });
  },
);

describe('a held delivery of a job with an id of its own', () => {
  const options: JobsOptions = { jobId: 'invoice 7' };
  const id = 'j~invoice~207';

  beforeEach(async () => {
    line.sandbox.windowLeft(CLIENT, 0);
    await queue.add('send-file', data, options);
    await reaches(id, 'held');
    await eventually(async () => (await queue.getDelayedCount()) === 1);
  });

  it('is cancelled by its delivery’s id, and its job ends', async () => {
    await line.waybill.cancel(id);
    const job = await eventually(async () => (await queue.getCompleted())[0]);
    expect(job).toMatchObject({ id: 'invoice 7', returnvalue: { id, status: 'cancelled' } });
  });

  it('ends as job_removed when somebody removes its job', async () => {
    await queue.remove('invoice 7');
    await eventually(async () => (await statusOf(id)) === 'failed', { timeoutMs: 30_000 });
    await expect(line.waybill.get(id)).resolves.toMatchObject({ reason: 'job_removed' });
  });

  it('is the same delivery when its job is removed and added again', async () => {
    await queue.remove('invoice 7');
    await queue.add('send-file', data, options);
    await expect(statusOf(id)).resolves.toBe('held');
    await line.waybill.cancel(id);
    await eventually(async () => (await queue.getCompletedCount()) === 1);
  });
});
