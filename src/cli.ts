import { Command, CommanderError } from 'commander';
import { addAccounts } from './cli/commands/accounts.js';
import { addApiKey } from './cli/commands/api-key.js';
import { addCancel } from './cli/commands/cancel.js';
import { addConfig } from './cli/commands/config.js';
import { addEnqueue } from './cli/commands/enqueue.js';
import { addErase } from './cli/commands/erase.js';
import { addEvents } from './cli/commands/events.js';
import { addExplain } from './cli/commands/explain.js';
import { addHealth } from './cli/commands/health.js';
import { addLedger } from './cli/commands/ledger.js';
import { addList } from './cli/commands/list.js';
import { addProcesses } from './cli/commands/processes.js';
import { addProvider } from './cli/commands/provider.js';
import { addResend } from './cli/commands/resend.js';
import { addResolve } from './cli/commands/resolve.js';
import { addStatus } from './cli/commands/status.js';
import type { CliContext } from './cli/context.js';
import type { CommandHost } from './cli/define.js';
import { EXIT, type ExitCode, exitCodeOf } from './cli/exit-codes.js';
import { faultsInOptions } from './cli/in-options.js';
import type { Output } from './cli/output.js';
import { maskText } from './domain/mask.js';
import { ValidationError, WaybillError } from './errors.js';

export type Cli = {
  /** Where more commands may be added. */
  readonly host: CommandHost;
  /** Runs what was asked for, as in `process.argv` after the program's name; never throws. */
  run(args: readonly string[]): Promise<ExitCode>;
};

const EXIT_CODES = `Exit codes: 0 done, 1 refused or ended failed, 2 usage, configuration or no --yes, 3 not found,
75 Redis cannot be reached. Results are on stdout, all else on stderr.`;

/** The `waybill` command. */
export function createCli(context: CliContext): Cli {
  const command = createProgram(context);
  let code: ExitCode = EXIT.done;
  const host: CommandHost = {
    command,
    context,
    end: (ended) => {
      code = ended;
    },
  };
  for (const add of COMMANDS) add(host);
  return {
    host,
    async run(args) {
      try {
        await command.parseAsync([...args], { from: 'user' });
        return code;
      } catch (error) {
        return tellError(error, context.output);
      }
    },
  };
}

const COMMANDS: readonly ((host: CommandHost) => void)[] = [
  addProcesses,
  addEnqueue,
  addStatus,
  addExplain,
  addList,
  addCancel,
  addResend,
  addResolve,
  addErase,
  addAccounts,
  addLedger,
  addProvider,
  addEvents,
  addApiKey,
  addConfig,
  addHealth,
];

function createProgram({ version, output }: CliContext): Command {
  return new Command('waybill')
    .description('Sends files to WhatsApp clients from a queue, and knows what became of each one.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', `\n${EXIT_CODES}`)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
      // It repeats what was typed, which may be a number.
      outputError: (text, write) => write(maskText(text)),
    });
}

/** Commander has told its own errors already; for it, help that was asked for is one too. */
function tellError(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  output.complain(wordsOf(error));
  return exitCodeOf(error);
}

/** Our own errors hold nothing that must not be told; of anybody else's we cannot know. */
function wordsOf(error: unknown): string {
  if (error instanceof ValidationError) return faultsInOptions(error);
  if (error instanceof WaybillError) return error.message;
  return maskText(error instanceof Error ? error.message : String(error));
}
