import { Pool } from 'undici';
import { API_KEY } from '../load/account.js';
import { requests } from '../load/requests.js';
import { uniqueOf } from '../rivals/answer.js';

/** The same POSTs without a queue: what this machine, Node and undici do beside one such provider. */
const concurrency = Number(process.env.CONCURRENCY);
const count = Number(process.env.COUNT);
const { origin, pathname } = new URL(process.env.PROVIDER_URL ?? '');
const path = `${pathname}/sendFile`;
const headers = { 'content-type': 'application/json' };
const pool = new Pool(origin, { connections: concurrency, keepAliveTimeout: 60_000 });

const bodies = requests(count)
  .map(({ from, to, fileUrl, caption }) =>
    JSON.stringify({ apiKey: API_KEY, from, to, body: fileUrl, caption }),
  )
  .values();

async function send(): Promise<void> {
  for (const body of bodies) {
    const answer = await pool.request({ method: 'POST', path, headers, body });
    uniqueOf(await answer.body.json());
  }
}

process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
void Promise.all(Array.from({ length: concurrency }, send));
