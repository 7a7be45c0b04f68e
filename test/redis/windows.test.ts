import fc from 'fast-check';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import {
  closeByRefusal,
  lengthenByAnswer,
  openByInbound,
  type WindowFacts,
  windowState,
} from '../../src/domain/window.js';
import { withRedis } from '../support/redis.js';
import { accepted, account, type Bench, CLIENT, delivery, openBench, windowClosed } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');

beforeEach(() => {
  bench = openBench(redis.client);
});

type Step =
  | { readonly do: 'inbound'; readonly agoMs: number }
  | { readonly do: 'answer'; readonly leftMs: number }
  | { readonly do: 'refusal'; readonly inboundDuring: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('inbound' as const), agoMs: fc.integer({ min: -HOUR, max: 30 * HOUR }) }),
  fc.record({ do: fc.constant('answer' as const), leftMs: fc.integer({ min: 0, max: 24 * HOUR }) }),
  fc.record({ do: fc.constant('refusal' as const), inboundDuring: fc.boolean() }),
);

it('does the window’s arithmetic as the domain does it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      await redis.client.flushall();
      let facts: WindowFacts = { closesAt: null, lastInboundAt: null };
      for (const [index, each] of steps.entries()) facts = await takeStep(each, facts, `s${index}`);
      const { closesAt = null, lastInboundAt = null } = await bench.conversation();
      expect({ closesAt, lastInboundAt }).toEqual({
        closesAt: textOrNull(facts.closesAt),
        lastInboundAt: textOrNull(facts.lastInboundAt),
      });
    }),
    { numRuns: 60 },
  );
});

async function takeStep(each: Step, facts: WindowFacts, id: string): Promise<WindowFacts> {
  if (each.do === 'inbound') return write(Date.now() - each.agoMs, facts);
  // Bound to no lane and no window: the arithmetic alone is looked at.
  const sent = delivery(id);
  await bench.accept(sent);
  const { closesAt } = await bench.conversation();
  await redis.client.hdel(bench.keys.conv(CLIENT), 'closesAt');
  await expect(bench.claim(sent, { attempt: 'a1' })).resolves.toMatchObject({ kind: 'go' });
  if (closesAt !== undefined) await redis.client.hset(bench.keys.conv(CLIENT), 'closesAt', closesAt);
  const startedAt = Number((await bench.record(id)).startedAt);
  if (each.do === 'answer') {
    const settled = await bench.settle(sent, {
      outcome: accepted({ unique: id, windowLeftMs: each.leftMs }),
    });
    return lengthenByAnswer(facts, settled.kind === 'settled' ? settled.now : 0, each.leftMs);
  }
  const before = each.inboundDuring ? await write(Date.now(), facts) : facts;
  const postponed = await bench.postpone(sent, { outcome: windowClosed(), status: 'held', reason: 'window' });
  await bench.store.conclude(sent, { status: 'cancelled', reason: 'cancelled' });
  // The scripts compare with the time at which we heard: the client's own may be of another clock.
  const { inboundSeenAt } = await bench.conversation();
  const heard = { ...before, lastInboundAt: inboundSeenAt === undefined ? null : Number(inboundSeenAt) };
  const now = postponed.kind === 'postponed' ? postponed.now : 0;
  return { ...closeByRefusal(heard, startedAt, now), lastInboundAt: before.lastInboundAt };
}

async function write(writtenAt: number, facts: WindowFacts): Promise<WindowFacts> {
  await bench.inbound({ timestamp: writtenAt });
  const seenAt = Number((await bench.conversation()).inboundSeenAt);
  return openByInbound(facts, Math.min(writtenAt, seenAt));
}

function textOrNull(value: number | null): string | null {
  return value === null ? null : `${value}`;
}

it('claims by the window as the domain sees it', async () => {
  await bench.accept(one);
  for (const shiftMs of [-MINUTE, MINUTE]) {
    const closesAt = Date.now() + shiftMs;
    await redis.client.hset(bench.keys.conv(CLIENT), 'closesAt', closesAt);
    const open = windowState({ closesAt, lastInboundAt: null }, Date.now()) === 'open';
    const claim = await bench.claim(one);
    expect(claim).toMatchObject(open ? { kind: 'go' } : { kind: 'refused', refusal: { why: 'window' } });
  }
});

it('keeps the 24 h of a message that came during the POST, though the answer says that 3 minutes are left', async () => {
  await bench.accept(one);
  await bench.claim(one);
  await bench.inbound();
  const { closesAt } = await bench.conversation();
  await bench.settle(one, { outcome: accepted({ windowLeftMs: 3 * MINUTE }) });
  await expect(bench.conversation()).resolves.toMatchObject({ closesAt });
  expect(Number(closesAt)).toBeGreaterThan(Date.now() + 23 * HOUR);
});

it('does not let a provider’s clock that is ahead widen the window', async () => {
  await bench.inbound({ timestamp: Date.now() + HOUR });
  const { closesAt } = await bench.conversation();
  expect(Number(closesAt)).toBeLessThanOrEqual(Date.now() + 24 * HOUR);
});

it('records what the client’s message says of the window, and shortens nothing by it', async () => {
  await bench.inbound({ windowLeftMs: 5 * MINUTE });
  const { closesAt, inboundLeftMs } = await bench.conversation();
  expect(inboundLeftMs).toBe(`${5 * MINUTE}`);
  expect(Number(closesAt)).toBeGreaterThan(Date.now() + 23 * HOUR);
});

it('corrects its clock by FAIL 7, holds the delivery, and sends it once the client has written', async () => {
  await redis.client.hset(bench.keys.conv(CLIENT), 'closesAt', Date.now() + HOUR);
  await bench.accept(one);
  await bench.claim(one);
  const postponed = await bench.postpone(one, { outcome: windowClosed(), status: 'held', reason: 'window' });
  expect(postponed).toMatchObject({ windowCorrected: true });
  await expect(bench.claim(one, { attempt: 'a2' })).resolves.toMatchObject({ refusal: { why: 'window' } });
  await expect(bench.holdForWindow(one)).resolves.toBe('parked');
  await expect(bench.inbound()).resolves.toMatchObject({ kind: 'applied', released: 1 });
  await expect(bench.claim(one, { attempt: 'a2' })).resolves.toMatchObject({ kind: 'go' });
});

it('does not close by FAIL 7 a window that opened while the attempt was under way', async () => {
  await bench.closeWindow();
  await bench.accept(one);
  await bench.claim(one, { send: 'template' });
  await bench.inbound();
  const postponed = await bench.postpone(one, { outcome: windowClosed(), status: 'held', reason: 'window' });
  expect(postponed).toMatchObject({ windowCorrected: false });
  await expect(bench.claim(one, { attempt: 'a2' })).resolves.toMatchObject({ kind: 'go' });
});

it('hears a message once, whoever repeats it, and another one of the same second too', async () => {
  const first = { unique: 'w1', timestamp: Date.now() - SECOND };
  await bench.inbound(first);
  await expect(bench.inbound(first)).resolves.toEqual({ kind: 'duplicate' });
  await expect(bench.inbound({ ...first, unique: 'w2' })).resolves.toMatchObject({ kind: 'applied' });
});

it('hears nothing for a number that is no account of ours', async () => {
  await expect(bench.inbound({ account: '972770000000' })).resolves.toEqual({ kind: 'unknown_account' });
  await expect(bench.inbound({ number: null, fromId: null })).resolves.toEqual({ kind: 'unknown_account' });
});

describe('with askHistory', () => {
  const asking = account({ askHistory: true });
  const claim = () => bench.claim(one, { account: asking });
  const refused = (why: string) => ({ kind: 'refused', refusal: { why } });
  const minutesPass = (minutes: number) =>
    redis.client.hincrby(bench.keys.conv(CLIENT), 'historyAskedAt', -minutes * MINUTE);

  beforeEach(() => bench.accept(one));

  it('wants the history asked once, and goes where it told nothing', async () => {
    await expect(claim()).resolves.toMatchObject(refused('window_unknown'));
    await expect(bench.record('one')).resolves.not.toHaveProperty('startedAt');
    await bench.store.recall(one, { kind: 'unread' });
    await expect(claim()).resolves.toMatchObject({ kind: 'go' });
  });

  it('opens the window by the client’s newest message, and shortens none', async () => {
    const later = Date.now() + 23 * HOUR;
    await bench.store.recall(one, { kind: 'wrote', at: later - 24 * HOUR });
    expect(Number((await bench.conversation()).closesAt)).toBe(later);
    await bench.store.recall(one, { kind: 'wrote', at: later - 25 * HOUR });
    await bench.store.recall(one, { kind: 'silent' });
    expect(Number((await bench.conversation()).closesAt)).toBe(later);
    await expect(claim()).resolves.toMatchObject({ kind: 'go' });
  });

  it.each([
    ['shows nothing of the last day', { kind: 'silent' }],
    ['shows an older message', { kind: 'wrote', at: Date.now() - 25 * HOUR }],
  ] as const)('closes it when the history %s, and asks again in a while', async (_, told) => {
    await bench.store.recall(one, told);
    await expect(claim()).resolves.toMatchObject(refused('window'));
    await minutesPass(11);
    await expect(claim()).resolves.toMatchObject(refused('window_unknown'));
    await bench.holdForWindow(one);
    await bench.store.recall(one, { kind: 'wrote', at: Date.now() });
    await expect(bench.held()).resolves.toEqual([]);
    await expect(claim()).resolves.toMatchObject({ kind: 'go' });
  });

  it('asks no more once the client or the provider has told', async () => {
    await bench.store.recall(one, { kind: 'silent' });
    await bench.inbound({ timestamp: Date.now() - 25 * HOUR });
    await minutesPass(11);
    await expect(claim()).resolves.toMatchObject(refused('window'));
  });
});
