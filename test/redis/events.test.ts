import { DAY, MINUTE } from '../../src/domain/time.js';
import { dropEvents, newestPosition, readEvents } from '../../src/redis/events.js';
import { setGate } from '../../src/redis/gate.js';
import { deadEventsKey } from '../../src/redis/keys.js';
import { createPushStore } from '../../src/redis/push-store.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { accepted, account, type Bench, delivery, FROM, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');

beforeEach(() => {
  bench = openBench(redis.client);
});

const read = (after: string) =>
  readEvents(redis.client, PREFIX, {
    from: FROM,
    after,
    sealer: PLAIN,
    nameOf: (from) => (from === FROM ? 'shop' : undefined),
  });
const events = async (after = '0-0') => (await read(after)).events.map(({ event }) => event);
const stream = () => bench.keys.fixed.events;

/** Adds so many events at these times. */
async function tell(...times: readonly number[]): Promise<void> {
  for (const at of times) {
    const fields = ['delivery', `d${at}`, 'status', 'queued', 'reason', '', 'attempt', '0'];
    await redis.client.xadd(stream(), `${at}-0`, ...fields);
  }
}

describe('a delivery’s events', () => {
  it('tell its metadata and attempt from the start, and the provider’s id from the acceptance on', async () => {
    await bench.accept({ ...one, metadata: { order: '7' } });
    await bench.claim(one);
    await bench.settle(one, { outcome: accepted({ unique: 'u1' }) });
    const base = { from: FROM, account: 'shop', deliveryId: 'one', metadata: { order: '7' } };
    expect(await events()).toMatchObject([
      {
        type: 'delivery.queued',
        data: { ...base, status: 'queued', reason: null, attempt: 0, unique: null },
      },
      { type: 'delivery.sending', data: { ...base, status: 'sending', attempt: 1, unique: null } },
      { type: 'delivery.accepted', data: { ...base, status: 'accepted', attempt: 1, unique: 'u1' } },
    ]);
  });

  it('have an id and a time, and nothing of the recipient', async () => {
    await bench.accept(one);
    const [event] = await events();
    expect(event).toMatchObject({ id: expect.stringMatching(new RegExp(`^${FROM}-\\d+-\\d+$`)) });
    expect(Date.parse(event?.timestamp ?? '')).toBeGreaterThan(Date.now() - MINUTE);
    expect(JSON.stringify(event)).not.toContain(one.to);
  });

  it('tell one that waits as queued, with what it waits for', async () => {
    await bench.accept(one);
    await bench.accept(delivery('two'));
    expect((await events()).at(-1)).toMatchObject({
      type: 'delivery.queued',
      data: { deliveryId: 'two', status: 'waiting', reason: 'lane' },
    });
  });
});

describe('an account’s events', () => {
  const pause = (state: 'paused' | 'open') =>
    setGate(redis.client, PREFIX, { from: FROM, state, reason: 'fire' });

  it('tell a pause and its end once each', async () => {
    for (const state of ['paused', 'paused', 'open', 'open'] as const) await pause(state);
    expect(await events()).toMatchObject([
      {
        type: 'account.paused',
        data: { from: FROM, account: 'shop', reason: 'fire', by: 'operator', who: null, source: null },
      },
      { type: 'account.resumed', data: { from: FROM, account: 'shop', reason: 'fire', by: 'operator' } },
    ]);
  });

  it('tell the pause that an account error brings', async () => {
    await bench.accept(one);
    await bench.claim(one);
    const gate = { kind: 'paused', reason: '3' } as const;
    await bench.postpone(one, { status: 'held', reason: 'account', gate });
    expect(await events()).toMatchObject([
      {},
      {},
      { type: 'account.paused', data: { reason: '3', by: 'worker' } },
      { type: 'delivery.held', data: { reason: 'account' } },
    ]);
  });

  it('tell once that a budget is used up, and again when a raised one is', async () => {
    const claimFor = (id: string, perDay: number) =>
      bench.claim(delivery(id, { to: `9725012345${id}` }), {
        account: account({ budget: { perDay, perMonth: null, timeZone: 'UTC' } }),
        attempt: `a${id}`,
      });
    for (const id of ['10', '11', '12', '13', '14'])
      await bench.accept(delivery(id, { to: `9725012345${id}` }));
    await claimFor('10', 1);
    await claimFor('11', 1);
    await claimFor('12', 1);
    await claimFor('11', 2);
    await claimFor('13', 2);
    const told = (await events()).filter(({ type }) => type === 'budget.exhausted');
    const today = new Date().toISOString().slice(0, 10);
    const tomorrow = `${new Date(Date.now() + DAY).toISOString().slice(0, 10)}T00:00:00.000Z`;
    expect(told.map(({ data }) => data)).toEqual([
      { from: FROM, account: 'shop', period: today, limit: 1, renewsAt: tomorrow },
      { from: FROM, account: 'shop', period: today, limit: 2, renewsAt: tomorrow },
    ]);
  });
});

describe('a reader', () => {
  it('reads on where it was, and stays there when there is nothing new', async () => {
    await tell(1000, 2000, 3000);
    expect(await read('2000-0')).toMatchObject({ events: [{ position: '3000-0' }], next: '3000-0' });
    expect(await read('3000-0')).toEqual({ events: [], next: '3000-0' });
  });

  it('passes over what a later version has written', async () => {
    await redis.client.xadd(stream(), '1000-0', 'weather', 'rain');
    expect(await read('0-0')).toEqual({ events: [], next: '1000-0' });
  });

  it('is told of a gap when what comes after its last event has been dropped', async () => {
    await tell(1000, 2000, 3000);
    await redis.client.xtrim(stream(), 'MINID', '=', 3000);
    expect(await events('1000-0')).toMatchObject([
      { id: `${FROM}-3000-0`, type: 'gap', data: { from: FROM, account: 'shop', after: `${FROM}-1000-0` } },
      { id: `${FROM}-3000-0`, type: 'delivery.queued' },
    ]);
  });

  it('is told of none while its last event is kept', async () => {
    await tell(1000, 2000, 3000);
    await redis.client.xtrim(stream(), 'MINID', '=', 2000);
    expect(await events('2000-0')).toMatchObject([{ type: 'delivery.queued' }]);
  });

  it('is told of none where it begins at a time before which nothing was dropped', async () => {
    await tell(2000, 3000);
    expect(await events('1000-0')).toMatchObject([{ type: 'delivery.queued' }, { type: 'delivery.queued' }]);
  });

  it('is told of none when it asks for all that is kept', async () => {
    await tell(1000, 2000);
    await redis.client.xtrim(stream(), 'MINID', '=', 2000);
    expect(await events('0-0')).toMatchObject([{ type: 'delivery.queued' }]);
  });

  it('is told of a gap once when nothing at all is left', async () => {
    await tell(1000, 2000);
    await redis.client.xtrim(stream(), 'MINID', '=', 3000);
    const { events: told, next } = await read('1000-0');
    expect(told).toMatchObject([{ event: { type: 'gap' } }]);
    expect(await read(next)).toEqual({ events: [], next: '2000-0' });
  });

  it('is told of none when single events were erased', async () => {
    await tell(1000, 2000, 3000);
    await redis.client.xdel(stream(), '2000-0');
    expect(await events('2000-0')).toMatchObject([{ type: 'delivery.queued' }]);
  });

  it('finds the end of the stream, and that of an empty one', async () => {
    expect(await newestPosition(redis.client, PREFIX, FROM)).toBe('0-0');
    await tell(1000, 2000);
    expect(await newestPosition(redis.client, PREFIX, FROM)).toBe('2000-0');
  });
});

it('drops every event that is too old, and never newer ones', async () => {
  await tell(...Array.from({ length: 250 }, (_, index) => index + 1));
  await dropEvents(redis.client, PREFIX, { from: FROM, before: 221 });
  expect((await events())[0]?.id).toBe(`${FROM}-221-0`);
});

it('drops what an endpoint did not take as well, also one that is configured no more', async () => {
  const store = createPushStore(redis.client, PREFIX, PLAIN);
  await store.begin('gone', FROM);
  const data = { from: FROM, account: 'shop', reason: 'fire', by: 'operator', who: null, source: null };
  const event = {
    id: `${FROM}-1-1`,
    type: 'account.paused',
    timestamp: '2025-11-22T12:36:40.000Z',
    data,
  } as const;
  await store.bury('gone', event, 'http_500');
  await dropEvents(redis.client, PREFIX, { from: FROM, before: Date.now() - 60_000 });
  await expect(redis.client.xlen(deadEventsKey(PREFIX, 'gone'))).resolves.toBe(1);
  await dropEvents(redis.client, PREFIX, { from: FROM, before: Date.now() + 60_000 });
  await expect(redis.client.xlen(deadEventsKey(PREFIX, 'gone'))).resolves.toBe(0);
});
