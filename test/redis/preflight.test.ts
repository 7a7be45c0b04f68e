import { MINUTE } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { type Bench, delivery, openBench } from './bench.js';

const redis = withRedis();
let bench: Bench;
const one = delivery('one');
const two = delivery('two');

beforeEach(async () => {
  bench = openBench(redis.client);
  await bench.accept(one);
});

const look = {
  look: 'l1',
  link: 'link-a',
  found: 'http_503',
  detail: '',
  looks: 1,
  validMs: 0,
  againMs: null,
};
const claim = (preflight: string, attempt = 'a1') => bench.claim(one, { preflight, attempt });
const unseen = (looks: number, found = '') => ({
  kind: 'refused',
  refusal: { why: 'preflight', before: { looks, found } },
});

it('grants no claim before the link was looked at, and books nothing', async () => {
  await expect(claim('link-a')).resolves.toMatchObject(unseen(0));
  expect(await redis.client.exists(bench.keys.fixed.pace)).toBe(0);
  await bench.store.notePreflight(one, { ...look, found: 'ok', validMs: MINUTE });
  await expect(claim('link-a')).resolves.toMatchObject({ kind: 'go' });
});

it('asks for nothing of the sort where no preflight is wanted', async () => {
  await expect(claim('')).resolves.toMatchObject({ kind: 'go' });
});

it('counts looks in vain, keeps what the last one found, and forgets both with another link', async () => {
  await bench.store.notePreflight(one, look);
  await bench.store.notePreflight(one, { ...look, look: 'l2', looks: 2, found: 'link_missing' });
  await expect(claim('link-a')).resolves.toMatchObject(unseen(2, 'link_missing'));
  await expect(claim('link-b')).resolves.toMatchObject(unseen(0));
});

it('lets the delivery wait until the link is looked at again', async () => {
  await claim('link-a');
  await bench.store.notePreflight(one, { ...look, againMs: MINUTE });
  expect(await redis.client.hget(bench.keys.record('one'), 'reason')).toBe('preflight');
  await expect(claim('link-a')).resolves.toMatchObject({ refusal: { why: 'backoff' } });
});

it('looks only for the one whose turn it is', async () => {
  await bench.accept(two);
  await expect(bench.claim(two, { preflight: 'link-a' })).resolves.toMatchObject({
    refusal: { why: 'lane' },
  });
});

it('writes nothing on a delivery that has ended meanwhile', async () => {
  await bench.store.conclude(one, { status: 'cancelled', reason: 'cancelled' });
  expect(await bench.store.notePreflight(one, { ...look, againMs: MINUTE })).toBeNull();
  expect(await redis.client.hget(bench.keys.record('one'), 'status')).toBe('cancelled');
});
