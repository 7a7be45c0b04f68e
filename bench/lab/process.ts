import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

/** Only for sources: compiled files need no help to run. */
const HOOK = join(__dirname, '..', '..', 'test', 'support', 'typescript.cjs');
const EXTENSION = extname(__filename);
const CLOSE_TIMEOUT_MS = 15_000;
const SHOWN_CHARS = 2000;

export type Env = Readonly<Record<string, string>>;

export type ProcessOptions = {
  readonly env: Env;
  /** Of Node itself. */
  readonly nodeArgs?: readonly string[];
};

/** One of `processes/`, running; it does not outlive this one. */
export type Process = {
  readonly pid: number;
  tell(message: object): void;
  /** Returns what ends the listening. */
  hear(listener: (message: unknown) => void): () => void;
  /** Rejects when it ends without having been asked to. */
  readonly died: Promise<never>;
  /** SIGTERM, and the end awaited, by force after 15 s. */
  close(): Promise<void>;
};

/** Starts a process. What it writes goes to a file, as fast as to a log collector, and is shown when it dies. */
export function startProcess(name: string, { env, nodeArgs = [] }: ProcessOptions): Process {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const file = join(__dirname, '..', 'processes', `${name}${EXTENSION}`);
  const hook = EXTENSION === '.ts' ? ['-r', HOOK] : [];
  const child = spawn(process.execPath, [...nodeArgs, ...hook, file], {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let closing = false;
  const died = exited.then(() => (closing ? forever() : fail(name, log)));
  died.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    tell: (message) => void child.send(message),
    hear(listener) {
      child.on('message', listener);
      return () => void child.off('message', listener);
    },
    died,
    async close() {
      closing = true;
      await end(child, exited);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}

function fail(name: string, log: string): never {
  throw new Error(`The ${name} process ended by itself:\n${readFileSync(log, 'utf8').slice(-SHOWN_CHARS)}`);
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
  await exited;
  clearTimeout(force);
}

/** Resolves with the first message that `read` makes something of. */
export function nextMessage<T>(child: Process, read: (message: unknown) => T | null): Promise<T> {
  const heard = new Promise<T>((resolve) => {
    const stop = child.hear((message) => {
      const value = read(message);
      if (value === null) return;
      stop();
      resolve(value);
    });
  });
  return Promise.race([heard, child.died]);
}
