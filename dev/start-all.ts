import type { Sandbox } from '../sandbox/sandbox.js';
import { type RunningApi, runApi } from '../src/app/api.js';
import type { Core, Running } from '../src/app/core.js';
import { type RunningWebhooks, runWebhooks } from '../src/app/webhooks.js';
import { runWorker } from '../src/app/worker.js';
import { runSandbox, type SandboxWishes } from './run-sandbox.js';

export type All = Running & {
  readonly api: RunningApi;
  readonly webhooks: RunningWebhooks;
  /** Null when another provider is used. */
  readonly sandbox: Sandbox | null;
};

export type AllOptions = {
  /** Null: no sandbox. */
  readonly wishes: SandboxWishes | null;
  /** The package's. */
  readonly version: string;
};

/** Starts webhooks, sandbox, worker and the HTTP API in this process. */
export async function startAll(core: Core, { wishes, version }: AllOptions): Promise<All> {
  const opened: Running[] = [];
  const open = async <T extends Running>(starting: Promise<T>): Promise<T> => {
    const running = await starting;
    opened.unshift(running);
    return running;
  };
  // Who takes work first, then the worker, while those it talks to are still there.
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
    const api = await open(runApi(core, version));
    return {
      api,
      webhooks,
      sandbox,
      close,
      ...(worker.dependencies && { dependencies: worker.dependencies }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
