import { HOUR } from '../../src/domain/time.js';
import { renewBudget } from '../../src/redis/budget.js';
import { setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import {
  accepted,
  account,
  type Bench,
  delivery,
  FROM,
  inbound,
  JOB_AT,
  jobOf,
  openBench,
  PREFIX,
  receipt,
  windowClosed,
} from './bench.js';
import { type Dump, dump } from './dump.js';

// ioredis sends a command again when the connection breaks before its reply: what was done must not be done twice.
const redis = withRedis();
let bench: Bench;
const one = delivery('one');
const two = delivery('two');
const written = inbound();

beforeEach(async () => {
  bench = openBench(redis.client);
  await bench.accept(one);
  await bench.accept(two);
});

type Case = {
  readonly what: string;
  readonly before?: () => Promise<unknown>;
  readonly send: () => Promise<unknown>;
  /** How a second answer may differ. */
  readonly again?: (first: unknown) => unknown;
};

const sending = () => bench.claim(one);
const unknown = async () => {
  await bench.claim(one);
  await bench.doubt(one);
};
const closed = () => bench.closeWindow();
const at = { now: expect.any(Number) };
const settling = { account: account(), reason: 'history', gate: null };
const reading = { reading: 'r1', absent: true, lagMs: 0, found: 'absent' };

const cases: readonly Case[] = [
  {
    what: 'preflight',
    send: () =>
      bench.store.notePreflight(one, {
        ...{ look: 'l1', link: 'link-a', found: 'http_503', detail: '', looks: 1, validMs: 0, againMs: HOUR },
      }),
    again: () => expect.any(Number),
  },
  {
    what: 'accept',
    send: () => bench.accept(delivery('three')),
    again: () => ({ kind: 'again', status: 'waiting', jobAt: expect.any(Number) }),
  },
  {
    what: 'accept of a job that is refused',
    send: () => bench.store.refuse({ from: FROM, id: 'bad', to: '' }, jobOf({ id: 'bad' }), '[]'),
  },
  {
    what: 'claim',
    send: sending,
    again: (first) => ({ ...asObject(first), facts: expect.objectContaining(at) }),
  },
  {
    what: 'claim that is refused',
    send: () => bench.claim(two),
    again: (first) => ({ ...asObject(first), facts: expect.objectContaining(at) }),
  },
  { what: 'park', before: closed, send: () => bench.store.park(one, { status: 'waiting', reason: 'limit' }) },
  { what: 'park of a held delivery', before: closed, send: () => bench.holdForWindow(one) },
  {
    what: 'look',
    before: () => bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' }),
    send: () => bench.store.look(two),
  },
  { what: 'conclude', send: () => bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' }) },
  {
    what: 'settle',
    before: sending,
    send: () => bench.settle(one),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'settle of a given up attempt',
    before: unknown,
    send: () => bench.settle(one),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'postpone',
    before: sending,
    send: () => bench.postpone(one, { delayMs: HOUR }),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'postpone that corrects the window',
    before: async () => {
      await bench.inbound({ timestamp: Date.now() - HOUR });
      await later();
      await sending();
    },
    send: () => bench.postpone(one, { outcome: windowClosed(), status: 'held', reason: 'window' }),
    // Only the first answer tells of the correction, for a metric.
    again: (first) => ({ ...asObject(first), ...at, windowCorrected: false }),
  },
  {
    what: 'postpone of a given up attempt',
    before: unknown,
    send: () => bench.postpone(one, { delayMs: HOUR }),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'doubt',
    before: sending,
    send: () => bench.doubt(one),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'proof from the history',
    before: unknown,
    send: () => bench.attempts.prove({ ...one, attempt: 'a1' }, accepted(), settling),
    again: (first) => ({ ...asObject(first), ...at }),
  },
  {
    what: 'reading of the history that shows nothing',
    before: async () => {
      await bench.claim(one, { horizonMs: 0 });
      await bench.doubt(one);
    },
    send: () => bench.attempts.noteAsked({ ...one, attempt: 'a1' }, reading),
  },
  {
    what: 'renewal of the budget',
    send: () => renewBudget(redis.client, PREFIX, { from: FROM, budget: account().budget, now: Date.now() }),
  },
  {
    what: 'recall of a message of the client',
    before: async () => {
      await closed();
      await bench.holdForWindow(one);
    },
    send: () => bench.store.recall(one, { kind: 'wrote', at: JOB_AT }),
  },
  { what: 'recall of silence', send: () => bench.store.recall(one, { kind: 'silent' }) },
  { what: 'resign', before: unknown, send: () => bench.store.resign(one) },
  {
    what: 'inbound',
    before: async () => {
      await closed();
      await bench.holdForWindow(one);
    },
    send: () => bench.callbacks.applyInbound(written),
    again: () => ({ kind: 'duplicate' }),
  },
  {
    what: 'receipt',
    before: async () => {
      await sending();
      await bench.settle(one);
    },
    send: () => bench.callbacks.applyReceipt(receipt('failed', 'u1', '7')),
    again: () => ({ kind: 'duplicate' }),
  },
  {
    what: 'receipt that comes early',
    send: () => bench.callbacks.applyReceipt(receipt('failed', 'u1', '7')),
    again: () => ({ kind: 'duplicate' }),
  },
  {
    what: 'gate',
    send: () => setGate(redis.client, PREFIX, { from: FROM, state: 'paused', reason: 'operator' }),
  },
  {
    what: 'overdue',
    before: () => redis.client.del(bench.keys.record('one')),
    send: () => bench.store.overdue(FROM, 9),
  },
];

it.each(cases)('does $what once, however often it is sent', async ({ before, send, again }) => {
  await before?.();
  const answer = await send();
  const state = await dump(redis.client);
  const second = await send();
  expect(second).toEqual(again === undefined ? answer : again(answer));
  expect(withoutLooks(await dump(redis.client))).toEqual(withoutLooks(state));
});

/** When the sweeper looks next, and when the history was last asked, are all that a repetition may move. */
function withoutLooks(state: Dump): Dump {
  const looks = /"historyAskedAt":"\d+"/g;
  const plain: Dump = JSON.parse(JSON.stringify(state).replace(looks, '"historyAskedAt":"asked"'));
  return Object.fromEntries(Object.entries(plain).filter(([name]) => name !== bench.keys.fixed.wake));
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error(`no object but ${String(value)}`);
  return value;
}

/** The clock has millisecond steps: what comes next shall not be of the same one. */
async function later(): Promise<void> {
  const [second = 0, micros = 0] = (await redis.client.time()).map(Number);
  const passed = second * 1000 + Math.floor(micros / 1000) + 1;
  for (let now = 0; now < passed; ) {
    const [s = 0, us = 0] = (await redis.client.time()).map(Number);
    now = s * 1000 + Math.floor(us / 1000);
  }
}
