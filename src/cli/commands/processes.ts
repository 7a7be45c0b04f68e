import { z } from 'zod';
import type { Need } from '../../app/boot.js';
import type { Core, Running } from '../../app/core.js';
import { keepHeapSmall } from '../../app/heap.js';
import { serve } from '../../app/process.js';
import { SETTINGS, type SettingName } from '../../config/settings.js';
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

/** What each need wants in the environment. */
const WANTED: Readonly<Record<Need, readonly (readonly [SettingName, string])[]>> = {
  accounts: [
    ['WAYBILL_ACCOUNTS', 'or WAYBILL_ACCOUNTS_FILE: a JSON array of accounts with their keys'],
    ['WAYBILL_FROM', 'for a single account instead, with WAYBILL_PROVIDER_API_KEY'],
  ],
  webhookToken: [['WAYBILL_WEBHOOK_TOKEN', 'or WAYBILL_WEBHOOK_TOKEN_FILE: 16 characters or more']],
  apiKeys: [['WAYBILL_API_KEYS', 'or WAYBILL_API_KEYS_FILE: entries that "waybill api-key create" makes']],
};

/** The settings that a process cannot do without, and those that it most likely wants. */
function settingsHelp(need: readonly Need[]): string {
  const redis = ['REDIS_URL', `where Redis is; default ${SETTINGS.REDIS_URL.default}`] as const;
  const metrics = [
    'WAYBILL_LISTEN_METRICS',
    `default ${SETTINGS.WAYBILL_LISTEN_METRICS.default}; on one machine each process needs its own`,
  ] as const;
  const rows = (settings: readonly (readonly [string, string])[]) =>
    settings.map(([name, words]) => `  ${name.padEnd(NAME_WIDTH)}${words}`);
  return [
    'Required settings, as variables of the environment:',
    ...rows(need.flatMap((each) => WANTED[each])),
    '',
    'Often set as well:',
    ...rows([redis, metrics]),
    '',
    'waybill config prints all settings in effect.',
  ].join('\n');
}

const NAME_WIDTH = 24;

function addProcess(host: CommandHost, { usage, summary, need, start }: ProcessDefinition): CommandHost {
  return addCommand(host, {
    usage,
    summary,
    input: z.object({}),
    help: settingsHelp(need),
    run: async (_input, { env, version, stop }) => {
      const options = { env: env(), version, role: usage, need, stop: stop() };
      const ended = await serve(options, (core) => start(core, version));
      return ended === 'drained' ? EXIT.done : EXIT.refused;
    },
  });
}
