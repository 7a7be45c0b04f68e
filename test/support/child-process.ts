import { runWebhooks } from '../../src/app/webhooks.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill } from '../../src/index.js';
import { startHealthServer } from '../../src/observe/health.js';
import { TIMINGS, type Timings } from '../../src/worker/timings.js';
import type { PlannedConversation } from './conversations.js';
import { createCore } from './process.js';
import { produce } from './produce.js';

/**
 * What `child.ts` runs in a process of its own: a worker or a webhook consumer, put together as in the sources but
 * with timings that a test can wait for; or an app that enqueues what it is told.
 */
const [role] = process.argv.slice(2);
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));

type Served = { readonly port?: number; close(): Promise<void> };

async function serve(): Promise<void> {
  const { core, metrics } = createCore(env, 'stdout');
  const running: Served =
    role === 'worker' ? await runWorker(core, timings(env.TEST_TIMINGS)) : await runWebhooks(core);
  const health = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    ready: () => ({ ready: true, body: {} }),
    log: core.log,
  });
  process.once('SIGTERM', async () => {
    await running.close();
    await health.close();
    // Nothing else may keep the process alive: it is to end by itself.
    process.disconnect();
  });
  process.send?.({ port: running.port, metricsPort: health.port });
}

function timings(json: string | undefined): Timings {
  return { ...TIMINGS, ...JSON.parse(json ?? '{}') };
}

async function produceAsTold(): Promise<void> {
  const waybill = createWaybill({ redis: env.REDIS_URL ?? '' });
  process.once('message', async (conversations: PlannedConversation[]) => {
    await produce(waybill, conversations);
    await waybill.close();
    process.disconnect();
  });
  process.send?.({});
}

/** A clock that was set wrong: for this process as a whole, BullMQ and all. */
function shiftClock(offsetMs: number): void {
  const right = Date.now;
  Date.now = () => right() + offsetMs;
}

if (env.TEST_CLOCK_OFFSET_MS !== undefined) shiftClock(Number(env.TEST_CLOCK_OFFSET_MS));

// Whoever started this process has gone.
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 10_000).unref();
});
void (role === 'producer' ? produceAsTold() : serve());
