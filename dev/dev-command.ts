import { Option } from 'commander';
import { z } from 'zod';
import type { Env } from '../src/app/boot.js';
import type { Core } from '../src/app/core.js';
import { type MetricsAt, serve } from '../src/app/process.js';
import type { CliContext } from '../src/cli/context.js';
import { addCommand, type CommandHost } from '../src/cli/define.js';
import { EXIT, type ExitCode } from '../src/cli/exit-codes.js';
import { flag } from '../src/cli/options.js';
import { formatHostPort } from '../src/config/address.js';
import { type DevEnv, devEnv } from './dev-env.js';
import { claimDevFolder, DEV_FILE, type DevFolder, namesRedis } from './dev-file.js';
import { startPrivateRedis } from './private-redis.js';
import { port, sandboxFlags, seed, wishesOf } from './sandbox-flags.js';
import type { All } from './start-all.js';

const input = z.object({
  port: port.optional(),
  providerUrl: z.string().optional(),
  seed: seed.optional(),
  fetchFiles: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  new Option('--port <port>', 'sandbox there, webhooks, metrics and API on the next three; 0: any free ones'),
  new Option('--provider-url <url>', 'another provider than the sandbox; wants a real account'),
  ...sandboxFlags(),
];

/** Where `waybill dev` runs: its folder, and the environment as the person has it. */
export type DevPlace = { readonly folder: string; readonly env: Env };

/** `waybill dev`: everything in one process, to try things out. */
export function addDev(host: CommandHost, place: DevPlace): void {
  addCommand(host, {
    usage: 'dev',
    summary: 'run everything in one process on 127.0.0.1, with the sandbox as the provider',
    options,
    input,
    help: `Without REDIS_URL it brings a private Redis. The other commands in this folder find it by ${DEV_FILE}.`,
    run: (given, context) => runDev(given, context, place),
  });
}

async function runDev(given: Input, context: CliContext, place: DevPlace): Promise<ExitCode> {
  // Heard from the first moment on: whatever is started is also stopped.
  const stop = context.stop();
  if (place.env.WAYBILL_PROVIDER_URL && given.providerUrl === undefined) {
    context.output.note('the sandbox stands in for WAYBILL_PROVIDER_URL; another one wants --provider-url');
  }
  const folder = claimDevFolder(place.folder);
  try {
    const redis = namesRedis(place.env) ? null : await startPrivateRedis();
    try {
      const made = devEnv(place.env, {
        redisUrl: redis?.url ?? null,
        providerUrl: given.providerUrl,
        port: given.port,
      });
      return await serveAll({ ...made, given, folder, stop }, context);
    } finally {
      await redis?.stop();
    }
  } finally {
    folder.release();
  }
}

type Dev = DevEnv & {
  readonly given: Input;
  readonly folder: DevFolder;
  readonly stop: AbortSignal;
};

async function serveAll({ env, apiKey, given, folder, stop }: Dev, context: CliContext): Promise<ExitCode> {
  const wishes = given.providerUrl === undefined ? wishesOf(given) : null;
  const { version } = context;
  const options = { env, version, role: 'dev', need: ['accounts', 'webhookToken', 'apiKeys'], stop } as const;
  const ended = await serve(options, async (core, metricsAt) => {
    const { startAll } = await import('./start-all.js');
    const all = await startAll(core, { wishes, version });
    const made = apiKey === null ? {} : { apiKey };
    folder.publish({ env: { ...env, ...foundAt(all, metricsAt) }, ...made });
    context.output.lines(welcome(core, all, metricsAt));
    return all;
  });
  return ended === 'drained' ? EXIT.done : EXIT.refused;
}

/** The settings that were only known once everything listened. */
function foundAt({ api, webhooks, sandbox }: All, metricsAt: MetricsAt): Readonly<Record<string, string>> {
  return {
    WAYBILL_LISTEN_API: api.address,
    WAYBILL_LISTEN_WEBHOOKS: webhooks.address,
    ...(metricsAt === null ? {} : { WAYBILL_LISTEN_METRICS: formatHostPort(metricsAt) }),
    ...(sandbox === null
      ? {}
      : { WAYBILL_LISTEN_SANDBOX: new URL(sandbox.origin).host, WAYBILL_PROVIDER_URL: sandbox.url }),
  };
}

/** The webhook's token and the API's key are only in the file. */
function welcome({ config }: Core, { api, webhooks, sandbox }: All, metricsAt: MetricsAt): string[] {
  const [account] = config.accounts;
  const redis = config.redis.kind === 'url' ? formatHostPort(config.redis) : config.redis.kind;
  const to = '972501234567';
  const enqueue = `npx waybill enqueue --from ${account?.name} --to ${to} --file https://example.com/invoice.pdf`;
  return [
    `provider  ${sandbox === null ? config.provider.url : `${sandbox.url} (sandbox, seed ${sandbox.seed})`}`,
    `webhooks  http://${webhooks.address}`,
    `api       http://${api.address}/docs`,
    `on duty   http://${api.address}/ (any user name; the password is apiKey in ${DEV_FILE})`,
    ...(metricsAt === null ? [] : [`metrics   http://${formatHostPort(metricsAt)}/metrics`]),
    `redis     ${redis}`,
    '',
    'In this folder, in another terminal:',
    `  ${enqueue}`,
    `  ${curl({ address: api.address, from: account?.name ?? '', to })}`,
    ...(sandbox === null ? [] : [`  npx waybill sandbox reply ${to} "hi"`]),
    '',
  ];
}

/** The key is read where it stands, so that it is neither here nor in the shell's history. */
function curl({
  address,
  ...request
}: {
  readonly address: string;
  readonly from: string;
  readonly to: string;
}) {
  const key = `$(node -p "require('./${DEV_FILE}').apiKey")`;
  const body = JSON.stringify({ ...request, fileUrl: 'https://example.com/invoice.pdf' });
  const headers = `-H "Authorization: Bearer ${key}" -H 'Content-Type: application/json'`;
  return `curl http://${address}/v1/deliveries ${headers} -d '${body}'`;
}
