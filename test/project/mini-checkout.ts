import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

const TOOLING = ['package.json', 'package-lock.json', 'tsconfig.json', 'jest.config.cjs', 'bin', 'scripts'];

/** What a command came to. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with our tooling and packages, and sources of its own. */
export interface MiniCheckout {
  readonly dir: string;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Runs one of its Node programs with more environment. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): CommandResult;
  close(): void;
}

export function createMiniCheckout(): MiniCheckout {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-checkout-')));
  for (const name of TOOLING) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  return {
    dir,
    write,
    remove: (path) => rmSync(join(dir, path), { recursive: true }),
    run: (args, env = {}) => runNode(args, { cwd: dir, env }),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs Node to its end. Nothing of the jest process's own settings reaches it, but for PATH. */
export function runNode(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    encoding: 'utf8',
  });
  return { exitCode: status, stdout, stderr };
}
