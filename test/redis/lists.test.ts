import { HOUR, MINUTE } from '../../src/domain/time.js';
import { readStep, type StepAsked } from '../../src/redis/lists.js';
import { withRedis } from '../support/redis.js';
import {
  type Bench,
  CLIENT,
  delivery,
  FROM,
  FROM_ID,
  JOB_AT,
  openBench,
  PREFIX,
  receipt,
  rejected,
} from './bench.js';

const redis = withRedis();
const [one, two] = [delivery('one'), delivery('two')];
const UNDELIVERABLE = { code: '131026', reason: 'Message undeliverable' };
let bench: Bench;
beforeEach(() => {
  bench = openBench(redis.client);
});

async function listed(more: Partial<StepAsked> = {}): Promise<readonly string[]> {
  const asked = { from: FROM, atMost: Number.MAX_SAFE_INTEGER, atLeast: 0, most: 100, ...more };
  const { rows } = await readStep(redis.client, PREFIX, asked);
  return rows.map(({ id }) => id);
}
const inStatus = (status: string) =>
  redis.client.zrange(`${bench.keys.fixed.statusPrefix}${status}`, '0', '-1');

it('lists what was accepted, newest first, and all that its record tells', async () => {
  await bench.accept(one);
  await bench.accept(two);
  await bench.claim(one);
  await bench.settle(one);
  const step = await readStep(redis.client, PREFIX, {
    from: FROM,
    atMost: Date.now() + HOUR,
    atLeast: 0,
    most: 100,
  });
  expect(step.isLast).toBe(true);
  expect(step.rows.map(({ id }) => id)).toEqual(['two', 'one']);
  const { createdAt } = await bench.record('one');
  expect(step.rows[1]).toEqual({
    id: 'one',
    from: FROM,
    to: CLIENT,
    status: 'accepted',
    reason: 'ok',
    createdAt: Number(createdAt),
    sendAt: Number(createdAt),
    expiresAt: one.expiresAt,
    unique: 'u1',
    failureCode: null,
    failureReason: null,
    horizonAt: null,
  });
});

it('tells why the provider reported a failure', async () => {
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
  await bench.callbacks.applyReceipt(receipt('failed', 'u1', UNDELIVERABLE));
  const asked = { from: FROM, atMost: Number.MAX_SAFE_INTEGER, atLeast: 0, most: 100 } as const;
  const { rows } = await readStep(redis.client, PREFIX, { ...asked, status: 'failed' });
  expect(rows).toMatchObject([
    { id: 'one', reason: 'receipt', failureCode: '131026', failureReason: 'Message undeliverable' },
  ]);
});

it('costs the happy path two commands, at acceptance', async () => {
  await bench.accept(one);
  const before = await redis.client.keys('*');
  await bench.claim(one);
  await bench.settle(one);
  await bench.callbacks.applyReceipt(receipt('sent'));
  await bench.callbacks.applyReceipt(receipt('delivered'));
  const added = (await redis.client.keys('*')).filter((key) => !before.includes(key));
  expect(added.filter((key) => /:(to|status|deliveries)/.test(key))).toEqual([]);
  await expect(redis.client.zcard(bench.keys.fixed.deliveries)).resolves.toBe(1);
});

describe('the index of a status', () => {
  it('has a delivery while it is so', async () => {
    await bench.accept(one);
    await bench.accept(two);
    await expect(inStatus('waiting')).resolves.toEqual(['two']);
    await bench.closeWindow();
    await bench.holdForWindow(one);
    await expect(inStatus('held')).resolves.toEqual(['one']);
    await bench.claim(two, { send: 'template' });
    await expect(inStatus('waiting')).resolves.toEqual([]);
    await bench.settle(two, { outcome: rejected() });
    await expect(inStatus('failed')).resolves.toEqual(['two']);
    await bench.store.conclude(one, { status: 'expired', reason: 'expired' });
    await expect(inStatus('held')).resolves.toEqual([]);
    await expect(listed({ status: 'expired' })).resolves.toEqual(['one']);
  });

  it('keeps its place where only the reason changes, and by creation', async () => {
    await bench.accept(one);
    await bench.store.park(one, { status: 'held', reason: 'budget' });
    await bench.store.park(one, { status: 'held', reason: 'account' });
    const { createdAt } = await bench.record('one');
    const [index] = [`${bench.keys.fixed.statusPrefix}held`];
    await expect(redis.client.zscore(index, 'one')).resolves.toBe(createdAt);
  });

  it('follows an unknown outcome to its end, and a failure that a receipt corrects', async () => {
    await bench.accept(one);
    await bench.claim(one, { horizonMs: MINUTE });
    await bench.doubt(one);
    await expect(inStatus('unknown')).resolves.toEqual(['one']);
    await bench.store.resign(one);
    await expect(listed({ status: 'unknown' })).resolves.toEqual(['one']);
    await bench.settle(one);
    await bench.callbacks.applyReceipt(receipt('failed'));
    expect([await inStatus('unknown'), await inStatus('failed')]).toEqual([[], ['one']]);
    await bench.callbacks.applyReceipt(receipt('delivered'));
    await expect(inStatus('failed')).resolves.toEqual([]);
  });

  it('has what was refused, which has no recipient', async () => {
    await bench.store.refuse({ from: FROM, id: 'bad', to: '' }, { id: 'd-bad', timestamp: JOB_AT }, '[]');
    await expect(listed({ status: 'failed' })).resolves.toEqual(['bad']);
    await expect(redis.client.keys(`${bench.keys.fixed.recipientPrefix}*`)).resolves.toEqual([]);
  });
});

it('finds a recipient’s deliveries under both names once those are one', async () => {
  const hidden = delivery('hidden', { to: FROM_ID });
  await bench.accept(hidden);
  await bench.accept(one);
  await expect(listed({ to: CLIENT })).resolves.toEqual(['one']);
  await bench.inbound({ fromId: FROM_ID });
  await expect(listed({ to: CLIENT })).resolves.toEqual(['one', 'hidden']);
  await expect(listed({ to: FROM_ID })).resolves.toEqual(['one', 'hidden']);
  await bench.accept(delivery('late', { to: FROM_ID }));
  await expect(listed({ to: CLIENT })).resolves.toEqual(['late', 'one', 'hidden']);
});

it('drops what expired when it meets it', async () => {
  await bench.accept(one);
  await bench.accept(two);
  await redis.client.del(bench.keys.record('two'));
  const asked = { from: FROM, atMost: Number.MAX_SAFE_INTEGER, atLeast: 0, most: 1 };
  await expect(readStep(redis.client, PREFIX, asked)).resolves.toEqual({ rows: [], isLast: false });
  await expect(redis.client.zcard(bench.keys.fixed.deliveries)).resolves.toBe(1);
  await expect(readStep(redis.client, PREFIX, asked)).resolves.toMatchObject({ rows: [{ id: 'one' }] });
});
