import type { Core } from '../../src/app/core.js';
import type { Waybill } from '../../src/index.js';
import { startHealthServer } from '../../src/observe/health.js';
import { SPOOL_TIMINGS } from '../../src/webhooks/spool/open.js';
import { TIMINGS, type Timings } from '../../src/worker/timings.js';
import type { PlannedConversation } from './conversations.js';
import { createCore } from './process.js';
import { produce } from './produce.js';
import { stopBeforeHeaders } from './stop-before-headers.js';

/**
 * What `child.ts` runs in a process of its own: a worker or a webhook consumer, put together as in the sources but
 * with timings that a test can wait for; or an app that enqueues what it is told.
 */
const [role] = process.argv.slice(2);
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));

type Served = { readonly port?: number; close(): Promise<void> };

async function serve(run: (core: Core) => Promise<Served>): Promise<void> {
  const { core, metrics } = createCore(env, 'stdout');
  const running = await run(core);
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

/** Loads what the role needs, and no more: it is to be up as soon as a built one. */
async function load(): Promise<() => Promise<void>> {
  if (role === 'worker') {
    const { runWorker } = await import('../../src/app/worker.js');
    return () => serve((core) => runWorker(core, timings(env.TEST_TIMINGS)));
  }
  if (role === 'producer') {
    const { createWaybill } = await import('../../src/index.js');
    return () => produceAsTold(createWaybill({ redis: env.REDIS_URL ?? '' }));
  }
  const { runWebhooks } = await import('../../src/app/webhooks.js');
  const spoolTimings = { ...SPOOL_TIMINGS, ...JSON.parse(env.TEST_SPOOL_TIMINGS ?? '{}') };
  return () => serve((core) => runWebhooks(core, spoolTimings));
}

function timings(json: string | undefined): Timings {
  return { ...TIMINGS, ...JSON.parse(json ?? '{}') };
}

async function produceAsTold(waybill: Waybill): Promise<void> {
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

if (env.TEST_STOP_ONE_IN !== undefined) stopBeforeHeaders(Number(env.TEST_STOP_ONE_IN));
if (env.TEST_CLOCK_OFFSET_MS !== undefined) shiftClock(Number(env.TEST_CLOCK_OFFSET_MS));

// Whoever started this process has gone.
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 10_000).unref();
});
void load().then((start) => {
  process.once('message', start);
  process.send?.({});
});
