import { Pool } from 'undici';
import { z } from 'zod';
import { clockMs } from '../lab/clock.js';
import type { Posted } from '../lab/poster.js';

/** Posts what it is told, over so many connections at once, and tells how long that took. */
const orderSchema = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  bodies: z.array(z.string()),
  connections: z.number(),
  /** What each must be answered. */
  status: z.number(),
});
type Order = z.output<typeof orderSchema>;

/** The first third gets the server warm. */
const WARM_UP = 1 / 3;

async function post({ url, headers, bodies, connections, status }: Order): Promise<Posted> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, keepAliveTimeout: 60_000 });
  const left = bodies.values();
  const cold = Math.floor(bodies.length * WARM_UP);
  let posted = 0;
  let warmAt = clockMs();
  const work = async () => {
    for (const body of left) {
      const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== status) throw new Error(`answered ${answer.statusCode}: ${text}`);
      posted += 1;
      if (posted === cold) warmAt = clockMs();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const seconds = (clockMs() - warmAt) / 1000;
  await pool.close();
  return { perSecond: (bodies.length - cold) / seconds };
}

process.on('message', async (message) => process.send?.(await post(orderSchema.parse(message))));
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
