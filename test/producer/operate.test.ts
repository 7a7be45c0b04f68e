import { Queue } from 'bullmq';
import { IdempotencyConflictError, IllegalStateError, NotFoundError } from '../../src/index.js';
import { type Library, openLibrary } from '../../src/library.js';
import type { Operator } from '../../src/producer/operate.js';
import { readLedger } from '../../src/redis/ledger.js';
import { openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

const redis = withRedis();
const CLIENT = '972501234567';
let line: Line;
let operator: Operator;
let queue: Queue;
let library: Library;

beforeEach(async () => {
  line = await openLine(redis.url);
  library = openLibrary({ redis: redis.client, accounts: [{ from: FROM, name: 'shop' }] }, {});
  operator = library.operator;
  queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
  await line.work();
});
afterEach(async () => {
  await queue.close();
  await library.close();
  await line.close();
});

const keys = () => openBench(redis.client).keys;
const pastHorizon = (id: string) => redis.client.hset(keys().record(id), 'horizonAt', Date.now() - 1);
const enqueue = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  line.waybill.enqueue(requestTo(CLIENT, { id, caption: id, ...more }));
const reach = (id: string, status: 'accepted' | 'failed' | 'unknown') =>
  line.waybill.wait(id, status, { timeoutMs: 10_000 });
const jobState = (id: string) => queue.getJobState(`d-${id}`);

/** An attempt of which no answer came; the provider has not taken the message. */
async function lose(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  line.sandbox.fault({ kind: 'reset_after_reading' });
  await enqueue(id, more);
  await reach(id, 'unknown');
}

async function fail(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  line.sandbox.fault({ kind: 'fail', reason: 4 });
  await enqueue(id, more);
  await reach(id, 'failed');
  await eventually(async () => (await jobState(id)) === 'failed');
}

const sent = (unique: string | null = null) => ({ resolution: { kind: 'sent', unique } }) as const;
const again = { resolution: { kind: 'resend' }, who: 'Anna' } as const;
const close = { resolution: { kind: 'close' }, who: 'Anna' } as const;

describe('resolve', () => {
  it('takes an operator’s word that it was sent, and counts its session at the attempt’s time', async () => {
    await lose('one');
    await pastHorizon('one');
    const { startedAt } = await redis.client.hgetall(keys().record('one'));
    await expect(operator.resolve('one', sent('u1'))).resolves.toEqual({
      id: 'one',
      from: FROM,
      status: 'accepted',
    });
    const view = await line.waybill.get('one');
    expect(view).toMatchObject({
      unique: 'u1',
      reason: 'operator',
      acceptedAt: new Date(Number(startedAt)).toISOString(),
    });
    await eventually(async () => (await jobState('one')) === 'completed');
    const month = new Date(Number(startedAt)).toISOString().slice(0, 7);
    const ledger = await readLedger(redis.client, PREFIX, { from: FROM, month, timeZone: 'UTC' });
    expect(ledger).toMatchObject([{ to: CLIENT, openedAt: Number(startedAt), openedBy: 'one' }]);
    expect(line.sandbox.accepted()).toEqual([]);
  });

  it('sends once what was not sent and shall be', async () => {
    await lose('one');
    await pastHorizon('one');
    await expect(operator.resolve('one', again)).resolves.toMatchObject({ status: 'waiting' });
    const { attempts } = await reach('one', 'accepted');
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'not_sent', 'accepted']);
    expect(attempts[1]).toMatchObject({ reason: 'operator', detail: 'Anna' });
    expect(line.sent()).toEqual(['one']);
  });

  it('lets fail what was not sent and shall not be, and the next one go', async () => {
    await lose('one');
    await enqueue('two');
    await pastHorizon('one');
    await expect(operator.resolve('one', close)).resolves.toMatchObject({ status: 'failed' });
    await reach('two', 'accepted');
    await eventually(async () => (await jobState('one')) === 'failed');
    await expect(line.waybill.get('one')).resolves.toMatchObject({ reason: 'closed_by_operator' });
    expect(line.sent()).toEqual(['two']);
  });

  it.each([
    ['sent', sent()],
    ['to be sent again', again],
    ['closed', close],
  ])('is refused before the horizon, saying until when, of what is said to be %s', async (_what, said) => {
    await lose('one');
    const { horizonAt } = await line.waybill.get('one');
    const refused = operator.resolve('one', said);
    await expect(refused).rejects.toThrow(IllegalStateError);
    await expect(refused).rejects.toThrow(new Date(horizonAt ?? 0).toISOString());
    await expect(line.waybill.get('one')).resolves.toMatchObject({ status: 'unknown' });
  });

  it('is refused of anything but an unknown outcome', async () => {
    await enqueue('one');
    await reach('one', 'accepted');
    await expect(operator.resolve('one', close)).rejects.toMatchObject({ status: 'accepted' });
    await expect(operator.resolve('nothing', close)).rejects.toThrow(NotFoundError);
  });

  it('takes one word of several that are said at once', async () => {
    await lose('one');
    await pastHorizon('one');
    const said = await Promise.allSettled([
      operator.resolve('one', sent()),
      operator.resolve('one', again),
      operator.resolve('one', close),
    ]);
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a message that belongs to another delivery', async () => {
    await enqueue('one');
    const { unique } = await reach('one', 'accepted');
    await lose('two');
    await pastHorizon('two');
    await expect(operator.resolve('two', sent(unique))).rejects.toThrow('another delivery');
    await expect(line.waybill.get('two')).resolves.toMatchObject({ status: 'unknown' });
  });

  it('takes the word for one that was given up, and shows it at its job; sends none of those again', async () => {
    await lose('one');
    await pastHorizon('one');
    const bench = openBench(redis.client);
    await bench.store.resign({ from: FROM, id: 'one', to: CLIENT });
    await expect(operator.resolve('one', again)).rejects.toThrow('close it');
    await expect(operator.resolve('one', sent('u1'))).resolves.toMatchObject({ status: 'accepted' });
    await eventually(async () => (await queue.getJob('d-one'))?.progress === 'accepted');
  });

  it('answers for each of many', async () => {
    await lose('one');
    await lose('two', { to: '972509999999' });
    await pastHorizon('one');
    const { deliveries } = await operator.list({ from: FROM, status: 'unknown' });
    expect(deliveries.map(({ id }) => id)).toEqual(['two', 'one']);
    const [second, first] = await operator.resolveAll(deliveries, close);
    expect(first).toEqual({ id: 'one', from: FROM, status: 'failed' });
    expect(second).toMatchObject({ id: 'two', error: { code: 'ILLEGAL_STATE' } });
    const left = await operator.list({ from: FROM, status: 'unknown', to: '972509999999' });
    expect(left.deliveries.map(({ id }) => id)).toEqual(['two']);
  });
});

describe('resend', () => {
  it('makes a new delivery of one that failed, tied to it, with times of its own', async () => {
    await fail('one', { metadata: { order: '7' } });
    const resent = await operator.resend('one', { id: 'two', localStorage: true });
    expect(resent).toMatchObject({ id: 'two', from: FROM, duplicate: false, resendOf: 'one' });
    const two = await reach('two', 'accepted');
    const one = await line.waybill.get('one');
    expect([one.resentAs, two.resendOf]).toEqual(['two', 'one']);
    expect(two.request).toMatchObject({ caption: 'one', localStorage: true, metadata: { order: '7' } });
    expect(two.expiresAt > one.expiresAt).toBe(true);
  });

  it('makes one, however often and by however many it is said', async () => {
    await fail('one');
    const made = await Promise.all([1, 2, 3].map(() => operator.resend('one', {})));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    await reach(made[0]?.id ?? '', 'accepted');
    expect(line.sent()).toEqual(['one']);
    await expect(operator.resend('one', { id: 'other' })).rejects.toThrow(made[0]?.id ?? '');
  });

  it('is refused of what was accepted, or may have been', async () => {
    await enqueue('one');
    await reach('one', 'accepted');
    await expect(operator.resend('one', {})).rejects.toMatchObject({ status: 'accepted' });
    await lose('two');
    await expect(operator.resend('two', {})).rejects.toMatchObject({ status: 'unknown' });
  });

  it('says so when the request is not kept any more', async () => {
    await fail('one');
    await (await queue.getJob('d-one'))?.remove();
    await expect(operator.resend('one', {})).rejects.toMatchObject({ code: 'REQUEST_GONE' });
    await expect(line.waybill.get('one')).resolves.toMatchObject({ resentAs: null });
  });

  it('leaves no tie behind when the new id is taken', async () => {
    await fail('one');
    await enqueue('taken');
    await expect(operator.resend('one', { id: 'taken' })).rejects.toThrow(IdempotencyConflictError);
    await expect(operator.resend('one', { id: 'one' })).rejects.toThrow('/id');
    await expect(operator.resend('one', { id: 'free' })).resolves.toMatchObject({ id: 'free' });
  });

  it('makes anew what the provider reported failed, and what ran out of time', async () => {
    await enqueue('one');
    const { unique } = await reach('one', 'accepted');
    const { callbacks, store } = openBench(redis.client);
    const receipt = {
      kind: 'receipt',
      account: FROM,
      recipient: null,
      code: '3',
      reason: null,
      timestamp: null,
    } as const;
    await callbacks.applyReceipt({ ...receipt, unique: unique ?? '', receipt: 'failed' });
    await expect(operator.resend('one', { localStorage: true })).resolves.toMatchObject({ resendOf: 'one' });
    await enqueue('late', { sendAt: Date.now() + 3_600_000 });
    await store.conclude({ from: FROM, id: 'late', to: CLIENT }, { status: 'expired', reason: 'expired' });
    const { id } = await operator.resend('late', {});
    await reach(id, 'accepted');
    expect(line.sent().at(-1)).toBe('late');
  });
});
