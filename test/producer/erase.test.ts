import { Queue } from 'bullmq';
import { type Library, openLibrary } from '../../src/library.js';
import type { Operator } from '../../src/producer/operate.js';
import { readEvents } from '../../src/redis/events.js';
import { readLedger } from '../../src/redis/ledger.js';
import { createPushStore } from '../../src/redis/push-store.js';
import { openBench, PREFIX, receipt } from '../redis/bench.js';
import { dump } from '../redis/dump.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

const redis = withRedis();
const CLIENT = '972501234567';
const OTHER = '972509999999';
const FROM_ID = 'IL.1605856887361213';
const SECRETS = [CLIENT, FROM_ID, 'of-the-client.pdf', 'canary caption'];
let line: Line;
let operator: Operator;
let library: Library;

beforeEach(async () => {
  line = await openLine(redis.url);
  library = openLibrary({ redis: redis.client, accounts: [{ from: FROM, name: 'shop' }] }, {});
  operator = library.operator;
});
afterEach(async () => {
  await library.close();
  await line.close();
});

const bench = () => openBench(redis.client);
const later = () => Date.now() + 3_600_000;
const enqueue = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  line.waybill.enqueue(
    requestTo(CLIENT, {
      id,
      caption: `canary caption of ${id}`,
      fileUrl: `https://files.example.com/${id}-of-the-client.pdf`,
      ...more,
    }),
  );
const reach = (id: string, status: 'accepted' | 'failed' | 'unknown') =>
  line.waybill.wait(id, status, { timeoutMs: 10_000 });

/** Every place of the server where something of the client shows. */
async function traces(): Promise<readonly string[]> {
  const all = Object.entries(await dump(redis.client));
  const text = all.map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return text.filter((each) => SECRETS.some((secret) => each.includes(secret)));
}

it('leaves nothing of the recipient, in whatever state the deliveries are', async () => {
  await line.work();
  await bench().inbound({ fromId: FROM_ID });
  await enqueue('accepted');
  await reach('accepted', 'accepted');
  line.sandbox.fault({ kind: 'fail', reason: 4 });
  await enqueue('failed');
  await reach('failed', 'failed');
  await enqueue('hidden', { to: FROM_ID });
  await reach('hidden', 'accepted');
  line.sandbox.fault({ kind: 'reset_after_reading' });
  await enqueue('unknown');
  await reach('unknown', 'unknown');
  await redis.client.hset(bench().keys.record('unknown'), 'horizonAt', Date.now() - 1);
  await enqueue('scheduled', { sendAt: later() });
  await bench().callbacks.keepUnread('mystery', `{"from":"${CLIENT}"}`);
  await bench().callbacks.keepUnread('mystery', `{"from":"${OTHER}"}`);
  // Messages that another sender of the same number may have sent: to the client, to its other name, to somebody else.
  for (const [unique, recipient] of [
    ['foreign-1', CLIENT],
    ['foreign-2', FROM_ID],
    ['foreign-3', OTHER],
  ] as const) {
    await bench().callbacks.applyReceipt({ ...receipt('sent', unique), recipient });
  }
  await expect(traces()).resolves.not.toEqual([]);

  const erased = await operator.erase('shop', '+972 50-123-4567');
  expect(erased).toMatchObject({ deliveries: 5, jobs: 5, aliases: 1, sessions: 1, callbacks: 1 });
  expect(erased.messages).toBeGreaterThanOrEqual(2);
  const { others, othersTo } = bench().keys.fixed;
  await expect(redis.client.hgetall(othersTo)).resolves.toEqual({ 'foreign-3': OTHER });
  await expect(redis.client.zrange(others, '0', '-1')).resolves.toEqual(['foreign-3']);
  await expect(traces()).resolves.toEqual([]);
  await expect(operator.list({})).resolves.toEqual({ deliveries: [], cursor: null });
});

it('keeps the count of the sessions, the other recipients, and what the ids stand for', async () => {
  await line.work();
  await enqueue('one');
  const one = await reach('one', 'accepted');
  await enqueue('two', { to: OTHER, caption: 'two', fileUrl: 'https://files.example.com/two.pdf' });
  await reach('two', 'accepted');
  await operator.erase(FROM, CLIENT);
  const month = new Date(one.acceptedAt ?? 0).toISOString().slice(0, 7);
  const ledger = await readLedger(redis.client, PREFIX, { from: FROM, month, timeZone: 'UTC' });
  expect(ledger.map(({ to, openedBy, messages }) => ({ to, openedBy, messages }))).toEqual(
    expect.arrayContaining([
      { to: 'erased-one', openedBy: 'one', messages: 1 },
      { to: OTHER, openedBy: 'two', messages: 1 },
    ]),
  );
  expect(ledger).toHaveLength(2);
  await expect(line.waybill.get('two')).resolves.toMatchObject({ status: 'accepted' });
  await expect(line.waybill.get('one')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(enqueue('one')).resolves.toMatchObject({ status: 'accepted', duplicate: true });
  await expect(traces()).resolves.toEqual([]);
  expect(line.sent()).toHaveLength(2);
});

it('takes away the events that an endpoint did not take of the deliveries, and no others', async () => {
  await line.work();
  const push = createPushStore(redis.client, PREFIX, PLAIN);
  await push.begin('app', FROM);
  await enqueue('one', { metadata: { client: 'canary caption' } });
  await reach('one', 'accepted');
  await enqueue('two', { to: OTHER, caption: 'two', fileUrl: 'https://files.example.com/two.pdf' });
  await reach('two', 'accepted');
  const { events } = await readEvents(redis.client, PREFIX, {
    from: FROM,
    after: '0-0',
    sealer: PLAIN,
    nameOf: () => 'shop',
  });
  for (const { event } of events) if (event.type !== 'gap') await push.bury('app', event, 'http_500');
  await expect(traces()).resolves.toContainEqual(expect.stringContaining('dead-events:app'));
  const ofOne = events.filter(({ event }) => 'deliveryId' in event.data && event.data.deliveryId === 'one');
  expect(ofOne.length).toBeGreaterThan(0);
  await expect(operator.erase(FROM, CLIENT)).resolves.toMatchObject({ deadEvents: ofOne.length });
  await expect(traces()).resolves.toEqual([]);
  let left = 0;
  for await (const _each of push.dead('app')) left += 1;
  expect(left).toBe(events.length - ofOne.length);
});

it('keeps nothing of an event either that was given up only after its delivery was erased', async () => {
  await line.work();
  const push = createPushStore(redis.client, PREFIX, PLAIN);
  await enqueue('one', { metadata: { client: 'canary caption' } });
  await reach('one', 'accepted');
  // As a pusher has them in hand while it tries them again.
  const { events } = await readEvents(redis.client, PREFIX, {
    from: FROM,
    after: '0-0',
    sealer: PLAIN,
    nameOf: () => 'shop',
  });
  await operator.erase(FROM, CLIENT);
  for (const { event } of events) if (event.type !== 'gap') await push.bury('app', event, 'http_500');
  await expect(traces()).resolves.toEqual([]);
  const dead = [];
  for await (const { event } of push.dead('app')) dead.push(event);
  expect(dead.map(({ id }) => id)).toEqual(events.map(({ event }) => event.id));
  expect(dead.map(({ data }) => data)).toEqual(
    dead.map(() => expect.objectContaining({ deliveryId: 'one', unique: null, metadata: {} })),
  );
});

it('finds the number by its from_id, and erases twice as once', async () => {
  await line.work();
  await bench().inbound({ fromId: FROM_ID });
  await enqueue('one', { sendAt: later() });
  await expect(operator.erase(FROM, FROM_ID)).resolves.toMatchObject({ deliveries: 1, aliases: 1 });
  await expect(traces()).resolves.toEqual([]);
  await expect(operator.erase(FROM, FROM_ID)).resolves.toMatchObject({ deliveries: 0, jobs: 0, aliases: 0 });
});

it('is refused while an attempt may be on its way, and says until when; the rest is cancelled and gone', async () => {
  await line.work();
  line.sandbox.fault({ kind: 'reset_after_reading' });
  await enqueue('lost');
  await reach('lost', 'unknown');
  await enqueue('scheduled', { sendAt: later() });
  const { horizonAt } = await line.waybill.get('lost');
  const refused = operator.erase(FROM, CLIENT);
  await expect(refused).rejects.toMatchObject({ code: 'ILLEGAL_STATE', status: 'unknown' });
  await expect(refused).rejects.toThrow(new Date(horizonAt ?? 0).toISOString());
  await expect(line.waybill.get('lost')).resolves.toMatchObject({ status: 'unknown' });
  await expect(line.waybill.get('scheduled')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await redis.client.hset(bench().keys.record('lost'), 'horizonAt', Date.now() - 1);
  await expect(operator.erase(FROM, CLIENT)).resolves.toMatchObject({ deliveries: 1 });
  await expect(traces()).resolves.toEqual([]);
});

it('waits for one that is being sent, and erases it then', async () => {
  await line.work();
  line.sandbox.fault({ kind: 'slow', latencyMs: 1000 });
  await enqueue('slow');
  await eventually(async () => (await line.waybill.get('slow')).status === 'sending');
  await expect(operator.erase(FROM, CLIENT)).resolves.toMatchObject({ deliveries: 1, sessions: 1 });
  await expect(traces()).resolves.toEqual([]);
  expect(line.sent()).toHaveLength(1);
});

it('takes the number out of the lists where a record has expired', async () => {
  await line.work();
  await enqueue('one', { sendAt: later() });
  await redis.client.del(bench().keys.record('one'));
  const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
  await queue.remove('d-one');
  await queue.close();
  await operator.erase(FROM, CLIENT);
  await expect(traces()).resolves.toEqual([]);
});

it('refuses an account that nobody knows, and what is no recipient', async () => {
  await line.work();
  await expect(operator.erase('nobody', CLIENT)).rejects.toMatchObject({ code: 'UNKNOWN_ACCOUNT' });
  await expect(operator.erase(FROM, 'nobody')).rejects.toMatchObject({ errors: [{ pointer: '/to' }] });
});
