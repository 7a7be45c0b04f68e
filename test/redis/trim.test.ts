import { DAY, HOUR } from '../../src/domain/time.js';
import { createTrimmer } from '../../src/redis/trim.js';
import { withRedis } from '../support/redis.js';
import { type Bench, CLIENT, delivery, FROM, FROM_ID, openBench, PREFIX } from './bench.js';

const redis = withRedis();
let bench: Bench;
let trim: (from: string) => Promise<void>;
beforeEach(() => {
  bench = openBench(redis.client);
  trim = createTrimmer({ redis: redis.client, prefix: PREFIX, retentionMs: 7 * DAY });
});

const indexed = async () => {
  const { deliveries, statusPrefix } = bench.keys.fixed;
  const [all, cancelled, recipient] = await Promise.all([
    redis.client.zrange(deliveries, '0', '-1'),
    redis.client.zrange(`${statusPrefix}cancelled`, '0', '-1'),
    redis.client.zrange(bench.keys.recipientDeliveries(CLIENT), '0', '-1'),
  ]);
  return { all: all.map((member) => member.split(' ')[0]), cancelled, recipient };
};

/** Made and cancelled that long ago. */
async function end(id: string, ageMs: number, to = CLIENT): Promise<void> {
  await bench.accept(delivery(id, { to }));
  await bench.store.conclude({ from: FROM, id, to }, { status: 'cancelled', reason: 'cancelled' });
  await redis.client.zadd(bench.keys.fixed.deliveries, Date.now() - ageMs, `${id} ${to}`);
}
const expire = (id: string) => redis.client.del(bench.keys.record(id));

it('takes those out of every index whose record has expired', async () => {
  await end('old', 8 * DAY);
  await end('new', HOUR);
  await expire('old');
  await trim(FROM);
  await expect(indexed()).resolves.toEqual({ all: ['new'], cancelled: ['new'], recipient: ['new'] });
});

it('takes them out of the number’s as well that came by a from_id', async () => {
  await end('hidden', 8 * DAY, FROM_ID);
  await bench.inbound({ fromId: FROM_ID });
  await expire('hidden');
  await trim(FROM);
  await expect(indexed()).resolves.toEqual({ all: [], cancelled: [], recipient: [] });
});

it('leaves what is not yet as old as records become, and what lives on', async () => {
  await end('young', HOUR);
  await expire('young');
  await end('alive', 8 * DAY);
  await trim(FROM);
  await expect(indexed()).resolves.toMatchObject({ all: ['alive', 'young'] });
});

it('comes past many that live on to those that do not, in bounded slices', async () => {
  const { deliveries, recordPrefix } = bench.keys.fixed;
  const many = redis.client.pipeline();
  for (let n = 0; n < 1200; n += 1) {
    const id = `x${String(n).padStart(4, '0')}`;
    many.zadd(deliveries, Date.now() - 9 * DAY + n, `${id} ${CLIENT}`);
    if (n < 800) many.hset(`${recordPrefix}${id}`, 'status', 'held');
  }
  await many.exec();
  for (let round = 1; round <= 4; round += 1) await trim(FROM);
  await expect(redis.client.zcard(deliveries)).resolves.toBe(800);
  // And begins anew: what has expired meanwhile goes in one of the next rounds.
  await redis.client.del(`${recordPrefix}x0000`);
  for (let round = 1; round <= 3; round += 1) await trim(FROM);
  await expect(redis.client.zcard(deliveries)).resolves.toBe(799);
});
