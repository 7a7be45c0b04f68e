import { Option } from 'commander';
import { z } from 'zod';
import type { SandboxClient } from '../sandbox/control/client.js';
import { faultSchema } from '../sandbox/faults/fault.js';
import { SandboxError } from '../sandbox/sandbox-error.js';
import { readSettings } from '../src/app/boot.js';
import type { CliContext } from '../src/cli/context.js';
import { addCommand, type CommandDefinition, type CommandHost } from '../src/cli/define.js';
import { EXIT } from '../src/cli/exit-codes.js';
import { flag, fromOption, text } from '../src/cli/options.js';
import { UsageError } from '../src/cli/usage-error.js';
import { formatHostPort } from '../src/config/address.js';
import { DAY, HOUR, MINUTE, SECOND } from '../src/domain/time.js';
import { WaybillError } from '../src/errors.js';

/** What people may do to the sandbox that runs: the clients' part of the story, and trouble. */
export function addSandboxVerbs(sandbox: CommandHost): void {
  addReply(sandbox);
  addWindow(sandbox);
  addAdvance(sandbox);
  addFault(sandbox);
}

function addReply(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'reply <to> <text>',
    summary: 'a client writes to us: its window opens',
    options: [fromOption()],
    input: z.object({ to: text, text, from: text.optional() }),
    act: async ({ to, text: words, from }, client, context) =>
      client.reply(to, words, { from: accountNumber(from, context) }),
  });
}

function addWindow(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'window <to> <minutes>',
    summary: 'set how long a client’s window stays open; 0 closes it',
    options: [fromOption()],
    input: z.object({ to: text, minutes: z.coerce.number().nonnegative(), from: text.optional() }),
    act: async ({ to, minutes, from }, client, context) => {
      await client.windowLeft(to, minutes, { from: accountNumber(from, context) });
      return `window ${minutes === 0 ? 'closed' : `open for ${minutes} min`}`;
    },
  });
}

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

const span = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, { error: 'must be a span such as 25h, 10m or 30s' })
  .transform((words) => Number.parseInt(words, 10) * (SPANS[words.replace(/\d+/, '')] ?? 0));

function addAdvance(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'advance <span>',
    summary: 'move the sandbox’s clock on: 25h, 10m, 30s',
    input: z.object({ span }),
    act: async ({ span: ms }, client) => new Date(await client.advance(ms)).toISOString(),
  });
}

function addFault(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'fault [json]',
    summary: 'have the next calls go wrong: {"kind":"fail","reason":6,"times":2}',
    options: [new Option('--clear', 'forget every fault')],
    input: z.object({ json: z.string().optional(), clear: flag }),
    act: async ({ json, clear }, client) => {
      if ((json === undefined) !== clear) throw new UsageError('give a fault as JSON, or --clear');
      if (json === undefined) await client.clearFaults();
      else await client.fault(readFault(json));
      return json === undefined ? 'faults cleared' : 'fault set';
    },
  });
}

function readFault(json: string) {
  try {
    return faultSchema.parse(JSON.parse(json));
  } catch (cause) {
    const words = cause instanceof z.ZodError ? z.prettifyError(cause) : 'is no JSON';
    throw new UsageError(`<json>: ${words}`, { cause });
  }
}

type Verb<Input> = Omit<CommandDefinition<Input>, 'run'> & {
  /** Resolves with what is printed. */
  readonly act: (input: Input, client: SandboxClient, context: CliContext) => Promise<string>;
};

function addVerb<Input>(sandbox: CommandHost, { act, ...definition }: Verb<Input>): void {
  addCommand(sandbox, {
    ...definition,
    run: async (given, context) => {
      const { createSandboxClient } = await import('../sandbox/control/client.js');
      const { sandbox: listensAt } = readSettings(context.env()).config.listen;
      const at = formatHostPort(listensAt).replace('0.0.0.0', '127.0.0.1');
      const client = createSandboxClient(`http://${at}`);
      context.output.line(await act(given, client, context).catch((error: unknown) => away(error, at)));
      return EXIT.done;
    },
  });
}

/** What is neither the sandbox's refusal nor ours is the connection's. */
function away(error: unknown, at: string): never {
  if (error instanceof SandboxError || error instanceof WaybillError) throw error;
  const message = `No sandbox answers at ${at} (WAYBILL_LISTEN_SANDBOX)`;
  throw new WaybillError('SANDBOX_AWAY', message, { cause: error });
}

/** The sandbox knows accounts by number alone; undefined: its first one. */
function accountNumber(fromOrName: string | undefined, { env }: CliContext): string | undefined {
  const { accounts } = readSettings(env()).config;
  return accounts.find(({ name }) => name === fromOrName)?.from ?? fromOrName;
}
