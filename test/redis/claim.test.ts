import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import { account, type Bench, CLIENT, delivery, FROM, JOB_AT, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;

beforeEach(() => {
  bench = openBench(redis.client);
});

async function refusalOf(claiming: ReturnType<Bench['claim']>) {
  const claim = await claiming;
  return claim.kind === 'refused' ? claim.refusal : claim.kind;
}

it('grants the attempt and writes it down', async () => {
  await bench.accept(delivery('one'));
  const claim = await bench.claim(delivery('one'));
  expect(claim).toMatchObject({ kind: 'go', send: 'file', paceMs: 0, facts: { attempts: 1 } });
  await expect(bench.record('one')).resolves.toMatchObject({
    status: 'sending',
    attempt: 'a1',
    attempts: '1',
  });
  await expect(bench.conversation()).resolves.toMatchObject({ flight: 'one' });
  await expect(redis.client.pttl(bench.keys.conv(CLIENT))).resolves.toBeGreaterThan(0);
});

it('knows nothing of a job that another client added', async () => {
  await expect(bench.claim(delivery('one'))).resolves.toEqual({ kind: 'unseen' });
  await expect(redis.client.dbsize()).resolves.toBe(0);
});

it('refuses another payload, and a job that is older than a delivery that was sent', async () => {
  await bench.accept(delivery('one'));
  await expect(bench.claim(delivery('one', { caption: 'Other' }))).resolves.toEqual({ kind: 'conflict' });
  await expect(bench.status('one')).resolves.toBe('queued');
  await bench.claim(delivery('one'));
  await expect(bench.claim(delivery('one'), { jobAt: JOB_AT - 1 })).resolves.toEqual({ kind: 'conflict' });
});

it('takes the older job of a call whose acceptance was lost, and was said again, for its own from then on', async () => {
  await bench.accept(delivery('one'));
  const older = { jobAt: JOB_AT - 1 };
  await expect(bench.claim(delivery('one'), older)).resolves.toMatchObject({ kind: 'go' });
  const rerun = { ...older, attempt: 'a2' };
  await expect(bench.claim(delivery('one'), rerun)).resolves.toMatchObject({
    kind: 'in_flight',
    attempt: 'a1',
  });
});

it('tells that another attempt never told its end', async () => {
  await bench.accept(delivery('one'));
  await bench.claim(delivery('one'));
  await expect(bench.claim(delivery('one'), { attempt: 'a2' })).resolves.toMatchObject({
    kind: 'in_flight',
    attempt: 'a1',
  });
});

it('tells how an ended delivery ended, from its record or from what is remembered', async () => {
  await bench.accept(delivery('one'));
  await bench.claim(delivery('one'));
  await bench.settle(delivery('one'));
  const ended = { kind: 'ended', status: 'accepted', unique: 'u1', reason: 'ok' };
  await expect(bench.claim(delivery('one'), { attempt: 'a2' })).resolves.toEqual(ended);
  await redis.client.del(bench.keys.record('one'));
  await expect(bench.claim(delivery('one'))).resolves.toEqual({ ...ended, unique: null, reason: '' });
  await expect(bench.claim(delivery('one', { caption: 'Other' }))).resolves.toEqual({ kind: 'conflict' });
});

it('says that the outcome is unknown', async () => {
  await bench.accept(delivery('one'));
  await bench.claim(delivery('one'));
  await bench.doubt(delivery('one'));
  await expect(bench.claim(delivery('one'), { attempt: 'a2' })).resolves.toMatchObject({ kind: 'unknown' });
});

it('refuses what has expired, before it asks anything else', async () => {
  const late = delivery('late', { expiresAt: Date.now() - 1, sendAt: Date.now() - HOUR });
  await bench.accept(late);
  await expect(refusalOf(bench.claim(late))).resolves.toEqual({ why: 'expired' });
});

it('refuses before its time', async () => {
  const sendAt = Date.now() + HOUR;
  const later = delivery('later', { sendAt, expiresAt: sendAt + DAY });
  await bench.accept(later);
  await expect(refusalOf(bench.claim(later))).resolves.toEqual({ why: 'schedule', until: sendAt });
  await expect(bench.lane()).resolves.toEqual([]);
});

it('refuses while the backoff lasts, and lets nobody of its lane pass', async () => {
  await bench.accept(delivery('one'));
  await bench.accept(delivery('two'));
  await bench.claim(delivery('one'));
  await bench.postpone(delivery('one'), { delayMs: HOUR });
  await expect(refusalOf(bench.claim(delivery('one'), { attempt: 'a2' }))).resolves.toMatchObject({
    why: 'backoff',
  });
  await expect(refusalOf(bench.claim(delivery('two')))).resolves.toEqual({ why: 'lane' });
});

it('refuses all but the head, and the head while another is in flight', async () => {
  await bench.accept(delivery('one'));
  await bench.accept(delivery('two'));
  await expect(refusalOf(bench.claim(delivery('two')))).resolves.toEqual({ why: 'lane' });
  await bench.claim(delivery('one'));
  await expect(refusalOf(bench.claim(delivery('two')))).resolves.toEqual({ why: 'lane' });
});

it('refuses when the attempts are used up', async () => {
  await bench.accept(delivery('one'));
  await bench.claim(delivery('one'));
  await bench.postpone(delivery('one'));
  const last = bench.claim(delivery('one'), { attempt: 'a2', maxAttempts: 1 });
  await expect(refusalOf(last)).resolves.toEqual({ why: 'attempts' });
});

it('refuses at a closed gate, and tells why it is closed', async () => {
  await bench.accept(delivery('one'));
  await setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'fail_3' });
  await expect(refusalOf(bench.claim(delivery('one')))).resolves.toEqual({
    why: 'gate_paused',
    reason: 'fail_3',
  });
  const until = Date.now() + HOUR;
  await redis.client.hset(bench.keys.fixed.gate, { state: 'until', until, reason: 'http_429' });
  await expect(refusalOf(bench.claim(delivery('one')))).resolves.toEqual({
    why: 'gate_until',
    until,
    reason: 'http_429',
  });
  await redis.client.hset(bench.keys.fixed.gate, { until: Date.now() - 1 });
  await expect(bench.claim(delivery('one'))).resolves.toMatchObject({ kind: 'go' });
});

it('refuses a file outside of the window, and a template inside of it', async () => {
  await bench.accept(delivery('one'));
  await bench.closeWindow();
  await expect(refusalOf(bench.claim(delivery('one')))).resolves.toEqual({ why: 'window' });
  await bench.inbound();
  await expect(refusalOf(bench.claim(delivery('one'), { send: 'template' }))).resolves.toEqual({
    why: 'window_open',
  });
});

it('sends where nothing is known of the window: the provider knows', async () => {
  await bench.accept(delivery('one'));
  await expect(bench.claim(delivery('one'))).resolves.toMatchObject({
    kind: 'go',
    facts: { window: { closesAt: null, lastInboundAt: null } },
  });
});

it('books the turn of the pair limit once, and waits for it', async () => {
  const slow = account({ pairBurst: 2, pairIntervalMs: HOUR });
  const [first, second, third] = ['1', '2', '3'].map((id) => delivery(id));
  for (const each of [first, second]) {
    if (each === undefined) continue;
    await bench.accept(each);
    await expect(bench.claim(each, { account: slow })).resolves.toMatchObject({ kind: 'go' });
    await bench.settle(each);
  }
  if (third === undefined) throw new Error('there are three');
  await bench.accept(third);
  const refusal = await refusalOf(bench.claim(third, { account: slow }));
  expect(refusal).toEqual({ why: 'pair', until: expect.any(Number) });
  const booked = await bench.conversation();
  await expect(refusalOf(bench.claim(third, { account: slow, attempt: 'a2' }))).resolves.toEqual(refusal);
  await expect(bench.conversation()).resolves.toEqual(booked);
});

it('books the account’s pace a little ahead, and refuses beyond that', async () => {
  const slow = account({ ratePerSecond: 10 });
  const ids = ['1', '2', '3'];
  for (const id of ids) await bench.accept(delivery(id, { to: `97250123450${id}` }));
  const claims = await Promise.all(
    ids.map((id) => bench.claim(delivery(id, { to: `97250123450${id}` }), { account: slow })),
  );
  expect(claims[0]).toMatchObject({ kind: 'go', paceMs: 0 });
  expect(claims[1]).toMatchObject({ kind: 'go', paceMs: expect.any(Number) });
  expect(claims[2]).toMatchObject({ kind: 'refused', refusal: { why: 'rate' } });
  await expect(bench.status('3')).resolves.toBe('queued');
});

it('does not book the pair limit again for a delivery that the account’s pace held up', async () => {
  await bench.accept(delivery('one'));
  await redis.client.set(bench.keys.fixed.pace, Date.now() + MINUTE);
  await expect(refusalOf(bench.claim(delivery('one')))).resolves.toMatchObject({ why: 'rate' });
  const { pairTat } = await bench.conversation();
  await redis.client.del(bench.keys.fixed.pace);
  await expect(bench.claim(delivery('one'), { attempt: 'a2' })).resolves.toMatchObject({ kind: 'go' });
  await expect(bench.conversation()).resolves.toMatchObject({ pairTat });
});
