import { type EventEmitter, once } from 'node:events';
import { type FlowJob, FlowProducer, type Job, type JobsOptions, Queue, QueueEvents, Worker } from 'bullmq';
import { FlowProducer as FlowProducerOf5, QueueEvents as QueueEventsOf5, Queue as QueueOf5 } from 'bullmq5';
import { accountKeys } from '../../src/redis/keys.js';
import { openBench } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

// The queue contract is BullMQ's data in Redis: a producer two years old, a scheduler and a flow write it too.
const redis = withRedis();
const QUEUE = `{${FROM}}`;
/** In the hash slot of the account: a flow’s scripts touch both queues. */
const REPORTS = `{${FROM}}-reports`;
const CLIENT = '972501234567';
const data = { to: CLIENT, fileUrl: 'https://files.example.com/invoice.pdf' };

let line: Line;
let at: { readonly connection: { readonly url: string }; readonly prefix: string };
/** Looks at the account's queue. */
let seen: Queue;
type Closable = { close(): Promise<unknown> };
const open: Closable[] = [];
const opened = <Resource extends Closable>(resource: Resource): Resource => {
  open.unshift(resource);
  return resource;
};

beforeEach(async () => {
  at = { connection: { url: redis.url }, prefix: 'waybill:queue' };
  line = await openLine(redis.url);
  seen = opened(new Queue(QUEUE, at));
});
afterEach(async () => {
  await line.rest();
  for (const each of open.splice(0)) await each.close();
  await line.close();
});

/** What the producers of both versions have in common. */
type Client = {
  readonly version: number;
  readonly queue: () => Closable & Adding;
  readonly events: () => Closable & EventEmitter & { waitUntilReady(): Promise<unknown> };
  readonly flows: () => Closable & { add(flow: FlowJob): Promise<unknown> };
};
type Adding = {
  add(name: string, data: unknown, opts: JobsOptions): Promise<{ getState(): Promise<string> }>;
  addBulk(jobs: { name: string; data: unknown }[]): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number; limit: number },
    template: object,
  ): Promise<unknown>;
};

const CLIENTS: readonly Client[] = [
  {
    version: 5,
    queue: () => new QueueOf5(QUEUE, at),
    events: () => new QueueEventsOf5(QUEUE, at),
    flows: () => new FlowProducerOf5(at),
  },
  {
    version: 6,
    queue: () => new Queue(QUEUE, at),
    events: () => new QueueEvents(QUEUE, at),
    flows: () => new FlowProducer(at),
  },
];

const deliveryIds = async () => {
  const members = await redis.client.zrange(accountKeys('waybill', FROM).fixed.deliveries, '0', '-1');
  return members.map((member) => member.split(' ')[0] ?? '');
};

describe.each(CLIENTS)('BullMQ $version', (client) => {
  it('adds jobs, and hears what becomes of them', async () => {
    await line.work();
    const events = opened(client.events());
    const completed = once(events, 'completed');
    await events.waitUntilReady();
    const job = await opened(client.queue()).add('send-file', data, { jobId: 'd-one' });
    const result = await eventually(async () => (await seen.getJob('d-one'))?.returnvalue);
    expect(result).toEqual({ id: 'one', unique: line.sandbox.accepted()[0]?.unique, status: 'accepted' });
    await expect(job.getState()).resolves.toBe('completed');
    await expect(completed).resolves.toEqual([
      expect.objectContaining({ jobId: 'd-one', returnvalue: result }),
      expect.anything(),
    ]);
  });

  it('adds many in bulk, in the order of the array', async () => {
    const captions = ['1', '2', '3', '4'];
    await opened(client.queue()).addBulk(
      captions.map((caption) => ({ name: 'send-file', data: { ...data, caption } })),
    );
    await line.work();
    await eventually(() => line.sent().length === captions.length);
    expect(line.sent()).toEqual(captions);
  });

  it('schedules jobs of which each is a delivery of its own', async () => {
    await line.work();
    const queue = opened(client.queue());
    const template = { name: 'send-file', data, opts: { attempts: 3, removeOnComplete: true } };
    await queue.upsertJobScheduler('daily', { every: 300, limit: 3 }, template);
    await eventually(() => line.sandbox.accepted().length === 3);
    const ids = await deliveryIds();
    expect(ids).toHaveLength(3);
    for (const id of ids) {
      expect(id).toMatch(/^j~repeat~3Adaily~3A\d{13}$/);
      await line.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
    }
    await eventually(async () => (await seen.getJobCountByTypes('active', 'delayed', 'completed')) === 0);
  });

  it('fails a parent whose file was rejected, and tells a parent what became of the others', async () => {
    const parents = opened(new Queue(REPORTS, at));
    const told: unknown[] = [];
    opened(new Worker(REPORTS, async (job: Job) => void told.push(await job.getChildrenValues()), at));
    const flows = opened(client.flows());
    const child = (id: string, caption: string) => ({
      name: 'send-file',
      queueName: QUEUE,
      data: { ...data, caption },
      opts: { jobId: `d-${id}`, failParentOnFailure: true },
    });
    await flows.add({
      name: 'all',
      queueName: REPORTS,
      opts: { jobId: 'good' },
      children: [child('a', 'a'), child('b', 'b')],
    });
    await line.work();
    await eventually(() => told.length === 1);
    expect(Object.values(Object(told[0]))).toEqual([
      expect.objectContaining({ status: 'accepted' }),
      expect.objectContaining({ status: 'accepted' }),
    ]);
    line.sandbox.fault({ kind: 'fail', reason: 4 });
    await flows.add({
      name: 'all',
      queueName: REPORTS,
      opts: { jobId: 'bad' },
      children: [child('c', 'c')],
    });
    await eventually(async () => (await parents.getJobState('bad')) === 'failed');
  });
});

it('goes on with a schedule while an iteration is held, and sends each', async () => {
  line.sandbox.windowLeft(CLIENT, 0);
  await line.work();
  await seen.upsertJobScheduler('daily', { every: 200, limit: 3 }, { name: 'send-file', data });
  await eventually(async () => (await deliveryIds()).length === 3);
  expect(line.sandbox.accepted()).toHaveLength(0);
  line.sandbox.reply(CLIENT, 'hi');
  await openBench(redis.client).inbound();
  await eventually(() => line.sandbox.accepted().length === 3);
});

it('sends the first of what BullMQ 5 repeats by its old option, and fails those without data that follow', async () => {
  await line.work();
  const old = opened(new QueueOf5(QUEUE, at));
  await old.add('send-file', data, { repeat: { every: 200, limit: 3 } });
  await eventually(() => line.sandbox.accepted().length === 1);
  const [failed] = await eventually(async () => {
    const jobs = await seen.getFailed();
    return jobs.length > 0 && jobs;
  });
  expect(failed?.failedReason).toMatch(/^INVALID .*is missing/);
  expect(line.sandbox.accepted()).toHaveLength(1);
});

it('waits as the parent of a flow for its children, then sends', async () => {
  await line.work();
  const flows = opened(new FlowProducer(at));
  const tree = {
    name: 'send-file',
    queueName: QUEUE,
    data,
    opts: { jobId: 'd-parent' },
    children: [{ name: 'render', queueName: REPORTS, opts: { jobId: 'page' } }],
  };
  const { job } = await flows.add(tree);
  await expect(job.getState()).resolves.toBe('waiting-children');
  expect(await deliveryIds()).toEqual([]);
  opened(new Worker(REPORTS, async () => 'done', at));
  await eventually(() => line.sandbox.accepted().length === 1);
  await line.waybill.wait('parent', 'accepted', { timeoutMs: 10_000 });
});

it('sends nothing for a parent whose child failed it', async () => {
  const flows = opened(new FlowProducer(at));
  const child = { name: 'render', queueName: REPORTS, opts: { failParentOnFailure: true } };
  const { job } = await flows.add({
    name: 'send-file',
    queueName: QUEUE,
    data,
    opts: { jobId: 'd-parent' },
    children: [child],
  });
  opened(new Worker(REPORTS, async () => Promise.reject(new Error('no ink')), at));
  await line.work();
  await eventually(async () => (await job.getState()) === 'failed');
  await expect(line.waybill.get('parent')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
});

it('picks prioritised jobs up after the others, the lowest number first', async () => {
  const add = (caption: string, priority?: number) =>
    seen.add('send-file', { ...data, caption }, priority === undefined ? {} : { priority });
  await add('third', 9);
  await add('second', 2);
  await add('first');
  await line.work();
  await eventually(() => line.sent().length === 3);
  expect(line.sent()).toEqual(['first', 'second', 'third']);
});

it('picks up what was added lifo first', async () => {
  await seen.add('send-file', { ...data, caption: 'second' });
  await seen.add('send-file', { ...data, caption: 'first' }, { lifo: true });
  await line.work();
  await eventually(() => line.sent().length === 2);
  expect(line.sent()).toEqual(['first', 'second']);
});

describe('deduplication', () => {
  it('drops what comes while the first has not ended, also while that is held', async () => {
    line.sandbox.windowLeft(CLIENT, 0);
    await line.work();
    const add = () => seen.add('send-file', data, { deduplication: { id: 'invoice-7' } });
    const first = await add();
    await eventually(async () => (await seen.getDelayedCount()) === 1);
    const second = await add();
    expect(second.id).toBe(first.id);
    await expect(deliveryIds()).resolves.toEqual([`j~${first.id}`]);
    await line.waybill.cancel(`j~${first.id}`);
    await eventually(async () => (await seen.getCompletedCount()) === 1);
    expect((await add()).id).not.toBe(first.id);
  });

  it('ends a held delivery that `replace` throws away', async () => {
    line.sandbox.windowLeft(CLIENT, 0);
    await line.work();
    const deduplication = { id: 'invoice-7', ttl: 60_000, extend: true, replace: true };
    const first = await seen.add('send-file', data, { deduplication, delay: 1 });
    await eventually(async () => (await line.waybill.get(`j~${first.id}`)).status === 'held');
    await eventually(async () => (await seen.getDelayedCount()) === 1);
    const second = await seen.add('send-file', data, { deduplication, delay: 1 });
    await eventually(async () => (await line.waybill.get(`j~${second.id}`)).status === 'held');
    await eventually(async () => (await line.waybill.get(`j~${first.id}`)).reason === 'job_removed', {
      timeoutMs: 30_000,
    });
  });
});

it('goes by the record when removeOnFail and removeOnComplete take the job at once', async () => {
  line.sandbox.fault({ kind: 'fail', reason: 4 });
  await line.work();
  const add = (id: string) =>
    seen.add('send-file', data, { jobId: `d-${id}`, removeOnComplete: true, removeOnFail: true });
  for (const [id, status] of [
    ['bad', 'failed'],
    ['good', 'accepted'],
  ] as const) {
    await add(id);
    await eventually(async () => (await seen.getJob(`d-${id}`)) === undefined);
    await expect(line.waybill.get(id)).resolves.toMatchObject({ status });
  }
  await add('bad');
  await eventually(async () => (await seen.getJob('d-bad')) === undefined);
  expect(line.sandbox.requests({ endpoint: 'sendFile' })).toHaveLength(2);
});
