import { z } from 'zod';
import type { Need } from '../../app/boot.js';
import type { Core, Running } from '../../app/core.js';
import { keepHeapSmall } from '../../app/heap.js';
import { serve } from '../../app/process.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { addKeptCallbacks } from './webhooks-kept.js';

type ProcessDefinition = {
  readonly usage: string;
  readonly summary: string;
  readonly need: readonly Need[];
  readonly start: (core: Core, version: string) => Promise<Running>;
};

/**
 * The long-running processes: they end on SIGTERM or SIGINT, once what they have in hand has ended. Each is loaded
 * when it is asked for: a health check, say, should not pay for a web server that it never starts.
 */
export function addProcesses(host: CommandHost): void {
  addProcess(host, {
    usage: 'worker',
    summary: 'run a worker: takes jobs and sends',
    need: ['accounts'],
    start: async (core) => (await import('../../app/worker.js')).runWorker(core),
  });
  const webhooks = addProcess(host, {
    usage: 'webhooks',
    summary: 'run a webhook consumer: takes the provider’s callbacks',
    need: ['webhookToken'],
    start: async (core) => (await import('../../app/webhooks.js')).runWebhooks(core),
  });
  addKeptCallbacks(webhooks);
  addProcess(host, {
    usage: 'api',
    summary: 'run the HTTP API: takes deliveries from other apps and tells what became of them',
    need: ['apiKeys'],
    start: async (core, version) => {
      keepHeapSmall();
      return (await import('../../app/api.js')).runApi(core, version);
    },
  });
}

function addProcess(host: CommandHost, { usage, summary, need, start }: ProcessDefinition): CommandHost {
  return addCommand(host, {
    usage,
    summary,
    input: z.object({}),
    run: async (_input, { env, version, stop }) => {
      const options = { env: env(), version, role: usage, need, stop: stop() };
      const ended = await serve(options, (core) => start(core, version));
      return ended === 'drained' ? EXIT.done : EXIT.refused;
    },
  });
}
