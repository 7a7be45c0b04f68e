import { withRedis } from '../support/redis.js';
import { accepted, account, type Bench, delivery, FROM_ID, openBench, rejected } from './bench.js';

// What is asked for in one turn of the event loop goes to Redis in one call: each counts what those before it took.
const redis = withRedis();
let bench: Bench;
const COUNT = 60;

beforeEach(() => {
  bench = openBench(redis.client);
});

const some = Array.from({ length: COUNT }, (_, index) =>
  delivery(`n${index}`, { to: `97250000${1000 + index}` }),
);
const acceptAll = () => Promise.all(some.map((one) => bench.accept(one)));
const first = some[0] ?? delivery('none');

async function claimAll(of = account()) {
  const claims = await Promise.allSettled(
    some.map((one) => bench.claim(one, { attempt: `a-${one.id}`, account: of })),
  );
  return claims.map((claim) => {
    if (claim.status === 'rejected') return String(claim.reason);
    return claim.value.kind === 'refused' ? claim.value.refusal.why : claim.value.kind;
  });
}

const settles = (outcome = accepted) =>
  some.map((one) =>
    bench.settle(one, { attempt: `a-${one.id}`, outcome: outcome({ unique: `u-${one.id}` }) }),
  );
const settleAll = () => Promise.all(settles());

const count = (verdicts: readonly string[], verdict: string) =>
  verdicts.filter((each) => each === verdict).length;

/** How often our script has been called, whatever else was. */
async function callsOf(run: () => Promise<unknown>): Promise<number> {
  await redis.client.config('RESETSTAT');
  await run();
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0);
}

it('takes a call for each twenty-five', async () => {
  await acceptAll();
  await claimAll();
  await settleAll();
  // Known to this Redis by now.
  await redis.client.flushdb();
  await acceptAll();
  await expect(callsOf(claimAll)).resolves.toBe(3);
  await expect(callsOf(settleAll)).resolves.toBe(3);
});

it('gives each its own answer, in whatever order they come', async () => {
  await acceptAll();
  await bench.settle(first, { attempt: 'none' });
  await claimAll();
  const settled = await settleAll();
  expect(settled.map(({ status }) => status)).toEqual(some.map(() => 'accepted'));
  await expect(
    Promise.all(some.map(({ id }) => redis.client.hget(bench.keys.record(id), 'unique'))),
  ).resolves.toEqual(some.map(({ id }) => `u-${id}`));
});

it('keeps to the pace of the account', async () => {
  await acceptAll();
  const verdicts = await claimAll(account({ ratePerSecond: 20 }));
  // At once, and what is booked for the next 100 ms.
  expect(count(verdicts, 'go')).toBe(3);
  expect(count(verdicts, 'rate')).toBe(COUNT - 3);
  await expect(claimAll(account({ ratePerSecond: 20 }))).resolves.toContain('rate');
});

it('opens no more sessions than the budget allows', async () => {
  await acceptAll();
  const verdicts = await claimAll(account({ budget: { perDay: 7, perMonth: null, timeZone: 'UTC' } }));
  expect([count(verdicts, 'go'), count(verdicts, 'budget')]).toEqual([7, COUNT - 7]);
});

it('lets one probe pass while the breaker watches', async () => {
  await acceptAll();
  const { gate } = bench.keys.fixed;
  await redis.client.hset(gate, { state: 'until', until: Date.now() - 1, reason: 'breaker', trips: 1 });
  const verdicts = await claimAll();
  expect([count(verdicts, 'go'), count(verdicts, 'gate_until')]).toEqual([1, COUNT - 1]);
});

it('sends one at a time of a conversation', async () => {
  const lane = Array.from({ length: 5 }, (_, index) => delivery(`lane${index}`));
  await Promise.all(lane.map((one) => bench.accept(one)));
  const claims = await Promise.all(lane.map((one) => bench.claim(one, { attempt: one.id })));
  expect(claims.map(({ kind }) => kind)).toEqual(['go', 'refused', 'refused', 'refused', 'refused']);
  await bench.settle(delivery('lane0'), { attempt: 'lane0' });
  const again = await Promise.all(lane.map((one) => bench.claim(one, { attempt: one.id })));
  expect(again.map(({ kind }) => kind)).toEqual(['ended', 'go', 'refused', 'refused', 'refused']);
});

it('opens the window of each client who writes', async () => {
  const write = (name: string) =>
    Promise.all(some.map(({ id, to }) => bench.inbound({ number: to, unique: `${name}-${id}` })));
  await write('before');
  await redis.client.flushdb();
  await expect(callsOf(() => write('first'))).resolves.toBe(3);
  const again = await write('first');
  expect(again.map(({ kind }) => kind)).toEqual(some.map(() => 'duplicate'));
  const conversations = await Promise.all(some.map(({ to }) => bench.conversation(to)));
  expect(conversations.filter(({ closesAt }) => Number(closesAt) > Date.now())).toHaveLength(COUNT);
});

it('makes one conversation of a client’s two names, whatever else comes with them', async () => {
  const byId = { number: null, fromId: FROM_ID };
  await bench.accept(delivery('by id', { to: FROM_ID }));
  const written = await Promise.all([byId, { fromId: FROM_ID }, {}, byId].map((one) => bench.inbound(one)));
  expect(written.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'applied', 'applied']);
  await expect(bench.lane()).resolves.toEqual(['by id']);
  await expect(bench.conversation(FROM_ID)).resolves.toEqual({});
});

it('does not let one that is broken spoil the others', async () => {
  await acceptAll();
  await redis.client.del(bench.keys.record(first.id));
  await redis.client.set(bench.keys.record(first.id), 'not a hash');
  const verdicts = await claimAll();
  expect(verdicts[0]).toMatch(/WRONGTYPE/);
  expect(count(verdicts, 'go')).toBe(COUNT - 1);
});

it('tells what Redis refuses to everybody as Redis tells it', async () => {
  await acceptAll();
  await claimAll();
  await redis.client.config('SET', 'maxmemory', '1');
  try {
    const refused = await Promise.allSettled(settles(() => rejected()));
    for (const one of refused)
      expect(one).toMatchObject({ reason: { message: expect.stringMatching(/^OOM/) } });
  } finally {
    await redis.client.config('SET', 'maxmemory', '0');
  }
  const settled = await settleAll();
  expect(settled.map(({ status }) => status)).toEqual(some.map(() => 'accepted'));
});
