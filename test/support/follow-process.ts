import type { ChildProcess } from 'node:child_process';

const CLOSE_TIMEOUT_MS = 10_000;

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process that we started. */
export type Followed = {
  readonly pid: number;
  /** All that it has written to stdout and stderr so far, as it came; and each of the two. */
  output(): string;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
  /** Resolves when it is gone and all it has written is read. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, and the end awaited, by force after 10 s; done at once when it has ended already. */
  close(): Promise<Exit>;
};

/** Keeps what a process writes, and how it ends. */
export function followProcess(child: ChildProcess): Followed {
  const written = { all: '', stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      written.all += text;
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    output: () => written.all,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    kill: (signal) => void child.kill(signal),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    exited,
    async close() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
      const exit = await exited;
      clearTimeout(force);
      return exit;
    },
  };
}
