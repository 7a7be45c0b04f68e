import { billingMonth } from '../../src/domain/session.js';
import { DAY } from '../../src/domain/time.js';
import { readLedger, trimLedger } from '../../src/redis/ledger.js';
import { withRedis } from '../support/redis.js';
import { CLIENT, delivery, FROM, openBench, PREFIX } from './bench.js';

const redis = withRedis();

it('takes sessions out of the ledger that are older than it keeps them, and leaves the others', async () => {
  const bench = openBench(redis.client);
  const { ledger, ledgerRows } = bench.keys.fixed;
  const now = Date.now();
  await bench.accept(delivery('new'));
  await bench.claim(delivery('new'));
  await bench.settle(delivery('new'));
  const old = `${CLIENT}@${now - 401 * DAY}`;
  await redis.client.zadd(ledger, now - 401 * DAY, old);
  await redis.client.hset(ledgerRows, old, '3 long-ago');
  await trimLedger(redis.client, PREFIX, { from: FROM, keptMs: 400 * DAY });
  await expect(redis.client.hvals(ledgerRows)).resolves.toEqual(['1 new']);
  const months = [now - DAY, now].map((at) => billingMonth(at, 'UTC'));
  const rows = await Promise.all(
    [...new Set(months)].map((month) =>
      readLedger(redis.client, PREFIX, { from: FROM, month, timeZone: 'UTC' }),
    ),
  );
  expect(rows.flat().map(({ openedBy }) => openedBy)).toEqual(['new']);
});
