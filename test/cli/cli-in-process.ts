import { Readable } from 'node:stream';
import type { CliContext } from '../../src/cli/context.js';
import type { CommandHost } from '../../src/cli/define.js';
import { createOutput, type Sink } from '../../src/cli/output.js';
import { createCli } from '../../src/cli.js';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A command under way: what it has written so far, and a way to press Ctrl-C. */
export type Started = {
  readonly ended: Promise<Ran>;
  stdout(): string;
  interrupt(): void;
};

type Env = Readonly<Record<string, string>>;

type Around = {
  readonly add?: (host: CommandHost) => void;
  /** What comes by standard input. */
  readonly input?: readonly string[];
  /** Stderr is a terminal that is so wide. */
  readonly columns?: number;
  readonly now?: () => number;
};

/** Runs `waybill` with these arguments in this process; nothing but `env` is in its environment. */
export function startCli(
  args: readonly string[],
  env: Env,
  { add, input = [], columns, now = Date.now }: Around = {},
): Started {
  const [stdout, stderr] = [createSink(), createSink(columns)];
  const stop = new AbortController();
  const context: CliContext = {
    version: '1.2.3',
    output: createOutput({ stdout, stderr, env }),
    stdin: () => Readable.from(input),
    env: () => env,
    stop: () => stop.signal,
    person: () => ({ user: 'anna', host: 'desk-1' }),
    now,
  };
  const ran = async (): Promise<Ran> => {
    const cli = createCli(context);
    add?.(cli.host);
    const code = await cli.run(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
  return { ended: ran(), stdout: stdout.text, interrupt: () => stop.abort() };
}

export function runCli(args: readonly string[], env: Env, input: readonly string[] = []): Promise<Ran> {
  return startCli(args, env, { input }).ended;
}

function createSink(columns?: number): Sink & { text(): string } {
  let written = '';
  return {
    isTTY: columns !== undefined,
    columns,
    write: (text) => {
      written += text;
    },
    text: () => written,
  };
}
