import { FAILURES_ALLOWED } from '../../src/domain/breaker.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { measureBacklog } from '../../src/redis/backlog.js';
import { absolve, openAfterProbe, readClosure, readGate, setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import {
  accepted,
  type Bench,
  delivery,
  FROM,
  notSent,
  openBench,
  PREFIX,
  rejected,
  windowClosed,
} from './bench.js';

const redis = withRedis();
let bench: Bench;

beforeEach(() => {
  bench = openBench(redis.client);
});

const gate = () => readGate(redis.client, PREFIX, FROM);
const stateOfGate = async () => (await measureBacklog(redis.client, PREFIX, FROM)).gate.state;
const throttled: Outcome = { kind: 'throttled', reason: '6', detail: '', retryAfterMs: null };
const stale: Outcome = { kind: 'not_sent', reason: 'stale', detail: '' };

/** Each to a client of its own; its attempt is named after it. */
const to = (name: string) => delivery(name, { to: `9725000${name.replace(/\D/g, '').padStart(5, '0')}` });

async function begin(name: string) {
  await bench.accept(to(name));
  return bench.claim(to(name), { attempt: name });
}
const verdict = async (claiming: ReturnType<Bench['claim']>) => {
  const claim = await claiming;
  return claim.kind === 'refused' ? claim.refusal.why : claim.kind;
};
const postpone = (name: string, outcome: Outcome = notSent()) =>
  bench.postpone(to(name), { attempt: name, outcome });
const succeed = (name: string) =>
  bench.settle(to(name), { attempt: name, outcome: accepted({ unique: name }) });

/** The time for which the gate is closed has passed. */
const passTime = () => redis.client.hset(bench.keys.fixed.gate, 'until', Date.now() - 1);

async function failInARow(from: number, count: number) {
  let last: unknown;
  for (let n = from; n < from + count; n += 1) {
    await begin(`n${n}`);
    last = await postpone(`n${n}`);
  }
  return last;
}

const trip = () => failInARow(1, FAILURES_ALLOWED);

describe('the breaker', () => {
  it('closes the gate after so many failures in a row, and says so', async () => {
    await failInARow(1, FAILURES_ALLOWED - 1);
    await expect(gate()).resolves.toEqual({ state: 'open' });
    const last = await failInARow(9, 1);
    expect(last).toMatchObject({ breaker: { kind: 'closed', until: expect.any(Number) } });
    await expect(gate()).resolves.toMatchObject({ state: 'until', reason: 'breaker' });
    await expect(stateOfGate()).resolves.toBe('breaker');
    await expect(begin('late')).resolves.toMatchObject({ refusal: { why: 'gate_until', reason: 'breaker' } });
  });

  it.each([
    ['an acceptance', succeed],
    ['a rejection', (name: string) => bench.settle(to(name), { attempt: name, outcome: rejected() })],
    [
      'a closed window',
      (name: string) =>
        bench.postpone(to(name), {
          attempt: name,
          outcome: windowClosed(),
          status: 'held',
          reason: 'window',
        }),
    ],
  ])('counts anew after %s', async (_, end) => {
    await failInARow(1, FAILURES_ALLOWED - 1);
    await begin('n8');
    await end('n8');
    await failInARow(11, FAILURES_ALLOWED - 1);
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });

  it('counts what is throttled and what has no answer, but not what was our own doing', async () => {
    for (let n = 1; n <= 10; n += 1) {
      await begin(`n${n}`);
      await postpone(`n${n}`, stale);
    }
    await failInARow(11, FAILURES_ALLOWED - 2);
    await begin('n20');
    await postpone('n20', throttled);
    await begin('n21');
    const doubted = await bench.doubt(to('n21'), 'n21');
    expect(doubted).toMatchObject({ kind: 'unknown', breaker: { kind: 'closed' } });
  });

  it('lets one attempt pass when the time is over, and no other until that has ended', async () => {
    await trip();
    await passTime();
    await expect(verdict(begin('n50'))).resolves.toBe('go');
    await expect(begin('n51')).resolves.toMatchObject({ refusal: { why: 'gate_until', reason: 'breaker' } });
    await expect(succeed('n50')).resolves.toMatchObject({ breaker: { kind: 'opened' } });
    await expect(gate()).resolves.toEqual({ state: 'open' });
    await expect(stateOfGate()).resolves.toBe('open');
    await expect(verdict(bench.claim(to('n51'), { attempt: 'n51' }))).resolves.toBe('go');
    await expect(verdict(begin('n52'))).resolves.toBe('go');
  });

  it('closes for longer when the probe fails', async () => {
    bench = openBench(redis.client, () => 0.5);
    await trip();
    await passTime();
    await begin('n50');
    const before = Date.now();
    const failed = await postpone('n50');
    const until = failed.kind === 'postponed' && failed.breaker?.kind === 'closed' ? failed.breaker.until : 0;
    expect(until - before).toBeGreaterThanOrEqual(2500);
    await expect(verdict(begin('n51'))).resolves.toBe('gate_until');
  });

  it('heeds nobody but the probe while it is closed', async () => {
    await begin('n70');
    await begin('n71');
    await trip();
    const closed = await gate();
    await postpone('n70');
    await succeed('n71');
    await expect(gate()).resolves.toEqual(closed);
    await passTime();
    await expect(verdict(begin('n50'))).resolves.toBe('go');
    await expect(verdict(begin('n51'))).resolves.toBe('gate_until');
  });

  it('lets the next attempt probe when a probe says nothing, or never tells its end', async () => {
    await trip();
    await passTime();
    await begin('n50');
    await postpone('n50', stale);
    await expect(verdict(begin('n51'))).resolves.toBe('go');
    await expect(verdict(begin('n52'))).resolves.toBe('gate_until');
    await redis.client.hset(bench.keys.fixed.gate, 'probeUntil', Date.now() - 1);
    await expect(verdict(bench.claim(to('n52'), { attempt: 'n52' }))).resolves.toBe('go');
    // The one that was given up tells its end after all: it is not the probe any more.
    await succeed('n51');
    await expect(stateOfGate()).resolves.toBe('breaker');
    await succeed('n52');
    await expect(stateOfGate()).resolves.toBe('open');
  });

  it('stays out of the way of a pause, and leaves a longer time alone', async () => {
    await begin('n80');
    await begin('n81');
    await bench.postpone(to('n80'), {
      attempt: 'n80',
      outcome: throttled,
      gate: { kind: 'until', delayMs: HOUR, reason: '6' },
    });
    for (let n = 0; n < FAILURES_ALLOWED; n += 1) {
      await redis.client.hset(bench.keys.record('n81'), { status: 'sending', attempt: 'n81' });
      await postpone('n81');
    }
    await expect(gate()).resolves.toMatchObject({ state: 'until', reason: '6' });
    await expect(stateOfGate()).resolves.toBe('breaker');
    await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
    await expect(stateOfGate()).resolves.toBe('paused');
    await setGate(redis.client, PREFIX, { from: FROM, state: 'open', reason: '' });
    await expect(verdict(begin('n82'))).resolves.toBe('go');
  });

  it('costs a healthy account nothing in Redis', async () => {
    await begin('n1');
    await succeed('n1');
    await expect(redis.client.exists(bench.keys.fixed.gate)).resolves.toBe(0);
  });
});

describe('retries', () => {
  const KEPT = 10;
  const again = (name: string) => verdict(bench.claim(to(name), { attempt: `${name}-again` }));

  /** So many deliveries whose first attempt has failed, between successes that keep the breaker quiet. */
  async function failSpread(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
    for (const name of names) {
      await begin(name);
      await postpone(name);
      await begin(`${name}00`);
      await succeed(`${name}00`);
    }
    return names;
  }
  const emptyAt = () => redis.client.hget(bench.keys.fixed.gate, 'retriesEmptyAt');

  it('pass while there are tokens, and wait when there are none', async () => {
    const names = await failSpread(KEPT + 4);
    const verdicts: string[] = [];
    for (const name of names) verdicts.push(await again(name));
    expect(verdicts.slice(0, KEPT)).toEqual(Array.from({ length: KEPT }, () => 'go'));
    expect(verdicts.at(-1)).toBe('backoff');
    const waits = await bench.record(names.at(-1) ?? '');
    expect(Number(waits.notBefore)).toBeGreaterThan(Date.now());
    expect(waits).toMatchObject({ status: 'waiting', attempts: '1' });
  });

  it('earn a tenth of a token with every other attempt', async () => {
    await failSpread(1);
    const dry = Date.now() + HOUR;
    await redis.client.hset(bench.keys.fixed.gate, 'retriesEmptyAt', dry);
    await begin('n90');
    await expect(emptyAt()).resolves.toBe(`${dry - 100}`);
  });

  it('need no other attempts: a token comes by itself every second', async () => {
    await failSpread(1);
    await redis.client.hset(bench.keys.fixed.gate, 'retriesEmptyAt', Date.now() - 1000);
    await expect(again('n1')).resolves.toBe('go');
    await expect(emptyAt()).resolves.not.toBeNull();
  });

  it('are not what waited for a window or was never tried', async () => {
    await redis.client.hset(bench.keys.fixed.gate, 'retriesEmptyAt', Date.now() + MINUTE);
    await begin('n1');
    await postpone('n1', stale);
    await expect(again('n1')).resolves.toBe('go');
    await begin('n2');
    await bench.postpone(to('n2'), {
      attempt: 'n2',
      outcome: windowClosed(),
      status: 'held',
      reason: 'window',
    });
    await bench.inbound({ number: to('n2').to });
    await expect(again('n2')).resolves.toBe('go');
  });

  it('may be the breaker’s probe without a token', async () => {
    await trip();
    await passTime();
    await redis.client.hset(bench.keys.fixed.gate, 'retriesEmptyAt', Date.now() + MINUTE);
    await expect(again('n1')).resolves.toBe('go');
  });
});

describe('a pause', () => {
  const meet = async (name: string, reason: string) => {
    await bench.accept(to(name));
    if ((await verdict(bench.claim(to(name), { attempt: name }))) !== 'go') throw new Error('not granted');
    await bench.postpone(to(name), {
      attempt: name,
      outcome: { kind: 'account_error', reason, detail: '' },
      status: 'held',
      reason: 'account',
      gate: { kind: 'paused', reason },
    });
  };
  const closure = () => readClosure(redis.client, PREFIX, FROM);

  it('by a worker remembers what met the account’s error, and is opened by a probe', async () => {
    await meet('n1', '2');
    await expect(closure()).resolves.toEqual({
      kind: 'by_worker',
      reason: '2',
      since: expect.any(Number),
      met: [{ id: 'n1', reason: '2' }],
    });
    await absolve(redis.client, PREFIX, { from: FROM });
    await expect(closure()).resolves.toMatchObject({ kind: 'by_worker', met: [] });
    await expect(openAfterProbe(redis.client, PREFIX, FROM)).resolves.toBe(true);
    await expect(closure()).resolves.toEqual({ kind: 'to_resume' });
    await expect(openAfterProbe(redis.client, PREFIX, FROM)).resolves.toBe(false);
  });

  it('by an operator is not for a probe to open, whatever a worker meets after it', async () => {
    await bench.accept(to('n1'));
    await bench.claim(to('n1'), { attempt: 'n1' });
    await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
    await bench.postpone(to('n1'), { attempt: 'n1', gate: { kind: 'paused', reason: '3' } });
    await expect(gate()).resolves.toMatchObject({ state: 'paused', reason: 'operator' });
    await expect(closure()).resolves.toEqual({ kind: 'none' });
    await expect(openAfterProbe(redis.client, PREFIX, FROM)).resolves.toBe(false);
    await expect(gate()).resolves.toMatchObject({ state: 'paused' });
  });

  it('by an operator takes over one by a worker', async () => {
    await meet('n1', '3');
    await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'holiday' });
    await expect(closure()).resolves.toEqual({ kind: 'none' });
  });
});
