import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether any of the commands is on PATH. */
export function isInstalled(...commands) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return commands.some((command) => folders.some((folder) => isExecutable(join(folder, command))));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tells the person at the terminal; stdout is left to results. */
export function tell(message) {
  process.stderr.write(`waybill: ${message}\n`);
}

/** Whether the module is the one that node was started with. */
export function isMain(moduleUrl) {
  return moduleUrl === pathToFileURL(realpathSync(process.argv[1] ?? '.')).href;
}

/** A reason to stop that the person at the terminal can act on; 2 is usage or configuration. */
export class SetupError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Does the task of a script; what it returns is the exit code. A reason to stop is told without a stack. */
export function runScript(task) {
  try {
    process.exitCode = task() ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    tell(error.message);
    process.exitCode = error.exitCode;
  }
}

/** Runs a command with all of its output on stderr, and throws when it fails. */
export function runQuietly(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (error) throw new SetupError(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new SetupError(`failed: ${[command, ...args].join(' ')}`);
}

/**
 * Runs one of our own Node programs in the foreground and returns its exit code. Ctrl-C reaches it by itself: we only
 * stay until it has cleaned up.
 */
export function runNode(args) {
  process.on('SIGINT', () => undefined);
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}
