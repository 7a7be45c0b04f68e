import { Worker } from 'bullmq';
import Redis from 'ioredis';
import { Pool } from 'undici';
import { ACCOUNT_NAME, API_KEY, FROM } from '../load/account.js';
import type { SendRequest } from '../load/requests.js';
import { uniqueOf } from '../rivals/answer.js';
import { PLAIN_QUEUE, RETENTION } from '../rivals/plain-queue.js';

/** A BullMQ worker as its documentation shows it, with one POST on a pool of kept connections. */
const concurrency = Number(process.env.CONCURRENCY);
const { origin, pathname } = new URL(process.env.PROVIDER_URL ?? '');
const path = `${pathname}/sendFile`;
const headers = { 'content-type': 'application/json' };
const pool = new Pool(origin, { connections: concurrency, keepAliveTimeout: 60_000 });
const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });

const worker = new Worker<SendRequest>(
  PLAIN_QUEUE,
  async ({ data: { to, fileUrl, caption } }) => {
    const body = JSON.stringify({ apiKey: API_KEY, from: FROM, to, body: fileUrl, caption });
    const answer = await pool.request({ method: 'POST', path, headers, body });
    return { unique: uniqueOf(await answer.body.json()) };
  },
  { connection, concurrency, ...RETENTION },
);
worker.on('error', (error) => process.stderr.write(`${ACCOUNT_NAME}: ${error.message}\n`));

process.once('SIGTERM', async () => {
  await worker.close();
  process.exit(0);
});
process.once('disconnect', () => process.exit(1));
