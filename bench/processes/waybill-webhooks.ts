import { serve } from '../../src/app/process.js';
import { listenForStop } from '../../src/app/stop-signal.js';
import { runWebhooks } from '../../src/app/webhooks.js';

/** `waybill webhooks` as its command starts it. */
async function main(): Promise<void> {
  const options = {
    env: process.env,
    version: 'bench',
    role: 'webhooks',
    need: ['webhookToken'],
    stop: listenForStop(),
  } as const;
  await serve(options, async (core) => {
    const running = await runWebhooks(core);
    process.send?.({ port: running.port });
    return running;
  });
  process.exit(0);
}

process.once('disconnect', () => process.exit(1));
void main();
