import type { Core } from '../../src/app/core.js';
import { serve } from '../../src/app/process.js';
import { listenForStop } from '../../src/app/stop-signal.js';
import { runWorker } from '../../src/app/worker.js';

/** More than any rival sends: a setting goes up to 1,000 messages a second, which is what one number may send at most. */
const NO_RATE = 1_000_000;

/** `waybill worker` as its command starts it, but with the accounts' pace out of the way: it is not what is measured. */
function unpaced(core: Core): Core {
  const accounts = core.config.accounts.map((account) => ({ ...account, ratePerSecond: NO_RATE }));
  return { ...core, secrets: { ...core.secrets, accounts: () => accounts } };
}

async function main(): Promise<void> {
  const options = {
    env: process.env,
    version: 'bench',
    role: 'worker',
    need: ['accounts'],
    stop: listenForStop(),
  } as const;
  await serve(options, (core) => runWorker(unpaced(core)));
  process.exit(0);
}

process.once('disconnect', () => process.exit(1));
void main();
