import type { Sandbox } from '../sandbox/sandbox.js';
import type { Core, Running } from '../src/app/core.js';
import { type RunningWebhooks, runWebhooks } from '../src/app/webhooks.js';
import { runWorker } from '../src/app/worker.js';
import { runSandbox, type SandboxWishes } from './run-sandbox.js';

export type All = Running & {
  readonly webhooks: RunningWebhooks;
  /** Null when another provider is used. */
  readonly sandbox: Sandbox | null;
};

/** Starts webhooks, sandbox and worker in this process; null for `wishes`: no sandbox. */
export async function startAll(core: Core, wishes: SandboxWishes | null): Promise<All> {
  const opened: Running[] = [];
  const open = async <T extends Running>(starting: Promise<T>): Promise<T> => {
    const running = await starting;
    opened.unshift(running);
    return running;
  };
  // The worker first, while those it talks to are still there.
  const close = async (): Promise<void> => {
    for (const running of opened.splice(0)) await running.close();
  };
  try {
    const webhooks = await open(runWebhooks(core));
    const [token = ''] = core.secrets.webhookTokens();
    const webhook = { url: `http://${webhooks.address}/webhooks/${token}`, retry: 1 };
    const sandbox = wishes === null ? null : await open(runSandbox(core, { webhook, ...wishes }));
    const url = sandbox?.url ?? core.config.provider.url;
    const config = { ...core.config, provider: { ...core.config.provider, url } };
    const worker = await open(runWorker({ ...core, config }));
    return { webhooks, sandbox, close, ...(worker.dependencies && { dependencies: worker.dependencies }) };
  } catch (error) {
    await close();
    throw error;
  }
}
