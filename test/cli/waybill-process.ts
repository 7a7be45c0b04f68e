import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/wait.js';

const ROOT = join(__dirname, '..', '..');
const BINARY = join(ROOT, 'bin', 'waybill.js');
/** A build may have to come first. */
const START_TIMEOUT_MS = 45_000;

/** The `waybill` command as a process. */
export type WaybillProcess = {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Waits until it has written this on either. */
  says(words: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
  readonly exited: Promise<number | null>;
};

export type Place = { readonly folder: string; readonly env: Readonly<Record<string, string>> };

/** Starts it in a folder, with nothing else in its environment. */
export function startWaybill(args: readonly string[], { folder, env }: Place): WaybillProcess {
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, WAYBILL_NO_INSTALL: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    async says(words) {
      const said = () => `${written.stdout}${written.stderr}`.includes(words);
      const what = `${args[0]} saying "${words}"`;
      await eventually(() => said() || hasEnded(), { timeoutMs: START_TIMEOUT_MS, what });
      if (!said()) throw new Error(`It ended without saying "${words}":\n${written.stdout}${written.stderr}`);
    },
    kill: (signal) => void child.kill(signal),
    hasEnded,
    exited,
  };
}

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export async function runWaybill(args: readonly string[], place: Place): Promise<Ran> {
  const running = startWaybill(args, place);
  const code = await running.exited;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** Gives each test of the file a folder of its own, and ends by force what it has left running there. */
export function withFolder(): { readonly path: string; start: typeof startWaybill } {
  let path = '';
  let running: WaybillProcess[] = [];
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'waybill-folder-'));
    running = [];
  });
  afterEach(async () => {
    for (const each of running.filter((one) => !one.hasEnded())) each.kill('SIGKILL');
    await Promise.all(running.map(({ exited }) => exited));
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    start(args, place) {
      const started = startWaybill(args, place);
      running.push(started);
      return started;
    },
  };
}
