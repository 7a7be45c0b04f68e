import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { z } from 'zod';
import { serve } from '../src/app/process.js';
import type { CliContext } from '../src/cli/context.js';
import { addCommand, type CommandHost } from '../src/cli/define.js';
import { EXIT, type ExitCode } from '../src/cli/exit-codes.js';
import { flag } from '../src/cli/options.js';
import { UsageError } from '../src/cli/usage-error.js';
import type { SandboxWishes } from './run-sandbox.js';
import { sandboxFlags, seed, wishesOf } from './sandbox-flags.js';
import { addSandboxVerbs } from './sandbox-verbs.js';

const input = z.object({
  options: z.string().optional(),
  webhookUrl: z.string().optional(),
  seed: seed.optional(),
  fetchFiles: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  new Option('--options <file>', 'JSON with any of the sandbox’s options; flags win over it'),
  new Option('--webhook-url <url>', 'where callbacks go until an account sets its own'),
  ...sandboxFlags(),
];

/** `waybill sandbox`: the provider's stand-in; with a verb, something happens in the one that runs. */
export function addSandbox(host: CommandHost): void {
  const sandbox = addCommand(host, {
    usage: 'sandbox',
    summary: 'run the provider’s stand-in, or make something happen in it',
    options,
    input,
    run: runStandIn,
  });
  addSandboxVerbs(sandbox);
}

async function runStandIn(given: Input, { env, version, stop, output }: CliContext): Promise<ExitCode> {
  const wishes = { ...readOptions(given.options), ...wishesOf(given), ...webhookOf(given) };
  const options = { env: env(), version, role: 'sandbox', stop: stop(), health: false };
  const ended = await serve(options, async (core) => {
    const { runSandbox } = await import('./run-sandbox.js');
    const sandbox = await runSandbox(core, wishes);
    if (wishes.webhook === undefined) output.note(NO_CALLBACKS);
    output.lines([`url   ${sandbox.url}`, `seed  ${sandbox.seed}`]);
    return sandbox;
  });
  return ended === 'drained' ? EXIT.done : EXIT.refused;
}

const NO_CALLBACKS =
  'callbacks go nowhere until an account sets its webhook (waybill provider connect); or give --webhook-url';

function webhookOf({ webhookUrl }: Input): SandboxWishes {
  return webhookUrl === undefined ? {} : { webhook: { url: webhookUrl } };
}

const optionsFile = z.record(z.string(), z.unknown());

function readOptions(path: string | undefined): SandboxWishes {
  if (path === undefined) return {};
  try {
    return optionsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UsageError('--options: must be the path of a file with a JSON object', { cause });
  }
}
