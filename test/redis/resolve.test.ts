import { HOUR } from '../../src/domain/time.js';
import { createOperatorStore } from '../../src/redis/operator-store.js';
import { linesOf } from '../../src/redis/timeline.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import {
  accepted,
  account,
  type Bench,
  delivery,
  notSent,
  openBench,
  PREFIX,
  RETENTION,
  receipt,
} from './bench.js';
import { dump } from './dump.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');
const attempt = { ...one, attempt: 'a1' };
const said = {
  account: account(),
  reason: 'operator',
  gate: null,
  by: { who: 'Anna', source: null, reason: null },
};

const operators = () =>
  createOperatorStore({ redis: redis.client, prefix: PREFIX, retention: RETENTION, sealer: PLAIN });
const resolvable = () => operators().resolvable(one);

beforeEach(async () => {
  bench = openBench(redis.client);
  await bench.accept(one);
});

async function doubtPastHorizon(): Promise<void> {
  await bench.claim(one, { horizonMs: 0 });
  await bench.doubt(one);
}

describe('whether an operator may resolve a delivery', () => {
  it('says no of one that is not unknown, and of one that is not there', async () => {
    await expect(resolvable()).resolves.toEqual({ kind: 'no', status: 'queued' });
    await redis.client.del(bench.keys.record('one'));
    await expect(resolvable()).resolves.toEqual({ kind: 'no', status: null });
  });

  it('tells until when its attempt may still be on its way', async () => {
    await bench.claim(one, { horizonMs: HOUR });
    await bench.doubt(one);
    const { horizonAt } = await bench.record('one');
    await expect(resolvable()).resolves.toEqual({ kind: 'early', horizonAt: Number(horizonAt) });
  });

  it('names the attempt once that is over, and tells whether anybody still asks', async () => {
    await doubtPastHorizon();
    const startedAt = Number((await bench.record('one')).startedAt);
    await expect(resolvable()).resolves.toEqual({ kind: 'yes', attempt: 'a1', startedAt, isFinal: false });
    await bench.store.resign(one);
    await expect(resolvable()).resolves.toMatchObject({ kind: 'yes', attempt: 'a1', isFinal: true });
  });
});

describe('an operator’s word', () => {
  const timeline = async () => linesOf(await bench.record('one')).join('\n');

  it('stands in the timeline with the name', async () => {
    await doubtPastHorizon();
    await bench.attempts.prove(attempt, accepted(), said);
    expect(await timeline()).toMatch(/^attempt\t\d+\t1\tfile\taccepted\toperator\tAnna$/m);
    expect(await timeline()).toMatch(/^status\t\d+\taccepted\toperator$/m);
  });

  it('gives the delivery its message, with the receipts that came early', async () => {
    await doubtPastHorizon();
    await bench.callbacks.applyReceipt(receipt('delivered', 'u9'));
    const settled = await bench.attempts.prove(attempt, accepted({ unique: 'u9' }), said);
    expect(settled).toMatchObject({ kind: 'settled', status: 'delivered' });
    await expect(redis.client.zcard(bench.keys.fixed.unknowns)).resolves.toBe(0);
  });

  it('takes no message that belongs to another delivery', async () => {
    const two = delivery('two', { to: '972509999999' });
    await bench.accept(two);
    await bench.claim(two);
    await bench.settle(two, { outcome: accepted({ unique: 'u2' }) });
    await doubtPastHorizon();
    const proven = bench.attempts.prove(attempt, accepted({ unique: 'u2' }), said);
    await expect(proven).resolves.toEqual({ kind: 'stale', status: 'unknown' });
    await expect(bench.status('one')).resolves.toBe('unknown');
    await expect(redis.client.get(bench.keys.unique('u2'))).resolves.toBe('two');
  });

  it('gives back what was reserved when nothing was sent', async () => {
    const budgeted = account({ budget: { perDay: 1, perMonth: null, timeZone: 'UTC' } });
    await bench.claim(one, { horizonMs: 0, account: budgeted });
    await bench.doubt(one);
    const [budget = ''] = await redis.client.keys(`${bench.keys.fixed.budgetPrefix}????-??-??`);
    await expect(redis.client.get(budget)).resolves.toBe('1');
    await bench.attempts.settle(attempt, notSent(), { ...said, reason: 'closed_by_operator' });
    await expect(redis.client.get(budget)).resolves.toBe('0');
    await expect(bench.record('one')).resolves.toMatchObject({
      status: 'failed',
      reason: 'closed_by_operator',
    });
  });

  it('still counts once nobody asks any more, but for sending it again: its job has ended', async () => {
    await doubtPastHorizon();
    await bench.store.resign(one);
    await expect(bench.postpone(one)).resolves.toEqual({ kind: 'stale', status: 'unknown' });
    await expect(bench.lane()).resolves.toEqual([]);
    const settled = await bench.attempts.prove(attempt, accepted(), said);
    expect(settled).toMatchObject({ kind: 'settled', status: 'accepted' });
  });

  it('is no use against an attempt that has been followed by another', async () => {
    await doubtPastHorizon();
    await bench.postpone(one);
    await bench.claim(one, { attempt: 'a2' });
    await expect(bench.attempts.prove(attempt, accepted(), said)).resolves.toEqual({
      kind: 'stale',
      status: 'sending',
    });
  });
});

describe('a tie', () => {
  const failed = async () => {
    await bench.store.conclude(one, { status: 'failed', reason: '4' });
  };

  it('is refused while the delivery may yet be sent', async () => {
    await expect(operators().tie(one, 'two')).resolves.toEqual({ kind: 'refused', status: 'queued' });
    await expect(bench.record('one')).resolves.not.toHaveProperty('resentAs');
  });

  it('stands as it was made first', async () => {
    await failed();
    await expect(operators().tie(one, 'two')).resolves.toEqual({ kind: 'tied', madeId: 'two' });
    const state = await dump(redis.client);
    await expect(operators().tie(one, 'two')).resolves.toEqual({ kind: 'tied', madeId: 'two' });
    await expect(operators().tie(one, 'three')).resolves.toEqual({ kind: 'tied', madeId: 'two' });
    await expect(dump(redis.client)).resolves.toEqual(state);
  });

  it('goes both ways once the made one is there, and can be undone', async () => {
    await failed();
    await operators().tie(one, 'two');
    await bench.accept(delivery('two'));
    await operators().tie(one, 'two');
    await expect(bench.record('two')).resolves.toMatchObject({ resendOf: 'one' });
    await operators().untie(one);
    await expect(operators().tie(one, 'three')).resolves.toEqual({ kind: 'tied', madeId: 'three' });
  });
});
