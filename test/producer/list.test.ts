import fc from 'fast-check';
import type { Status } from '../../src/domain/status.js';
import { UnknownAccountError, ValidationError } from '../../src/index.js';
import { type ListFilter, listDeliveries } from '../../src/producer/list.js';
import { accountKeys } from '../../src/redis/keys.js';
import { readStep } from '../../src/redis/lists.js';
import { PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';

const redis = withRedis();
const ACCOUNTS = ['972771234567', '972771234568', '972771234569'];
const TO = '972501234567';
const INDEXED: readonly Status[] = ['waiting', 'held', 'unknown', 'failed', 'expired', 'cancelled'];

type Made = {
  readonly from: string;
  readonly id: string;
  readonly createdAt: number;
  readonly status: Status;
};

const deps = (accounts: readonly string[] = ACCOUNTS) => ({
  accounts: async () => accounts.map((from, index) => ({ from, name: `account-${index}` })),
  readStep: (asked: Parameters<typeof readStep>[2]) => readStep(redis.client, PREFIX, asked),
});
const list = (filter: ListFilter) => listDeliveries(filter, deps());

/** As the scripts leave a delivery that was made then. */
async function make(all: readonly Made[]): Promise<void> {
  const pipeline = redis.client.pipeline();
  for (const { from, id, createdAt, status } of all) {
    const keys = accountKeys(PREFIX, from);
    pipeline.hset(keys.record(id), {
      to: TO,
      status,
      reason: '',
      createdAt,
      sendAt: 0,
      expiresAt: createdAt + 9,
    });
    pipeline.zadd(keys.fixed.deliveries, createdAt, `${id} ${TO}`);
    pipeline.zadd(keys.recipientDeliveries(TO), createdAt, id);
    if (INDEXED.includes(status)) pipeline.zadd(`${keys.fixed.statusPrefix}${status}`, createdAt, id);
  }
  await pipeline.exec();
}

async function move({ from, id, createdAt, status }: Made, to: Status): Promise<void> {
  const keys = accountKeys(PREFIX, from);
  const indexOf = (name: Status) => `${keys.fixed.statusPrefix}${name}`;
  await redis.client.hset(keys.record(id), 'status', to);
  if (INDEXED.includes(status)) await redis.client.zrem(indexOf(status), id);
  if (INDEXED.includes(to)) await redis.client.zadd(indexOf(to), createdAt, id);
}

const remove = ({ from, id }: Made) => redis.client.del(accountKeys(PREFIX, from).record(id));
const nameOf = ({ from, id }: { readonly from: string; readonly id: string }) => `${from}/${id}`;

async function pageThrough(
  filter: ListFilter,
  between: (page: number) => Promise<void> = async () => undefined,
) {
  const shown: string[] = [];
  for (let cursor: string | null | undefined, page = 1; cursor !== null; page += 1) {
    if (page > 500) throw new Error('the pages never end');
    const next = await list({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
    shown.push(...next.deliveries.map(nameOf));
    cursor = next.cursor;
    await between(page);
  }
  return shown;
}

const status = fc.constantFrom<Status>('queued', 'waiting', 'held', 'accepted', 'delivered', 'failed');
const made = fc.record({
  from: fc.constantFrom(...ACCOUNTS),
  id: fc.stringMatching(/^[A-Za-z0-9._~-]{1,3}$/),
  // Few moments: many are made in the same millisecond.
  createdAt: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_003 }),
  status,
});
const many = fc.uniqueArray(made, { maxLength: 60, selector: nameOf });
const filter = fc.record<ListFilter>(
  { from: fc.constantFrom(...ACCOUNTS), to: fc.constant(TO), status, limit: fc.integer({ min: 1, max: 7 }) },
  { requiredKeys: ['limit'] },
);
const change = fc.record({
  page: fc.integer({ min: 1, max: 6 }),
  which: fc.nat(),
  what: fc.oneof(fc.constant('remove' as const), status),
});

it('shows each that is there and matches all the while on exactly one page, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(many, filter, fc.array(change, { maxLength: 12 }), async (all, asked, changes) => {
      await redis.client.flushall();
      await make(all);
      const touched = new Set<string>();
      const shown = await pageThrough(asked, async (page) => {
        for (const { which, what } of changes.filter((each) => each.page === page)) {
          const chosen = all[which % Math.max(1, all.length)];
          if (chosen === undefined || touched.has(nameOf(chosen))) continue;
          touched.add(nameOf(chosen));
          await (what === 'remove' ? remove(chosen) : move(chosen, what));
        }
      });
      expect(new Set(shown).size).toBe(shown.length);
      const steady = all.filter(
        (each) =>
          !touched.has(nameOf(each)) &&
          (asked.from === undefined || each.from === asked.from) &&
          (asked.status === undefined || each.status === asked.status),
      );
      expect(shown.filter((name) => !touched.has(name)).sort()).toEqual(steady.map(nameOf).sort());
      const times = new Map(all.map((each) => [nameOf(each), each.createdAt]));
      const order = shown.map((name) => times.get(name) ?? 0);
      expect(order).toEqual([...order].sort((one, other) => other - one));
    }),
    { numRuns: 60 },
  );
});

it('shows what stays alone, while new ones come in front', async () => {
  const all = Array.from({ length: 20 }, (_, n) => at(`old-${n}`, 1_700_000_000_000 + n));
  await make(all);
  let fresh = 0;
  const shown = await pageThrough({ limit: 3 }, async () => {
    fresh += 1;
    await make([at(`new-${fresh}`, 1_800_000_000_000 + fresh)]);
  });
  expect(shown).toEqual([...all].reverse().map(nameOf));
});

function at(id: string, createdAt: number, more: Partial<Made> = {}): Made {
  return { from: ACCOUNTS[0] ?? '', id, createdAt, status: 'queued', ...more };
}

it.each([
  ['epoch milliseconds', (time: number) => time],
  ['ISO 8601', (time: number) => new Date(time).toISOString()],
  ['a Date', (time: number) => new Date(time)],
])('keeps to the time span, both ends included, told as %s', async (_, as) => {
  await make([1, 2, 3, 4].map((n) => at(`d-${n}`, 1_700_000_000_000 + n)));
  const asked = { since: as(1_700_000_000_002), until: as(1_700_000_000_003) };
  expect((await pageThrough({ ...asked, limit: 1 })).map((name) => name.split('/')[1])).toEqual([
    'd-3',
    'd-2',
  ]);
});

it('lists 10,000 deliveries of 200 accounts, each once, with a bounded look at Redis a page', async () => {
  const accounts = Array.from({ length: 200 }, (_, n) => `97277${String(n).padStart(7, '0')}`);
  const all = Array.from({ length: 10_000 }, (_, n) =>
    at(`d-${n}`, 1_700_000_000_000 + n, {
      from: accounts[n % 200] ?? '',
      status: n % 100 === 0 ? 'failed' : 'read',
    }),
  );
  await make(all);
  let steps = 0;
  const counted = {
    ...deps(accounts),
    readStep: (asked: Parameters<typeof readStep>[2]) => {
      steps += 1;
      return readStep(redis.client, PREFIX, asked);
    },
  };
  const shown: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    steps = 0;
    const page = await listDeliveries({ limit: 500, ...(cursor === undefined ? {} : { cursor }) }, counted);
    expect(steps).toBeLessThanOrEqual(400);
    shown.push(...page.deliveries.map(({ id }) => id));
    cursor = page.cursor;
  }
  expect(shown).toEqual([...all].reverse().map(({ id }) => id));
  const failed = await listDeliveries({ status: 'failed', limit: 500 }, counted);
  expect(failed.deliveries).toHaveLength(100);
});

it('makes short pages of what is rare on the happy path, and always tells that more may follow', async () => {
  const all = Array.from({ length: 6000 }, (_, n) => at(`d-${n}`, 1_700_000_000_000 + n, { status: 'read' }));
  await make([...all, at('rare', 1_600_000_000_000, { status: 'sent' })]);
  const first = await list({ status: 'sent' });
  expect(first).toMatchObject({ deliveries: [], cursor: expect.any(String) });
  expect(await pageThrough({ status: 'sent' })).toEqual([`${ACCOUNTS[0]}/rare`]);
});

it('ends although many records have expired, and drops them', async () => {
  const all = Array.from({ length: 3000 }, (_, n) => at(`d-${n}`, 1_700_000_000_000 + n));
  await make(all);
  const { recordPrefix, deliveries } = accountKeys(PREFIX, ACCOUNTS[0] ?? '').fixed;
  await redis.client.del(...all.slice(1).map(({ id }) => `${recordPrefix}${id}`));
  expect(await pageThrough({ limit: 1 })).toEqual([`${ACCOUNTS[0]}/d-0`]);
  await expect(redis.client.zcard(deliveries)).resolves.toBe(1);
});

it('sees no account but those that the caller may see', async () => {
  await make(ACCOUNTS.map((from) => at('d-1', 1_700_000_000_000, { from })));
  const visible = ACCOUNTS.slice(1);
  expect(new Set(await pageThrough({ visible }))).toEqual(new Set(visible.map((from) => `${from}/d-1`)));
  await expect(list({ visible, from: 'account-0' })).rejects.toThrow(UnknownAccountError);
  await expect(list({ visible, from: 'account-1' })).resolves.toMatchObject({ deliveries: [{ id: 'd-1' }] });
});

it.each<[string, ListFilter]>([
  ['/limit', { limit: 0 }],
  ['/limit', { limit: 501 }],
  ['/to', { to: 'nobody' }],
  ['/cursor', { cursor: '' }],
  ['/cursor', { cursor: 'zzz' }],
  ['/cursor', { cursor: Buffer.from('[1,"a b","c"]').toString('base64url') }],
  ['/cursor', { cursor: Buffer.from('[1.5,"a","c"]').toString('base64url') }],
  ['/cursor', { cursor: Buffer.from('["1","a","c"]').toString('base64url') }],
  ['/cursor', { cursor: Buffer.from('[1,"a","c",2]').toString('base64url') }],
])('refuses %s that is not one: %j', async (pointer, asked) => {
  const refused = list(asked);
  await expect(refused).rejects.toThrow(ValidationError);
  await expect(refused).rejects.toMatchObject({ errors: [{ pointer }] });
});

it('shows no number in a cursor', async () => {
  await make([1, 2].map((n) => at(`d-${n}`, n)));
  const { cursor } = await list({ limit: 1 });
  const text = Buffer.from(cursor ?? '', 'base64url').toString();
  for (const number of [...ACCOUNTS, TO]) expect(text).not.toContain(number);
});
