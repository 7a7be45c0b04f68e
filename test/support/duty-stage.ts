import type { Redis } from 'ioredis';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createWaybill, type Waybill } from '../../src/index.js';
import { listAccounts } from '../../src/redis/accounts.js';
import { accountKeys } from '../../src/redis/keys.js';
import { type ApiOptions, BOSS, startApi } from './api.js';
import { startStack } from './stack.js';
import { eventually } from './wait.js';

/** Its webhook is not set as it is needed. */
const SCHOOL = {
  from: '972771234571',
  name: 'school',
  ratePerSecond: 80,
  budget: { perDay: 400, perMonth: 6000 },
};
const ACCOUNTS = [
  { from: '972771234567', name: 'shop', ratePerSecond: 80, budget: { perDay: 500, perMonth: 9000 } },
  { from: '972771234568', name: 'clinic', ratePerSecond: 40, budget: { perDay: 200, perMonth: 4000 } },
  { from: '972771234569', name: 'bank', ratePerSecond: 80 },
  { from: '972771234570', name: 'travel', ratePerSecond: 20, budget: { perDay: 9, perMonth: 300 } },
  SCHOOL,
  { from: '972771234572', name: 'warehouse', ratePerSecond: 120 },
].map((account) => ({ ...account, apiKey: `key-of-${account.name}` }));
/** Nobody works for it. */
const COURIER = { from: '972771234573', name: 'courier', apiKey: 'key-of-courier', ratePerSecond: 80 };

export const REFUSED = '972500000001';
export const LOST = ['972500000002', '972500000003', '972500000004'] as const;
const UNPAID = '972500000005';

export type DutyStage = Awaited<ReturnType<typeof startDutyStage>>;

/** Accounts in every state that the people on duty may find them in, on a real stack. */
export async function startDutyStage(
  redis: { readonly url: string; readonly client: Redis },
  options: ApiOptions = {},
) {
  const env = { WAYBILL_ACCOUNTS: JSON.stringify(ACCOUNTS) };
  const stack = await startStack(redis.url, {
    env,
    sandbox: {
      accounts: ACCOUNTS.map(({ from, apiKey }) => ({ from, apiKey })),
      seed: 7,
      windowsOpen: true,
      faults: [
        { kind: 'fail', reason: 4, to: REFUSED, times: 'always' },
        { kind: 'http', status: 401, to: UNPAID, times: 'always' },
        ...LOST.map((to) => ({ kind: 'reset_after_reading' as const, to, times: 1 })),
      ],
    },
  });
  const api = await startApi(redis.url, {
    ...options,
    env: { WAYBILL_ACCOUNTS: JSON.stringify([...ACCOUNTS, COURIER]), ...options.env },
  });
  const waybill = createWaybill({
    redis: redis.url,
    accounts: [...ACCOUNTS, COURIER].map(({ from, name }) => ({ from, name })),
  });
  return {
    ...stack,
    api,
    key: (options.keys?.[0] ?? BOSS).secret,
    waybill,
    async close() {
      await waybill.close();
      await api.close();
      await stack.close();
    },
  };
}

/** Gives every account something to show. */
export async function playDuty(
  { api, key, waybill, sandbox, webhookUrl }: DutyStage,
  client: Redis,
): Promise<void> {
  for (const { from } of ACCOUNTS) {
    const isRight = from !== SCHOOL.from;
    sandbox.webhook({ url: webhookUrl, retry: isRight ? 1 : 0 }, { from });
  }
  const checked = async () => (await client.hlen('waybill:webhook-checks')) === ACCOUNTS.length;
  await eventually(checked, { timeoutMs: 40_000, what: 'a look at every webhook' });
  // A paused account stays so: no probe is good.
  sandbox.fault({ kind: 'http', status: 401, on: ['getWebhook'], times: 'always' });
  for (let client = 0; client < 20; client += 1)
    sandbox.windowLeft(numberAt(5, client), 0, { from: SCHOOL.from });
  const many = (name: string, count: number, account: number) =>
    waybill.enqueueMany(
      Array.from({ length: count }, (_, at) => request(name, `${name}-${1000 + at}`, numberAt(account, at))),
    );
  await many('shop', 180, 1);
  await many('warehouse', 60, 2);
  await many('travel', 14, 4);
  await many('school', 46, 5);
  await many('bank', 12, 6);
  await waybill.enqueueMany([
    request('shop', 'invoice-2207', REFUSED),
    ...LOST.map((to, at) => request('shop', `invoice-22${31 + at}`, to)),
    request('bank', 'statement-88', UNPAID),
  ]);
  await eventually(() => allSettled(waybill), { timeoutMs: 40_000, what: 'everything that can be sent' });
  await api.call('POST', '/v1/accounts/clinic/pause', { key, body: { reason: 'wrong price list' } });
  await many('clinic', 23, 7);
  await many('courier', 9, 8);
  await many('bank', 12, 9);
  await passHorizon(client, '972771234567', ['invoice-2231', 'invoice-2232']);
}

async function allSettled(waybill: Waybill): Promise<boolean> {
  const wanted = [
    ['invoice-2207', 'failed'],
    ['invoice-2231', 'unknown'],
    ['invoice-2232', 'unknown'],
    ['invoice-2233', 'unknown'],
    ['travel-1013', 'held'],
    ['school-1000', 'held'],
    ['statement-88', 'held'],
    ['shop-1179', 'read'],
    ['warehouse-1059', 'read'],
  ] as const;
  const views = await Promise.all(wanted.map(([id]) => waybill.get(id)));
  return views.every(({ status }, at) => status === wanted[at]?.[1] || ['delivered'].includes(status));
}

/** As if the attempts' horizons had passed: nobody waits a minute for them. */
export async function passHorizon(client: Redis, from: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await client.hset(accountKeys('waybill', from).record(id), 'horizonAt', String(Date.now() - MINUTE));
  }
}

/** As if the deliveries had come during the last day, as many by the hour as people are awake. */
export async function spreadOverDay(client: Redis): Promise<void> {
  for (const { account } of await listAccounts(client, 'waybill')) {
    const keys = accountKeys('waybill', account.from);
    const members = await client.zrange(keys.fixed.deliveries, '0', '-1');
    const statuses = ['waiting', 'held', 'unknown', 'failed', 'expired', 'cancelled'];
    for (const [at, member] of members.entries()) {
      const [id = ''] = member.split(' ');
      const status = (await client.hget(keys.record(id), 'status')) ?? '';
      const recent = !['delivered', 'read', 'failed'].includes(status);
      const createdAt = Date.now() - (recent ? (at % 7) * 11 * MINUTE : hoursAgo(at, members.length) * HOUR);
      await client.zadd(keys.fixed.deliveries, createdAt, member);
      if (statuses.includes(status))
        await client.zadd(`${keys.fixed.statusPrefix}${status}`, 'XX', createdAt, id);
      await client.hset(keys.record(id), 'createdAt', String(createdAt));
    }
  }
}

const AWAKE = [9, 12, 11, 14, 12, 9, 11, 13, 10, 8, 5, 3, 2, 1, 1, 1, 2, 3, 5, 7, 8, 9, 7, 6];

function hoursAgo(at: number, of: number): number {
  const all = AWAKE.reduce((sum, share) => sum + share, 0);
  let left = ((at + 0.5) / of) * all;
  for (const [hour, share] of AWAKE.entries()) {
    if (left < share) return hour + (left / share) * 0.9;
    left -= share;
  }
  return AWAKE.length - 1;
}

function numberAt(account: number, at: number): string {
  return String(972_520_000_000 + account * 100_000 + at);
}

function request(from: string, id: string, to: string) {
  return {
    from,
    id,
    to,
    fileUrl: `https://files.example.com/${id}.pdf?signature=not-to-be-seen`,
    caption: `Your document ${id}`,
  };
}
