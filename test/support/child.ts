import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const HOOK = join(__dirname, 'typescript.cjs');
const SCRIPT = join(__dirname, 'child-process.ts');
const CLOSE_TIMEOUT_MS = 10_000;

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Role = 'worker' | 'webhooks' | 'producer';

/** A process of our own to kill, which does not outlive this one. */
export type Child = {
  readonly role: Role;
  readonly pid: number;
  /** Where a webhook consumer listens; 0 of the others. */
  readonly port: number;
  /** Where it serves its metrics; 0 of a producer. */
  readonly metricsPort: number;
  /** All that it has written to stdout and stderr so far. */
  output(): string;
  tell(message: object): void;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<Exit>;
  /** SIGTERM, and the end awaited, by force after 10 s; done at once when it has ended already. */
  close(): Promise<Exit>;
};

const readySchema = z.object({ port: z.number().default(0), metricsPort: z.number().default(0) });

/** Runs `child-process.ts` in a role; resolves when it is up. */
export async function startChild(role: Role, env: Readonly<Record<string, string>>): Promise<Child> {
  const child = spawn(process.execPath, ['-r', HOOK, SCRIPT, role], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = await Promise.race([firstMessage(child), exited.then(() => null)]);
  if (ready === null) throw new Error(`The ${role} process ended before it was up:\n${output}`);
  return {
    role,
    pid: child.pid ?? 0,
    ...ready,
    output: () => output,
    tell: (message) => void child.send(message),
    kill: (signal) => void child.kill(signal),
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

function firstMessage(child: ChildProcess): Promise<z.infer<typeof readySchema>> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(readySchema.parse(message)));
  });
}
