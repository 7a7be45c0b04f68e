import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCommand, untilSaid } from '../support/command.js';
import type { Followed } from '../support/follow-process.js';

/** The `waybill` command as a process; `exited` with its exit code. */
export type WaybillProcess = Omit<Followed, 'exited' | 'close'> & {
  /** Waits until it has written this on either stream. */
  says(words: string): Promise<void>;
  readonly exited: Promise<number | null>;
};

export type Place = { readonly folder: string; readonly env: Readonly<Record<string, string>> };

/** Starts it in a folder, with nothing else in its environment. */
export function startWaybill(args: readonly string[], { folder, env }: Place): WaybillProcess {
  const command = startCommand(args, { HOME: folder, ...env }, folder);
  return {
    ...command,
    says: (words) => untilSaid(command, words),
    exited: command.exited.then(({ code }) => code),
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
