import { z } from 'zod';
import { clockMs } from '../lab/clock.js';
import { type Line, openLine } from '../lab/line.js';
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

async function post({ url, headers, bodies, connections, status: wanted }: Order): Promise<Posted> {
  const place = new URL(url);
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(place, headers)));
  const left = bodies.values();
  const cold = Math.floor(bodies.length * WARM_UP);
  let posted = 0;
  let from = clockMs();
  const work = async (line: Line) => {
    for (const body of left) {
      const { status, text } = await line.post(body);
      if (status !== wanted) throw new Error(`answered ${status}: ${text}`);
      posted += 1;
      if (posted === cold) from = clockMs();
    }
  };
  await Promise.all(lines.map(work));
  const to = clockMs();
  for (const line of lines) line.close();
  return { perSecond: ((bodies.length - cold) * 1000) / (to - from), from, to };
}

process.on('message', async (message) => process.send?.(await post(orderSchema.parse(message))));
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
