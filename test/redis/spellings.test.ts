import { DAY } from '../../src/domain/time.js';
import { createErasureStore } from '../../src/redis/erasure-store.js';
import { readOtherSessions } from '../../src/redis/other-sessions.js';
import { createTrimmer } from '../../src/redis/trim.js';
import { walkOn } from '../../src/redis/walk.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { accepted, type Bench, delivery, FROM, openBench, PREFIX, RETENTION, receipt } from './bench.js';

// A number with two spellings on WhatsApp is one conversation, under the number as it is dialled.
const redis = withRedis();
const DIALLED = '5511987654321';
const OTHER = '551187654321';
let bench: Bench;
const one = delivery('one', { to: OTHER });
const two = delivery('two', { to: DIALLED });

beforeEach(() => {
  bench = openBench(redis.client);
});

const indexed = async () => ({
  all: (await redis.client.zrange(bench.keys.fixed.deliveries, '0', '-1')).sort(),
  recipient: await redis.client.zrange(bench.keys.recipientDeliveries(DIALLED), '0', '-1'),
});

it('keeps lane, window and session of both under one name', async () => {
  for (const each of [one, two]) await bench.accept(each);
  expect(await bench.lane(DIALLED)).toEqual(['one', 'two']);
  await bench.inbound({ number: OTHER });
  await expect(bench.claim(one)).resolves.toMatchObject({ kind: 'go' });
  await expect(bench.claim(two)).resolves.toMatchObject({ refusal: { why: 'lane' } });
  await bench.settle(one, { outcome: accepted({ unique: 'u1' }) });
  await bench.claim(two);
  await bench.settle(two, { outcome: accepted({ unique: 'u2' }) });
  const rows = await redis.client.hgetall(bench.keys.fixed.ledgerRows);
  expect(Object.entries(rows)).toEqual([[expect.stringMatching(`^${DIALLED}@`), '2 one']]);
  expect((await redis.client.keys('*')).filter((key) => key.includes(OTHER))).toEqual([]);
});

it('knows the same request again under the other spelling, and no other request', async () => {
  await bench.accept(one);
  await expect(bench.accept({ ...one, to: DIALLED })).resolves.toMatchObject({ kind: 'again' });
  await expect(bench.accept({ ...one, to: DIALLED, caption: 'x' })).resolves.toMatchObject({
    kind: 'conflict',
  });
  await expect(bench.accept({ ...one, to: '5511987654322' })).resolves.toMatchObject({ kind: 'conflict' });
});

it('asks the history at once when a receipt comes under the other spelling', async () => {
  await bench.accept(two);
  await bench.claim(two);
  await bench.doubt(two);
  await bench.callbacks.applyReceipt({ ...receipt('sent', 'nobody'), recipient: OTHER });
  await expect(bench.record('two')).resolves.toMatchObject({ hinted: '1' });
});

it('looks at the head that one waits behind', async () => {
  await bench.accept(one);
  await bench.store.park(one, { status: 'waiting', reason: 'backoff' });
  const behind = delivery('behind', { to: OTHER });
  await bench.accept(behind);
  await redis.client.del(bench.keys.fixed.wake, bench.keys.job('d-one'));
  const { bullWait, bullDelayed } = bench.keys.fixed;
  await redis.client.lrem(bullWait, 0, 'd-one');
  await redis.client.zrem(bullDelayed, 'd-one');
  await redis.client.zrem(`${bench.keys.fixed.statusPrefix}waiting`, 'one');
  await walkOn(redis.client, PREFIX, { account: FROM, status: 'waiting', from: 0, most: 10 });
  await expect(bench.wakes()).resolves.toEqual(['one']);
});

it('takes one whose record has expired out of every index', async () => {
  await bench.accept(one);
  await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
  await expect(indexed()).resolves.toEqual({ all: [`one ${DIALLED}`], recipient: ['one'] });
  await redis.client.zadd(bench.keys.fixed.deliveries, Date.now() - 8 * DAY, `one ${DIALLED}`);
  await redis.client.del(bench.keys.record('one'));
  await createTrimmer({ redis: redis.client, prefix: PREFIX, retentionMs: 7 * DAY })(FROM);
  await expect(indexed()).resolves.toEqual({ all: [], recipient: [] });
});

it('erases one, by either spelling, and what others sent to the client', async () => {
  await bench.accept(one);
  await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
  await bench.callbacks.applyReceipt({ ...receipt('sent', 'nobody'), recipient: OTHER });
  const erasure = createErasureStore({
    redis: redis.client,
    prefix: PREFIX,
    retention: RETENTION,
    sealer: PLAIN,
  });
  const names = await erasure.namesOf(FROM, DIALLED);
  expect([...names.names].sort()).toEqual([OTHER, DIALLED].sort());
  await expect(erasure.erase(one, null)).resolves.toBe('erased');
  await expect(indexed()).resolves.toEqual({ all: [], recipient: [] });
  await expect(erasure.dropOthers(names)).resolves.toBe(1);
});

it('tells a session of another sender under the same name', async () => {
  await bench.callbacks.applyReceipt({ ...receipt('sent', 'nobody'), recipient: OTHER });
  const month = new Date().toISOString().slice(0, 7);
  const asked = { from: FROM, month, timeZone: 'UTC' };
  await expect(readOtherSessions(redis.client, PREFIX, asked)).resolves.toMatchObject([{ to: DIALLED }]);
});
