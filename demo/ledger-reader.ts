import { billingMonth } from '../src/domain/session.js';
import { connectRedisUrl, whenReady } from '../src/redis/connection.js';
import { type LedgerRow, readLedger } from '../src/redis/ledger.js';

/** Sessions opened in the months that these times lie in: midnight may pass while the story is told. */
export type ReadLedger = (times: readonly number[]) => Promise<readonly LedgerRow[]>;

const PREFIX = 'waybill';
const TIME_ZONE = 'UTC';
const CONNECT_WITHIN_MS = 5000;

/** Reads an account's ledger from Redis, on a connection of its own. */
export function createLedgerReader(redisUrl: string, from: string) {
  const redis = connectRedisUrl(redisUrl, 'fails');
  // What goes wrong shows in the reading itself.
  redis.on('error', () => undefined);
  const read: ReadLedger = async (times) => {
    await whenReady(redis, CONNECT_WITHIN_MS);
    const months = [...new Set(times.map((time) => billingMonth(time, TIME_ZONE)))];
    const read = months.map((month) => readLedger(redis, PREFIX, { from, month, timeZone: TIME_ZONE }));
    return (await Promise.all(read)).flat();
  };
  return {
    read,
    async close() {
      redis.disconnect();
    },
  };
}
