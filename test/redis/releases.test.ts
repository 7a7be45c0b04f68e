import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createAttemptStore } from '../../src/redis/attempt-store.js';
import { connectRedisUrl, whenReady } from '../../src/redis/connection.js';
import { createReleases, type Releases } from '../../src/worker/releases.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { eventually } from '../support/wait.js';
import { type Bench, delivery, openBench, PREFIX, RETENTION } from './bench.js';

// A claim whose answer is lost may have been granted. Its process knows that it sent nothing on it, and says so.
const redis = withRedis();
let bench: Bench;
const one = delivery('one');
const first = { ...one, attempt: 'a1' };
const second = { attempt: 'a2' };

beforeEach(async () => {
  bench = openBench(redis.client);
  await bench.accept(one);
});

it('gives back an attempt that was granted, as if it had never been asked for', async () => {
  await bench.claim(one);
  await expect(bench.attempts.release(first)).resolves.toBe(true);
  await expect(bench.record('one')).resolves.toMatchObject({ status: 'waiting', attempts: '0' });
  await expect(bench.conversation()).resolves.not.toHaveProperty('flight');
  await expect(bench.claim(one, second)).resolves.toMatchObject({ kind: 'go', facts: { attempts: 1 } });
});

it('refuses the claim of a released attempt, whenever that arrives', async () => {
  await expect(bench.attempts.release(first)).resolves.toBe(false);
  await expect(bench.claim(one)).resolves.toMatchObject({ kind: 'refused', refusal: { why: 'lane' } });
  await expect(bench.status('one')).resolves.toBe('queued');
  await expect(bench.claim(one, second)).resolves.toMatchObject({ kind: 'go' });
  await expect(bench.claim(one)).resolves.toMatchObject({ kind: 'refused' });
  await expect(bench.record('one')).resolves.toMatchObject({ status: 'sending', attempt: 'a2' });
});

it('refuses the claim of an attempt whose end was told already', async () => {
  await bench.claim(one);
  await bench.postpone(one);
  await expect(bench.claim(one)).resolves.toMatchObject({ kind: 'refused', refusal: { why: 'lane' } });
});

it('takes back a doubt: what was never sent is not unknown', async () => {
  await bench.claim(one, { horizonMs: HOUR });
  await bench.doubt(one);
  await expect(bench.claim(one)).resolves.toMatchObject({ kind: 'unknown', doubt: { attempt: 'a1' } });
  await expect(bench.attempts.release(first)).resolves.toBe(true);
  await expect(bench.lane()).resolves.toEqual(['one']);
  await expect(redis.client.zcard(bench.keys.fixed.unknowns)).resolves.toBe(0);
  await expect(bench.claim(one, second)).resolves.toMatchObject({ kind: 'go', facts: { attempts: 1 } });
});

it('gives back once, however often it is said, and nothing of another attempt', async () => {
  await bench.claim(one);
  await bench.attempts.release(first);
  await expect(bench.attempts.release(first)).resolves.toBe(true);
  await bench.claim(one, second);
  await expect(bench.attempts.release(first)).resolves.toBe(false);
  await expect(bench.record('one')).resolves.toMatchObject({
    status: 'sending',
    attempts: '1',
    attempt: 'a2',
  });
});

describe('while Redis does not answer', () => {
  const impatient = () => connectRedisUrl(redis.url, 'fails');
  let connection: ReturnType<typeof impatient>;
  let releases: Releases;

  beforeEach(async () => {
    connection = impatient();
    await whenReady(connection, 5000);
    const attempts = createAttemptStore({
      redis: connection,
      prefix: PREFIX,
      retention: RETENTION,
      sealer: PLAIN,
      random: () => 0,
    });
    const monotonic = () => performance.now();
    releases = createReleases({ attempts, monotonic, sleep: (ms) => sleep(ms), keptMs: MINUTE });
  });
  afterEach(async () => {
    await releases.close();
    connection.disconnect();
  });

  it('is kept, and given back when it does', async () => {
    await bench.claim(one);
    connection.disconnect(true);
    await releases.release(first);
    await expect(bench.status('one')).resolves.toBe('sending');
    await eventually(async () => (await bench.status('one')) === 'waiting');
  });

  it('is tried once more at the end', async () => {
    await bench.claim(one);
    connection.disconnect(true);
    await releases.release(first);
    await whenReady(connection, 5000);
    await releases.close();
    await expect(bench.status('one')).resolves.toBe('waiting');
  });
});
