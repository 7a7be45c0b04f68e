import type { Command, Option } from 'commander';
import type { z } from 'zod';
import type { CliContext } from './context.js';
import type { ExitCode } from './exit-codes.js';
import { UsageError } from './usage-error.js';

/** One command: its face, what it takes, and what it does. */
export type CommandDefinition<Input> = {
  /** As it is written: `status <id>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly Option[];
  /** Reads options and arguments, by their names in camel case. */
  readonly input: z.ZodType<Input>;
  readonly run: (input: Input, context: CliContext) => Promise<ExitCode>;
  /** More, below the options. */
  readonly help?: string;
};

/** Where commands are added, and told how they ended. */
export type CommandHost = {
  readonly command: Command;
  readonly context: CliContext;
  readonly end: (code: ExitCode) => void;
};

/** Adds a command; what it returns takes subcommands. */
export function addCommand<Input>(host: CommandHost, definition: CommandDefinition<Input>): CommandHost {
  const { usage, summary, options = [], help } = definition;
  const command = host.command.command(usage).summary(summary).description(summary);
  for (const option of options) command.addOption(option);
  if (help !== undefined) command.addHelpText('after', `\n${help}`);
  command.action(async () => {
    host.end(await definition.run(readInput(command, definition.input), host.context));
  });
  return { ...host, command };
}

function readInput<Input>(command: Command, input: z.ZodType<Input>): Input {
  const names = command.registeredArguments.map((argument) => argument.name());
  const values = names.map((name, index): [string, unknown] => [name, command.processedArgs[index]]);
  const parsed = input.safeParse({ ...command.opts(), ...Object.fromEntries(values) });
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map((issue) => wordsOf(issue, names)).join('; '));
}

/** Never the value: what was mistyped may be a number or a key. */
function wordsOf({ path, message }: z.core.$ZodIssue, argumentNames: readonly string[]): string {
  const [name] = path;
  if (typeof name !== 'string') return message;
  return `${argumentNames.includes(name) ? `<${name}>` : optionOf(name)}: ${message}`;
}

/** `replyTo` → `--reply-to`. */
export function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
