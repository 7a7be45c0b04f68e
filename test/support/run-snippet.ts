import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { BINARY } from './command.js';
import { type Followed, followProcess } from './follow-process.js';

/** A folder of its own in which a page's snippets run, and `npx waybill` is this checkout's. */
export type SnippetShop = {
  readonly folder: string;
  /** Runs a program of the machine with these arguments there. */
  start(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Followed;
  /** Ends what is still running, and removes the folder. */
  close(): Promise<void>;
};

export function openSnippetShop(): SnippetShop {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-snippets-'));
  const npx = join(folder, 'npx');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
  chmodSync(npx, 0o755);
  const started: Followed[] = [];
  return {
    folder,
    start(program, args, env = {}) {
      const path = `${folder}${delimiter}${process.env.PATH ?? ''}`;
      const child = spawn(program, [...args], {
        cwd: folder,
        env: { HOME: folder, WAYBILL_NO_INSTALL: '1', ...env, PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const followed = followProcess(child);
      started.push(followed);
      return followed;
    },
    async close() {
      await Promise.all(started.map((each) => each.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a shell snippet to its end. @throws Error with its output when a line of it fails */
export async function runShell(
  shop: SnippetShop,
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const running = shop.start('sh', ['-euc', code], env);
  const { code: exitCode } = await running.exited;
  if (exitCode !== 0) throw new Error(`It ended with ${exitCode}:\n${running.output()}`);
  return running.output();
}
