import fc from 'fast-check';
import { foldSessions } from '../../src/domain/session.js';
import { HOUR } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { accepted, type Bench, CLIENT, delivery, openBench } from './bench.js';

// include/ledger.lua keeps the accept times of a conversation's last sessions: whatever is proved within a day of the
// newest message is folded in at its own time, as the domain does it. Unknown outcomes are settled within a day.
const redis = withRedis();
let bench: Bench;
const START = Date.UTC(2026, 10, 1);

beforeEach(() => {
  bench = openBench(redis.client);
});

/** Settles one message after the other and reads the ledger as openings and counts. */
async function ledgerOf(times: readonly number[]) {
  await redis.client.flushall();
  for (const [index, timestamp] of times.entries()) {
    const each = delivery(`m${index}`);
    await bench.accept(each);
    await bench.claim(each);
    await bench.settle(each, { outcome: accepted({ unique: `u${index}`, timestamp }) });
  }
  const { ledger, ledgerRows } = bench.keys.fixed;
  const names = await redis.client.zrange(ledger, '0', '-1');
  await expect(redis.client.hlen(ledgerRows)).resolves.toBe(names.length);
  const rows = names.length === 0 ? [] : await redis.client.hmget(ledgerRows, ...names);
  return names.map((name, index) => ({
    openedAt: Number(name.slice(CLIENT.length + 1)),
    messages: Number(rows[index]?.split(' ')[0]),
  }));
}

const times = (spanMs: number, options: { readonly maxLength: number }) =>
  fc.array(
    fc.integer({ min: 0, max: spanMs }).map((ms) => START + ms),
    { minLength: 1, ...options },
  );

it('counts as the domain does what is accepted in the order of time', async () => {
  await fc.assert(
    fc.asyncProperty(times(100 * HOUR, { maxLength: 8 }), async (any) => {
      const ordered = [...any].sort((one, other) => one - other);
      await expect(ledgerOf(ordered)).resolves.toEqual(foldSessions(ordered));
    }),
    { numRuns: 50 },
  );
});

/** Times in an order in which no message is more than a day behind the newest one before it. */
const provenLate = fc
  .array(
    fc.record({
      stepMs: fc.integer({ min: 0, max: 20 * HOUR }),
      lateMs: fc.integer({ min: 0, max: 24 * HOUR }),
    }),
    {
      minLength: 1,
      maxLength: 10,
    },
  )
  .map((steps) => {
    let newest = START + 48 * HOUR;
    return steps.map(({ stepMs, lateMs }, index) => {
      const at = index % 2 === 0 ? newest + stepMs : newest - lateMs;
      newest = Math.max(newest, at);
      return at;
    });
  });

it('counts as the domain does what is proved up to a day late', async () => {
  await fc.assert(
    fc.asyncProperty(provenLate, async (late) => {
      await expect(ledgerOf(late)).resolves.toEqual(foldSessions(late));
    }),
    { numRuns: 100 },
  );
});

it('moves messages to the next session when a proof begins theirs earlier', async () => {
  const hours = [12, 35, 37, 5].map((hour) => START + hour * HOUR);
  await expect(ledgerOf(hours)).resolves.toEqual([
    { openedAt: START + 5 * HOUR, messages: 2 },
    { openedAt: START + 35 * HOUR, messages: 2 },
  ]);
});

it('never loses a message, whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(times(100 * HOUR, { maxLength: 8 }), async (any) => {
      const rows = await ledgerOf(any);
      expect(rows.reduce((sum, { messages }) => sum + messages, 0)).toBe(any.length);
    }),
    { numRuns: 50 },
  );
});

it('tells which message opened a session, and only of that one', async () => {
  const openings = [];
  for (const [index, hour] of [0, 23, 24].entries()) {
    const each = delivery(`m${index}`);
    await bench.accept(each);
    await bench.claim(each);
    const outcome = accepted({ unique: `u${index}`, timestamp: START + hour * HOUR });
    const settled = await bench.settle(each, { outcome });
    openings.push(settled.kind === 'settled' ? settled.sessionOpenedAt : settled.kind);
  }
  expect(openings).toEqual([START, null, START + 24 * HOUR]);
});

it('keeps the conversations of an account apart', async () => {
  for (const [index, to] of [CLIENT, '972509999999'].entries()) {
    const each = delivery(`m${index}`, { to });
    await bench.accept(each);
    await bench.claim(each);
    await bench.settle(each, { outcome: accepted({ unique: `u${index}`, timestamp: START }) });
  }
  const rows = await redis.client.hgetall(bench.keys.fixed.ledgerRows);
  expect(rows).toEqual({ [`${CLIENT}@${START}`]: '1 m0', [`972509999999@${START}`]: '1 m1' });
});

it('makes one conversation’s sessions of those of two names', async () => {
  const fromId = 'IL.1605856887361213';
  for (const [index, [to, hour]] of (
    [
      [fromId, 0],
      [CLIENT, 2],
      [fromId, 25],
    ] as const
  ).entries()) {
    const each = delivery(`m${index}`, { to });
    await bench.accept(each);
    await bench.claim(each);
    const outcome = accepted({ unique: `u${index}`, timestamp: START + hour * HOUR });
    await bench.settle(each, { outcome });
  }
  await bench.inbound({ number: CLIENT, fromId });
  const rows = await redis.client.hgetall(bench.keys.fixed.ledgerRows);
  expect(rows).toEqual({ [`${CLIENT}@${START}`]: '2 m0', [`${CLIENT}@${START + 25 * HOUR}`]: '1 m2' });
});
