import { runApi } from '../../src/app/api.js';
import { keepHeapSmall } from '../../src/app/heap.js';
import { serve } from '../../src/app/process.js';
import { listenForStop } from '../../src/app/stop-signal.js';

const VERSION = 'bench';

/** `waybill api` as its command starts it. */
async function main(): Promise<void> {
  keepHeapSmall();
  const options = {
    env: process.env,
    version: VERSION,
    role: 'api',
    need: ['apiKeys'],
    stop: listenForStop(),
  } as const;
  await serve(options, async (core) => {
    const running = await runApi(core, VERSION);
    process.send?.({ port: running.port });
    return running;
  });
  process.exit(0);
}

process.once('disconnect', () => process.exit(1));
void main();
