import fc from 'fast-check';
import { HOUR } from '../../src/domain/time.js';
import { readLedger } from '../../src/redis/ledger.js';
import { readOtherSessions } from '../../src/redis/other-sessions.js';
import { withRedis } from '../support/redis.js';
import {
  accepted,
  account,
  type Bench,
  CLIENT,
  delivery,
  FROM,
  FROM_ID,
  openBench,
  PREFIX,
  receipt,
} from './bench.js';

// Messages that go out from our number beside us show by receipts alone. What is noted of them never touches our ledger.
const redis = withRedis();
let bench: Bench;

beforeEach(() => {
  bench = openBench(redis.client);
});

const month = () => new Date().toISOString().slice(0, 7);
const asked = () => ({ from: FROM, month: month(), timeZone: 'UTC' });
const others = () => readOtherSessions(redis.client, PREFIX, asked());
const ours = () => readLedger(redis.client, PREFIX, asked());
const sent = (unique: string, recipient: string | null = CLIENT) =>
  bench.callbacks.applyReceipt({ ...receipt('sent', unique), recipient });

/** As if it had been heard of so long ago. */
const backdate = (unique: string, ms: number) => redis.client.zincrby(bench.keys.fixed.others, -ms, unique);

async function send(id: string, unique: string): Promise<void> {
  const one = delivery(id);
  await bench.accept(one);
  await bench.claim(one, { attempt: id });
  await bench.settle(one, { attempt: id, outcome: accepted({ unique }) });
}

it('notes a sent message that no delivery owns, apart from our sessions', async () => {
  await sent('foreign');
  await sent('another');
  await sent('foreign');
  await expect(others()).resolves.toEqual([{ to: CLIENT, openedAt: expect.any(Number), messages: 2 }]);
  await expect(ours()).resolves.toEqual([]);
});

it('still counts the session that we open ourselves', async () => {
  await sent('foreign');
  await send('one', 'u1');
  await expect(ours()).resolves.toMatchObject([{ to: CLIENT, openedBy: 'one', messages: 1 }]);
});

it('notes nothing inside a session of ours, nor of another receipt, nor of nobody', async () => {
  await send('one', 'u1');
  await sent('foreign');
  await bench.callbacks.applyReceipt({ ...receipt('delivered', 'u7'), recipient: '972509999999' });
  await sent('u8', null);
  await expect(others()).resolves.toEqual([]);
});

it('waits with its judgement while an attempt of that conversation is under way or unknown', async () => {
  const one = delivery('one');
  await bench.accept(one);
  await bench.claim(one);
  await sent('u1');
  await expect(others()).resolves.toEqual([]);
  await bench.doubt(one);
  await expect(others()).resolves.toEqual([]);
  const settling = { account: account(), reason: 'history', gate: null };
  await bench.attempts.prove({ ...one, attempt: 'a1' }, accepted({ unique: 'u1' }), settling);
  await expect(others()).resolves.toEqual([]);
  await expect(redis.client.zcard(bench.keys.fixed.others)).resolves.toBe(0);
  await expect(redis.client.hlen(bench.keys.fixed.othersTo)).resolves.toBe(0);
});

it('tells of it once the attempt has turned out to be none', async () => {
  const one = delivery('one');
  await bench.accept(one);
  await bench.claim(one);
  await sent('foreign');
  await bench.postpone(one, { delayMs: HOUR });
  await expect(others()).resolves.toMatchObject([{ messages: 1 }]);
});

it('knows a client by both names', async () => {
  await sent('foreign', FROM_ID);
  await bench.inbound({ number: CLIENT, fromId: FROM_ID });
  await expect(others()).resolves.toMatchObject([{ to: CLIENT }]);
  await send('one', 'u1');
  await backdate('foreign', -1000);
  await expect(others()).resolves.toEqual([]);
});

it('keeps what is noted for a while, and so many', async () => {
  await sent('old');
  await backdate('old', 91 * 24 * HOUR);
  await sent('new');
  await expect(redis.client.zrange(bench.keys.fixed.others, '0', '-1')).resolves.toEqual(['new']);
  await expect(redis.client.hkeys(bench.keys.fixed.othersTo)).resolves.toEqual(['new']);
});

type Step = { readonly do: 'receipt' | 'settle'; readonly message: string };

/** Ours are settled once; each message's receipt may come before or after, once or more. */
const anyOrder = fc
  .uniqueArray(fc.constantFrom('u1', 'u2', 'u3', 'x1', 'x2'), { minLength: 1 })
  .chain((messages) => {
    const steps: Step[] = messages.flatMap((message): Step[] => [
      { do: 'receipt', message },
      ...(message.startsWith('u') ? [{ do: 'settle', message } as const] : []),
      { do: 'receipt', message },
    ]);
    return fc.shuffledSubarray(steps, { minLength: steps.length });
  });

it('comes to the same, in whatever order receipts and settles come', async () => {
  await fc.assert(
    fc.asyncProperty(anyOrder, async (steps) => {
      await redis.client.flushall();
      for (const { do: what, message } of steps) {
        if (what === 'receipt') await sent(message);
        else await send(message, message);
      }
      const foreign = [...new Set(steps.map(({ message }) => message))].filter((each) =>
        each.startsWith('x'),
      );
      const noted = await redis.client.zrange(bench.keys.fixed.others, '0', '-1');
      expect(noted.sort()).toEqual(foreign.sort());
      const own = steps.filter((step) => step.do === 'settle').length;
      const rows = await ours();
      expect(rows.reduce((sum, { messages }) => sum + messages, 0)).toBe(own);
      expect(rows).toHaveLength(own > 0 ? 1 : 0);
    }),
    { numRuns: 60 },
  );
});
