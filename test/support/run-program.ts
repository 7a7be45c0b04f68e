import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DIST = join(__dirname, '..', '..', 'dist');

/** What a program came to; its output is stdout and stderr as they came. */
export type ProgramResult = { readonly exitCode: number | null; readonly output: string };

/** Runs a page's program as an ES module beside the built package, which it may import by name. */
export async function runProgram(
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const folder = mkdtempSync(join(DIST, 'program-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, code);
  try {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(process.execPath, [file], { stdio: [...stdio], env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const [exitCode] = await once(child, 'close');
    return { exitCode, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
