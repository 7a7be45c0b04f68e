import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Env } from '../src/app/boot.js';
import { listenForStop } from '../src/app/stop-signal.js';
import type { CliContext } from '../src/cli/context.js';
import { createOutput, type Output } from '../src/cli/output.js';
import { createCli } from '../src/cli.js';
import { addDev } from './dev-command.js';
import { DEV_FILE, readDevFile, withDevFile } from './dev-file.js';
import { addSandbox } from './sandbox-command.js';

/** The `waybill` command of this process: the sources' commands, the sandbox's, and `dev`. */
async function main(): Promise<void> {
  const { env, stdout, stderr, argv } = process;
  const folder = process.cwd();
  const output = createOutput({ stdout, stderr, env });
  let stop: AbortSignal | undefined;
  const context: CliContext = {
    version: readVersion(),
    output,
    stdin: () => process.stdin,
    env: createFolderEnv(env, folder, output),
    stop: () => (stop ??= listenForStop()),
    person: readPerson,
    now: () => Date.now(),
  };
  const cli = createCli(context);
  addSandbox(cli.host);
  addDev(cli.host, { folder, env });
  exitWhenNobodyReads();
  const code = await cli.run(argv.slice(2));
  // Flushed first; and what a command leaves open does not keep the process.
  stdout.write('', () => process.exit(code));
}

/** The environment, with what the folder's `waybill dev` adds; that it does is said once. */
function createFolderEnv(env: Env, folder: string, output: Output): () => Env {
  let found: Env | undefined;
  return () => {
    if (found !== undefined) return found;
    const filled = withDevFile(env, readDevFile(folder));
    if (filled.used) output.note(`using the waybill dev of this folder (${DEV_FILE})`);
    found = filled.env;
    return found;
  };
}

/** In a container the user may have no name. */
function readPerson(): ReturnType<CliContext['person']> {
  const host = hostname();
  try {
    return { user: userInfo().username, host };
  } catch {
    return { user: null, host };
  }
}

/** `waybill events | head`: the reader has seen enough. */
function exitWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** From dist/dev/, as this file runs. */
function readVersion(): string {
  const file = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}

void main();
