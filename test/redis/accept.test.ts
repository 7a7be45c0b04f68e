import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { type Bench, CLIENT, delivery, FROM, JOB_AT, jobOf, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;

beforeEach(() => {
  bench = openBench(redis.client);
});

it('lets the first delivery of a conversation go at once', async () => {
  await expect(bench.accept(delivery('one'))).resolves.toEqual({ kind: 'new', status: 'queued' });
  await expect(bench.lane()).resolves.toEqual(['one']);
});

it('lets those behind it wait for their turn, until they expire', async () => {
  await bench.accept(delivery('one'));
  await expect(bench.accept(delivery('two'))).resolves.toEqual({ kind: 'new', status: 'waiting' });
  await expect(redis.client.hget(bench.keys.job('d-two'), 'delay')).resolves.toBe(String(DAY));
  await expect(bench.record('two')).resolves.toMatchObject({ status: 'waiting', reason: 'lane' });
});

it('keeps a scheduled delivery out of its lane until it is due', async () => {
  const later = delivery('later', { sendAt: Date.now() + HOUR, expiresAt: Date.now() + DAY });
  await expect(bench.accept(later)).resolves.toMatchObject({ kind: 'new', status: 'waiting' });
  await expect(bench.record('later')).resolves.toMatchObject({ reason: 'schedule' });
  await expect(bench.lane()).resolves.toEqual([]);
  await expect(bench.accept(delivery('now'))).resolves.toMatchObject({ status: 'queued' });
});

it('puts a scheduled delivery of strict order into its lane, where others wait for it', async () => {
  const strict = { sendAt: Date.now() + HOUR, expiresAt: Date.now() + DAY, strictOrder: true };
  await bench.accept(delivery('later', strict));
  await expect(bench.accept(delivery('now'))).resolves.toMatchObject({ status: 'waiting' });
  await expect(bench.lane()).resolves.toEqual(['later', 'now']);
});

it('takes a delivery without a schedule as due, though its producer has a clock that is ahead', async () => {
  const ahead = Date.now() + 10 * MINUTE;
  const early = delivery('early', { sendAt: ahead, expiresAt: ahead + DAY });
  await expect(bench.accept(early, ahead)).resolves.toMatchObject({ status: 'queued' });
});

it('answers the same request again with how it stands', async () => {
  await bench.accept(delivery('one'));
  const again = { kind: 'again', status: 'queued', jobAt: JOB_AT };
  await expect(bench.accept(delivery('one'), JOB_AT + MINUTE)).resolves.toEqual(again);
  await bench.claim(delivery('one'));
  await expect(bench.accept(delivery('one'))).resolves.toEqual({
    kind: 'again',
    status: 'sending',
    jobAt: JOB_AT,
  });
});

describe('a job that is there already', () => {
  const foreign = { name: 'send-file', data: '{"to":"x"}', timestamp: '1' };
  const jobKey = () => bench.keys.job('d-one');

  it('stays as it is, and is looked at', async () => {
    await redis.client.hset(jobKey(), foreign);
    await expect(bench.accept(delivery('one'))).resolves.toMatchObject({ kind: 'new' });
    await expect(redis.client.hgetall(jobKey())).resolves.toEqual(foreign);
    await expect(redis.client.llen(bench.keys.fixed.bullWait)).resolves.toBe(0);
    await expect(bench.wakes()).resolves.toEqual(['one']);
  });

  it('is not added anew by the worker that has it in hand', async () => {
    await redis.client.hset(jobKey(), foreign);
    const inHand = { delivery: delivery('one'), job: jobOf({ id: 'one' }), data: '{}', inHand: true };
    await bench.store.accept(inHand);
    await bench.store.accept(inHand);
    await expect(redis.client.hgetall(jobKey())).resolves.toEqual(foreign);
    await expect(bench.record('one')).resolves.not.toHaveProperty('request');
  });
});

it('keeps the request of a job that a failover took out of its worker’s hands', async () => {
  const inHand = { delivery: delivery('one'), job: jobOf({ id: 'one' }), data: '{"to":"x"}', inHand: true };
  await bench.store.accept(inHand);
  await expect(redis.client.exists(bench.keys.job('d-one'))).resolves.toBe(0);
  await expect(bench.store.look(delivery('one'))).resolves.toEqual({ kind: 'added' });
  await expect(redis.client.hget(bench.keys.job('d-one'), 'data')).resolves.toBe('{"to":"x"}');
});

describe('the same again, whose job somebody has removed', () => {
  const { bullWait } = accountKeys(PREFIX, FROM).fixed;

  it('gets its job again, with the time of the first', async () => {
    await bench.accept(delivery('one'));
    await redis.client.del(bench.keys.job('d-one'), bullWait);
    await expect(bench.accept(delivery('one'), JOB_AT + MINUTE)).resolves.toMatchObject({ kind: 'again' });
    await expect(redis.client.lrange(bullWait, 0, -1)).resolves.toEqual(['d-one']);
    const timestamp = String(JOB_AT);
    await expect(redis.client.hgetall(bench.keys.job('d-one'))).resolves.toMatchObject({ timestamp });
  });

  it('gets none once it is being sent or has ended', async () => {
    await bench.accept(delivery('one'));
    await bench.claim(delivery('one'));
    await redis.client.del(bench.keys.job('d-one'), bullWait);
    await bench.accept(delivery('one'));
    await bench.settle(delivery('one'));
    await expect(bench.accept(delivery('one'))).resolves.toMatchObject({ status: 'accepted' });
    await expect(redis.client.exists(bench.keys.job('d-one'), bullWait)).resolves.toBe(0);
  });
});

it('takes a link that differs in its query alone as the same', async () => {
  const signed = (query: string) => delivery('one', { fileUrl: `https://files.example.com/a.pdf?${query}` });
  await bench.accept(signed('sig=1'));
  await expect(bench.accept(signed('sig=2'))).resolves.toMatchObject({ kind: 'again' });
});

it.each([
  ['recipient', { to: '972509999999' }],
  ['link', { fileUrl: 'https://files.example.com/other.pdf' }],
  ['caption', { caption: 'Another' }],
  ['media type', { mediaType: 'image' as const }],
  ['quoted message', { replyTo: 'u9' }],
])('refuses another %s under a known id', async (_, other) => {
  await bench.accept(delivery('one'));
  await expect(bench.accept(delivery('one', other))).resolves.toEqual({ kind: 'conflict' });
});

it('remembers an id after its record has gone', async () => {
  await bench.accept(delivery('one'));
  await bench.store.conclude(delivery('one'), { status: 'cancelled', reason: 'cancelled' });
  await redis.client.del(bench.keys.record('one'));
  const again = { kind: 'again', status: 'cancelled', jobAt: null };
  await expect(bench.accept(delivery('one'))).resolves.toEqual(again);
  await expect(bench.accept(delivery('one', { caption: 'Other' }))).resolves.toEqual({ kind: 'conflict' });
});

it('records a job that can never be sent, with what is wrong with it', async () => {
  const ref = { from: FROM, id: 'bad', to: '' };
  const errors = '[{"pointer":"/to","detail":"is missing"}]';
  await expect(bench.store.refuse(ref, jobOf(ref), errors)).resolves.toBe(true);
  await expect(bench.record('bad')).resolves.toMatchObject({ status: 'failed', reason: 'invalid', errors });
  await expect(redis.client.pttl(bench.keys.record('bad'))).resolves.toBeGreaterThan(0);
  await expect(bench.lane('')).resolves.toEqual([]);
});

it('leaves a delivery alone when a job that can never be sent comes under its id', async () => {
  await bench.accept(delivery('one'));
  await expect(
    bench.store.refuse({ from: FROM, id: 'one', to: '' }, jobOf({ id: 'one' }), '[]'),
  ).resolves.toBe(false);
  await expect(bench.status('one')).resolves.toBe('queued');
});

it('keeps conversations apart', async () => {
  await bench.accept(delivery('one'));
  await expect(bench.accept(delivery('two', { to: '972509999999' }))).resolves.toMatchObject({
    status: 'queued',
  });
  await expect(bench.lane(CLIENT)).resolves.toEqual(['one']);
});
