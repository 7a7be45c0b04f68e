import { Option } from 'commander';
import { z } from 'zod';
import type { Env } from '../src/app/boot.js';
import type { Core } from '../src/app/core.js';
import { type MetricsAt, serve } from '../src/app/process.js';
import type { CliContext } from '../src/cli/context.js';
import { addCommand, type CommandHost } from '../src/cli/define.js';
import { EXIT, type ExitCode } from '../src/cli/exit-codes.js';
import { flag } from '../src/cli/options.js';
import { formatHostPort } from '../src/domain/host-port.js';
import { type DevEnv, devEnv } from './dev-env.js';
import { claimDevFolder, DEV_FILE, type DevFolder, type Kept, namesRedis } from './dev-file.js';
import { type PrivateRedis, startPrivateRedis } from './private-redis.js';
import { port, sandboxFlags, seed, wishesOf } from './sandbox-flags.js';
import type { All } from './start-all.js';

const input = z.object({
  port: port.optional(),
  providerUrl: z.string().optional(),
  seed: seed.optional(),
  fetchFiles: flag,
  fresh: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  new Option('--port <port>', 'sandbox there, webhooks, metrics and API on the next three; 0: any free ones'),
  new Option('--provider-url <url>', 'another provider than the sandbox; wants a real account'),
  new Option('--fresh', 'a new Redis port and new keys, not those of the last start in this folder'),
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
    help: `It needs no settings. Without REDIS_URL it brings a private Redis. The other commands in this folder find it by
${DEV_FILE}, which holds secrets, and keeps the Redis port and the keys for the next start.`,
    run: (given, context) => runDev(given, context, place),
  });
}

async function runDev(given: Input, context: CliContext, place: DevPlace): Promise<ExitCode> {
  // Heard from the first moment on: whatever is started is also stopped.
  const stop = context.stop();
  if (place.env.WAYBILL_PROVIDER_URL && given.providerUrl === undefined) {
    context.output.note('the sandbox stands in for WAYBILL_PROVIDER_URL; another one wants --provider-url');
  }
  const folder = claimDevFolder(place.folder, given.fresh);
  const { kept } = folder;
  try {
    const redis = namesRedis(place.env) ? null : await startRedis(kept, context);
    try {
      const { providerUrl, port: first } = given;
      const asked = { redisUrl: redis?.url ?? null, providerUrl, port: first, kept };
      const { env, made } = devEnv(place.env, asked);
      const left = { ...made, ...(redis === null ? {} : { redisPort: redis.port }) };
      return await serveAll({ env, made: left, given, folder, stop }, context);
    } finally {
      await redis?.stop();
    }
  } finally {
    folder.release();
  }
}

/** Where it was the last time, so that what is set to find it there still does. */
async function startRedis({ redisPort }: Kept, { output }: CliContext): Promise<PrivateRedis> {
  if (redisPort === undefined) return startPrivateRedis();
  try {
    return await startPrivateRedis({ port: redisPort });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('Address already in use'))) throw error;
    output.note(`something else listens on port ${redisPort}: Redis takes another one`);
    return startPrivateRedis();
  }
}

type Dev = {
  readonly env: DevEnv['env'];
  /** What was made up, or taken over from the last start. */
  readonly made: Kept;
  readonly given: Input;
  readonly folder: DevFolder;
  readonly stop: AbortSignal;
};

async function serveAll({ env, made, given, folder, stop }: Dev, context: CliContext): Promise<ExitCode> {
  const wishes = given.providerUrl === undefined ? wishesOf(given) : null;
  const { version } = context;
  const options = { env, version, role: 'dev', need: ['accounts', 'webhookToken', 'apiKeys'], stop } as const;
  const ended = await serve(options, async (core, metricsAt) => {
    const { startAll } = await import('./start-all.js');
    const all = await startAll(core, { wishes, version });
    folder.publish({ ...env, ...foundAt(all, metricsAt) }, made);
    context.output.lines(welcome(core, all, { metricsAt, hasKey: made.apiKey !== undefined }));
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

/** `hasKey`: the API's key was made up, and is in the file. */
type Around = { readonly metricsAt: MetricsAt; readonly hasKey: boolean };

/** The webhook's token and the API's key are only in the file. */
function welcome({ config }: Core, { api, webhooks, sandbox }: All, { metricsAt, hasKey }: Around): string[] {
  const [account] = config.accounts;
  const redis = config.redis.kind === 'url' ? formatHostPort(config.redis) : config.redis.kind;
  const to = '972501234567';
  const enqueue = `npx waybill enqueue --from ${account?.name} --to ${to} --file https://example.com/invoice.pdf`;
  return [
    `provider  ${sandbox === null ? config.provider.url : `${sandbox.url} (sandbox, seed ${sandbox.seed})`}`,
    `webhooks  http://${webhooks.address}`,
    `api       http://${api.address}/docs`,
    `on duty   http://${api.address}/ (any user name; the password is ${hasKey ? `apiKey in ${DEV_FILE}` : 'one of the keys of WAYBILL_API_KEYS'})`,
    ...(metricsAt === null ? [] : [`metrics   http://${formatHostPort(metricsAt)}/metrics`]),
    `redis     ${redis}`,
    `secrets   in ${DEV_FILE}: keep it out of version control`,
    '',
    'In this folder, in another terminal:',
    `  ${enqueue}`,
    `  ${curl({ address: api.address, hasKey, from: account?.name ?? '', to })}`,
    ...(sandbox === null ? [] : [`  npx waybill sandbox reply ${to} "hi"`]),
    '',
  ];
}

/** The key is read where it is, so that it is neither here nor in the shell's history. */
function curl({
  address,
  hasKey,
  ...request
}: {
  readonly address: string;
  readonly hasKey: boolean;
  readonly from: string;
  readonly to: string;
}) {
  // Only its digest is in WAYBILL_API_KEYS.
  const key = hasKey ? `$(node -p "require('./${DEV_FILE}').apiKey")` : '$WAYBILL_API_KEY';
  const body = JSON.stringify({ ...request, fileUrl: 'https://example.com/invoice.pdf' });
  const headers = `-H "Authorization: Bearer ${key}" -H 'Content-Type: application/json'`;
  return `curl http://${address}/v1/deliveries ${headers} -d '${body}'`;
}
