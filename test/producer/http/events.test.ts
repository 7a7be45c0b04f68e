import { SECOND } from '../../../src/domain/time.js';
import { allEvents, missing, outOfOrder } from '../../push/told.js';
import { BOSS, startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { seeded } from '../../support/seeded.js';
import { FROM, requestTo, SHOP, startStack } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';
import { type Reading, readStream, type Sent } from './event-reader.js';

const redis = withRedis();
const KIOSK = { ...SHOP, from: '972771234568', name: 'kiosk' };
const CLERK = { name: 'clerk', secret: 'secret-of-the-clerk', accounts: ['kiosk'], roles: ['read'] };
const SENDER = { name: 'sender', secret: 'secret-of-the-sender', roles: ['send'] };
let api: TestApi;

beforeEach(async () => {
  const env = { WAYBILL_ACCOUNTS: JSON.stringify([SHOP, KIOSK]) };
  api = await startApi(redis.url, { keys: [BOSS, CLERK, SENDER], env });
});
afterEach(() => api.close());

const stream = (from: string) => `waybill:{${from}}:events`;
const tell = (from: string, delivery: string, at = '*') =>
  redis.client.xadd(stream(from), at, 'delivery', delivery, 'status', 'queued', 'reason', '', 'attempt', '0');

async function pagesRead(): Promise<number> {
  return Number(/evalsha:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1]);
}

/** The first so many events. */
async function first(count: number, reading: Reading = {}): Promise<Sent[]> {
  const seen: Sent[] = [];
  for await (const sent of readStream(api.url, { ...reading, signal: AbortSignal.timeout(20 * SECOND) })) {
    seen.push(sent);
    if (seen.length === count) break;
  }
  return seen;
}

it('tells what becomes of a delivery, each event under its type', async () => {
  const stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  try {
    await stack.waybill.enqueue(requestTo('972501234567', { id: 'a', metadata: { order: '7' } }));
    const seen = await first(4, { query: '?after=0&from=shop' });
    expect(seen.map(({ type }) => type)).toEqual([
      'delivery.queued',
      'delivery.sending',
      'delivery.accepted',
      'delivery.sent',
    ]);
    expect(seen[2]?.event).toMatchObject({
      id: seen[2]?.id,
      type: 'delivery.accepted',
      timestamp: expect.any(String),
      data: {
        from: FROM,
        account: 'shop',
        deliveryId: 'a',
        metadata: { order: '7' },
        unique: expect.any(String),
      },
    });
  } finally {
    await stack.close();
  }
});

it('begins with what comes from now on where nothing else is asked', async () => {
  await tell(FROM, 'before', '1000-0');
  const reading = first(1);
  await eventually(async () => {
    await tell(FROM, 'after');
    return (await Promise.race([reading, null])) !== null;
  });
  expect(await reading).toMatchObject([{ event: { data: { deliveryId: 'after' } } }]);
});

it(
  'loses nothing to a reader of several accounts who is cut off at random and comes back',
  seeded(async (dice) => {
    const total = 400;
    const writing = (async () => {
      for (let count = 0; count < total; count += 1) {
        await tell(dice.chance(0.5) ? FROM : KIOSK.from, `d${dice.between({ min: 0, max: 19 })}`);
      }
    })();
    const seen: Sent[] = [];
    let cuts = 0;
    while (new Set(seen.map(({ event }) => event.id)).size < total) {
      const reading = { query: '?after=0', lastEventId: seen.at(-1)?.id };
      const signal = AbortSignal.timeout(dice.between({ min: 20, max: 2000 }));
      const cutAfter = dice.between({ min: 1, max: 30_000 });
      for await (const sent of readStream(api.url, { ...reading, signal, cutAfter })) seen.push(sent);
      cuts += 1;
    }
    await writing;
    expect(cuts).toBeGreaterThan(1);
    for (const from of [FROM, KIOSK.from]) {
      const told = await allEvents(redis.client, from);
      const events = seen.map(({ event }) => event);
      expect({ left: missing(told, events), turned: outOfOrder(told, events) }).toEqual({
        left: [],
        turned: [],
      });
    }
  }),
);

it('tells a reader of the gap who comes back for what is not kept any more', async () => {
  for (const at of [1, 2, 3]) await tell(FROM, `d${at}`, `${at}000-0`);
  const [before] = await first(1, { query: '?after=0' });
  await redis.client.xtrim(stream(FROM), 'MINID', '=', 3000);
  const seen = await first(2, { query: '?after=0', lastEventId: before?.id });
  expect(seen).toMatchObject([
    { type: 'gap', event: { data: { from: FROM, account: 'shop', after: `${FROM}-1000-0` } } },
    { type: 'delivery.queued', event: { data: { deliveryId: 'd3' } } },
  ]);
});

it('tells only the types that are wanted', async () => {
  await tell(FROM, 'a', '1000-0');
  await redis.client.xadd(stream(FROM), '2000-0', 'account', 'paused', 'reason', 'fire', 'by', 'operator');
  expect(await first(1, { query: '?after=0&types=account.paused,account.resumed' })).toMatchObject([
    { type: 'account.paused', event: { data: { from: FROM, account: 'shop', reason: 'fire' } } },
  ]);
});

it('tells a key of its own accounts alone', async () => {
  await tell(FROM, 'a', '1000-0');
  await tell(KIOSK.from, 'b', '2000-0');
  const seen = await first(1, { query: '?after=0', key: CLERK.secret });
  expect(seen).toMatchObject([{ event: { data: { from: KIOSK.from } } }]);
});

it.each([
  ['another account than the key’s', '?from=shop', CLERK.secret, 404],
  ['a key that may not read', '', SENDER.secret, 403],
  ['no cursor', '?after=$', BOSS.secret, 422],
  ['no type', '?types=delivery.lost', BOSS.secret, 422],
])('refuses %s', async (...[, query, key, status]) => {
  expect(await api.call('GET', `/v1/events${query}`, { key })).toMatchObject({ status });
});

it('reads no further than its reader does', async () => {
  const many = redis.client.pipeline();
  const reason = 'x'.repeat(2000);
  for (let count = 1; count <= 20_000; count += 1) {
    many.xadd(stream(FROM), `${count}-0`, 'delivery', `d${count}`, 'status', 'held', 'reason', reason);
  }
  await many.exec();
  await redis.client.call('CONFIG', 'RESETSTAT');
  const slow = readStream(api.url, { query: '?after=0' });
  await slow.next();
  const pages = await eventually(async () => {
    const [before, after] = [await pagesRead(), await pagesRead()];
    return before === after && after;
  });
  // 200 pages are there; what fits into the sockets’ buffers on both sides is read.
  expect(pages).toBeLessThan(150);
  await slow.return(undefined);
});

it('ends the streams when the process is told to end', async () => {
  await tell(FROM, 'a');
  const reading = readStream(api.url, { query: '?after=0' });
  await reading.next();
  const rest = reading.next();
  await api.close();
  expect(await rest).toEqual({ done: true, value: undefined });
});
