import type { Outcome } from '../../src/domain/outcome.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { readGate, setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import {
  accepted,
  account,
  type Bench,
  CLIENT,
  delivery,
  FROM,
  openBench,
  PREFIX,
  rejected,
} from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');

beforeEach(async () => {
  bench = openBench(redis.client);
  await bench.accept(one);
  await bench.claim(one);
});

describe('settle', () => {
  it('ends an accepted delivery and remembers what the provider said', async () => {
    const at = Date.now() - SECOND;
    const outcome = accepted({ timestamp: at, windowLeftMs: HOUR, originalRequest: '{"to":"…"}' });
    await expect(bench.settle(one, { outcome })).resolves.toEqual({
      kind: 'settled',
      status: 'accepted',
      now: expect.any(Number),
      dueAt: expect.any(Number),
      sessionOpenedAt: at,
      breaker: null,
    });
    await expect(bench.record('one')).resolves.toMatchObject({
      status: 'accepted',
      unique: 'u1',
      acceptedAt: `${at}`,
      windowLeftMs: `${HOUR}`,
      originalRequest: '{"to":"…"}',
    });
    await expect(redis.client.get(bench.keys.unique('u1'))).resolves.toBe('one');
    await expect(bench.conversation()).resolves.not.toHaveProperty('flight');
    await expect(bench.lane()).resolves.toEqual([]);
    await expect(bench.wakes()).resolves.toEqual([]);
  });

  it('takes Redis’s time for an answer that has none, and owns no message that has no name', async () => {
    const settled = await bench.settle(one, { outcome: accepted({ unique: null }) });
    expect(settled).toMatchObject({ kind: 'settled', status: 'accepted' });
    const { acceptedAt, startedAt, unique } = await bench.record('one');
    expect(Number(acceptedAt)).toBeGreaterThanOrEqual(Number(startedAt));
    expect(unique).toBe('');
    await expect(redis.client.exists(bench.keys.unique(''))).resolves.toBe(0);
  });

  it('opens no session for an account that is not billed by sessions', async () => {
    const free = account({ billing: 'none' });
    await expect(bench.settle(one, { account: free })).resolves.toMatchObject({ sessionOpenedAt: null });
    await expect(redis.client.exists(bench.keys.fixed.ledger)).resolves.toBe(0);
  });

  it('ends a rejected delivery', async () => {
    const settled = await bench.settle(one, { outcome: rejected() });
    expect(settled).toMatchObject({ kind: 'settled', status: 'failed', sessionOpenedAt: null });
    await expect(bench.record('one')).resolves.toMatchObject({ status: 'failed', reason: '4' });
  });

  it('leaves a record that another attempt has meanwhile', async () => {
    await bench.postpone(one);
    await bench.claim(one, { attempt: 'a2' });
    await expect(bench.settle(one)).resolves.toEqual({ kind: 'stale', status: 'sending' });
    await expect(bench.record('one')).resolves.toMatchObject({ status: 'sending', attempt: 'a2' });
  });

  it('leaves an end that says otherwise', async () => {
    await bench.settle(one);
    const settled = bench.settle(one, { outcome: rejected() });
    await expect(settled).resolves.toEqual({ kind: 'stale', status: 'accepted' });
  });

  it('has nothing to say about a record that has gone', async () => {
    await redis.client.del(bench.keys.record('one'));
    await expect(bench.settle(one)).resolves.toEqual({ kind: 'stale', status: null });
  });

  it.each<readonly [Outcome, string]>([
    [accepted(), 'accepted'],
    [rejected(), 'failed'],
  ])('takes a late answer for the end of an attempt that was given up', async (outcome, status) => {
    await bench.doubt(one);
    await expect(bench.settle(one, { outcome })).resolves.toMatchObject({ kind: 'settled', status });
    await expect(redis.client.zcard(bench.keys.fixed.unknowns)).resolves.toBe(0);
    await expect(bench.conversation()).resolves.not.toHaveProperty('flightUntil');
  });
});

describe('postpone', () => {
  it('keeps the delivery’s place and tells when it may be tried again', async () => {
    const postponed = await bench.postpone(one, { delayMs: MINUTE });
    expect(postponed).toEqual({
      kind: 'postponed',
      now: expect.any(Number),
      windowCorrected: false,
      breaker: null,
    });
    const now = postponed.kind === 'postponed' ? postponed.now : 0;
    await expect(bench.record('one')).resolves.toMatchObject({
      status: 'waiting',
      reason: 'backoff',
      notBefore: `${now + MINUTE}`,
    });
    await expect(bench.lane()).resolves.toEqual(['one']);
    await expect(bench.conversation()).resolves.not.toHaveProperty('flight');
  });

  it('leaves a record that is another attempt’s by now', async () => {
    await bench.postpone(one);
    await bench.claim(one, { attempt: 'a2' });
    await expect(bench.postpone(one)).resolves.toEqual({ kind: 'stale', status: 'sending' });
  });

  it('lets a delivery that was given up go before those that waited for it', async () => {
    await bench.accept(delivery('two'));
    await bench.doubt(one);
    await bench.postpone(one);
    await expect(bench.lane()).resolves.toEqual(['one', 'two']);
    await expect(bench.wakes()).resolves.toContain('one');
    await expect(bench.claim(one, { attempt: 'a2' })).resolves.toMatchObject({ kind: 'go' });
  });
});

describe('the gate', () => {
  const gate = () => readGate(redis.client, PREFIX, FROM);
  const close = (kind: 'until' | 'paused', delayMs = 0) =>
    bench.postpone(one, {
      gate: kind === 'until' ? { kind, delayMs, reason: 'http_429' } : { kind, reason: '3' },
    });

  it('closes until a time, by Redis’s clock', async () => {
    const postponed = await close('until', MINUTE);
    const now = postponed.kind === 'postponed' ? postponed.now : 0;
    await expect(gate()).resolves.toEqual({
      state: 'until',
      until: now + MINUTE,
      reason: 'http_429',
      since: now,
    });
  });

  it('keeps the later of two times', async () => {
    await close('until', HOUR);
    const { state, ...first } = await gate();
    await bench.claim(one, { attempt: 'a2' });
    await redis.client.hset(bench.keys.record('one'), { status: 'sending', attempt: 'a1' });
    await close('until', MINUTE);
    await expect(gate()).resolves.toEqual({ state, ...first });
  });

  it('keeps a pause, whatever closes it for a time', async () => {
    await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
    await close('until', HOUR);
    await expect(gate()).resolves.toMatchObject({ state: 'paused', reason: 'operator' });
  });

  it('is opened by hand', async () => {
    await close('paused');
    await expect(gate()).resolves.toMatchObject({ state: 'paused', reason: '3' });
    await setGate(redis.client, PREFIX, { from: FROM, state: 'open', reason: '' });
    await expect(gate()).resolves.toEqual({ state: 'open' });
    await expect(bench.store.isPaused(FROM)).resolves.toBe(false);
  });

  it('closes when a delivery fails for good at it', async () => {
    const context = {
      account: account(),
      reason: '6',
      gate: { kind: 'until', delayMs: HOUR, reason: '6' },
    } as const;
    await bench.attempts.settle({ ...one, attempt: 'a1' }, rejected(), context);
    await expect(gate()).resolves.toMatchObject({ state: 'until', reason: '6' });
  });
});

describe('doubt', () => {
  it('blocks the conversation until the horizon, and no longer', async () => {
    await bench.accept(delivery('two'));
    const doubted = await bench.doubt(one);
    expect(doubted).toMatchObject({ kind: 'unknown' });
    const { startedAt, horizonAt } = await bench.record('one');
    await expect(bench.conversation()).resolves.toMatchObject({ flight: 'one', flightUntil: horizonAt });
    await expect(redis.client.zscore(bench.keys.fixed.unknowns, 'one')).resolves.toBe(startedAt);
    await expect(bench.claim(delivery('two'))).resolves.toMatchObject({ refusal: { why: 'lane' } });
    await redis.client.hset(bench.keys.conv(CLIENT), 'flightUntil', Date.now() - 1);
    await expect(bench.claim(delivery('two'))).resolves.toMatchObject({ kind: 'go' });
  });

  it('leaves a record that is settled', async () => {
    await bench.settle(one);
    await expect(bench.doubt(one)).resolves.toEqual({ kind: 'stale', status: 'accepted' });
  });
});

describe('resign', () => {
  it('leaves an unknown outcome unknown for good', async () => {
    await bench.doubt(one);
    await bench.store.resign(one);
    await expect(bench.record('one')).resolves.toMatchObject({ status: 'unknown', reason: 'unresolved' });
    await expect(redis.client.pttl(bench.keys.record('one'))).resolves.toBeGreaterThan(0);
    await expect(redis.client.zcard(bench.keys.fixed.unknowns)).resolves.toBe(0);
  });

  it('does nothing to any other delivery', async () => {
    await bench.store.resign(one);
    await expect(bench.status('one')).resolves.toBe('sending');
  });
});
