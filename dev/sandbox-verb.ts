import type { SandboxClient } from '../sandbox/control/client.js';
import { SandboxError } from '../sandbox/sandbox-error.js';
import { readSettings } from '../src/app/boot.js';
import type { CliContext } from '../src/cli/context.js';
import { addCommand, type CommandDefinition, type CommandHost } from '../src/cli/define.js';
import { EXIT } from '../src/cli/exit-codes.js';
import { calledAt, formatHostPort } from '../src/domain/host-port.js';
import { WaybillError } from '../src/errors.js';

/** Something that is done to the sandbox which runs, or asked of it. */
export type Verb<Input> = Omit<CommandDefinition<Input>, 'run' | 'help'> & {
  /** What to type, without `waybill sandbox`. */
  readonly example: string;
  /** Resolves with what is printed. */
  readonly act: (
    input: Input,
    client: SandboxClient,
    context: CliContext,
  ) => Promise<readonly string[] | string>;
};

export function addVerb<Input>(sandbox: CommandHost, { act, example, ...definition }: Verb<Input>): void {
  addCommand(sandbox, {
    ...definition,
    help: `Example: waybill sandbox ${example}`,
    run: async (given, context) => {
      const { createSandboxClient } = await import('../sandbox/control/client.js');
      const { sandbox: listensAt } = readSettings(context.env()).config.listen;
      const at = formatHostPort(calledAt(listensAt));
      const client = createSandboxClient(`http://${at}`);
      const said = await act(given, client, context).catch((error: unknown) => away(error, at));
      context.output.lines([said].flat());
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
export function accountNumber(
  fromOrName: string | undefined,
  { env }: Pick<CliContext, 'env'>,
): string | undefined {
  const { accounts } = readSettings(env()).config;
  return accounts.find(({ name }) => name === fromOrName)?.from ?? fromOrName;
}
