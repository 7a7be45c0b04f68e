import { linesOf, readTimeline } from '../../src/redis/timeline.js';
import { withRedis } from '../support/redis.js';
import { type Bench, CLIENT, delivery, FROM, openBench } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');

beforeEach(() => {
  bench = openBench(redis.client);
});

const receive = (receipt: 'sent' | 'delivered' | 'read') =>
  bench.callbacks.applyReceipt({
    kind: 'receipt',
    account: FROM,
    recipient: CLIENT,
    unique: 'u1',
    receipt,
    code: null,
    reason: null,
    timestamp: null,
  });

it('keeps the record of a delivery that was read in Redis’s compact form', async () => {
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
  for (const receipt of ['sent', 'delivered', 'read'] as const) await receive(receipt);
  const record = await bench.record('one');
  const { timeline, attempts } = readTimeline(record);
  const statuses = timeline.map(({ status }) => status);
  expect(statuses).toEqual(['queued', 'sending', 'accepted', 'sent', 'delivered', 'read']);
  expect(attempts).toMatchObject([{ number: 1, outcome: 'accepted' }]);
  await expect(redis.client.object('ENCODING', bench.keys.record('one'))).resolves.toBe('listpack');
});

it('keeps the beginning of a very long one', async () => {
  await bench.accept(one);
  await bench.claim(one);
  await bench.doubt(one);
  const asked = { absent: false, lagMs: 0, found: 'incomplete' };
  for (let reading = 0; reading < 200; reading += 1) {
    await bench.attempts.noteAsked({ ...one, attempt: 'a1' }, { ...asked, reading: `${reading}` });
  }
  await bench.store.resign(one);
  const lines = linesOf(await bench.record('one')).filter((line) => line !== '');
  expect(lines).toHaveLength(150);
  expect(lines[0]).toMatch(/^status\t\d+\tqueued/);
});

it('reads what an earlier version kept in one field, before what came after', async () => {
  await bench.accept(one);
  await redis.client.hset(bench.keys.record('one'), {
    timeline: 'status\t1\tqueued\t\nstatus\t2\theld\twindow\n',
    lines: 0,
  });
  await redis.client.hdel(bench.keys.record('one'), 't1');
  await bench.claim(one);
  expect(readTimeline(await bench.record('one')).timeline).toMatchObject([
    { at: 1, status: 'queued' },
    { at: 2, status: 'held', reason: 'window' },
    { status: 'sending' },
  ]);
});
