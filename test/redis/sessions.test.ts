import fc from 'fast-check';
import { foldSessions } from '../../src/domain/session.js';
import { HOUR } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { accepted, type Bench, CLIENT, delivery, openBench } from './bench.js';

// include/ledger.lua knows one session of a conversation, the newest. It counts as the domain does
//  - messages that are accepted in the order of their times, which is all that a lane ever does by itself, and
//  - late proofs that begin the only session earlier than was thought, as long as all of its messages fit into it.
// It does not cover a late proof that belongs to a session before the newest (it is counted as one of its own), nor
// one that moves the newest session so that its last messages fall out of it or that an earlier one reaches it.
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

it('counts as the domain does what is proved in any order within one session', async () => {
  await fc.assert(
    fc.asyncProperty(times(24 * HOUR - 1, { maxLength: 8 }), async (any) => {
      await expect(ledgerOf(any)).resolves.toEqual(foldSessions(any));
    }),
    { numRuns: 50 },
  );
});

it('counts a late proof that lies before the newest session and in none, as a session of its own', async () => {
  const hours = [60, 10].map((hour) => START + hour * HOUR);
  await expect(ledgerOf(hours)).resolves.toEqual(foldSessions(hours));
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
