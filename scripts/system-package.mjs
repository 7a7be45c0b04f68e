import { spawnSync } from 'node:child_process';
import { isInstalled, runQuietly, SetupError, tell } from './project.mjs';

/**
 * Sees to it that a program of the system is there; throws with what to run where it may not install one.
 * `installers` say how each package manager does; the first one that is on PATH is used.
 */
export function ensureSystemPackage({ name, isThere, installers }) {
  if (isThere()) return;
  const installer = installers.find(({ manager }) => isInstalled(manager));
  const shell = installer && withoutPassword(installer);
  const instructions = instructionsOf(name, installer ? [installer] : installers);
  if (process.env.WAYBILL_NO_INSTALL === '1' || !shell) throw new SetupError(instructions, 2);
  tell(`no ${name} on PATH; installing it: ${shell.join(' ')}`);
  install(shell);
  if (!isThere()) throw new SetupError(`that did not work. ${instructions}`, 2);
}

/** The command line that installs without asking for a password, if there is one. */
function withoutPassword({ command, needsRoot }) {
  const shell = ['sh', '-c', command];
  if (!needsRoot || process.getuid?.() === 0) return shell;
  const hasSudo = isInstalled('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return hasSudo ? ['sudo', '-n', ...shell] : undefined;
}

function install([command, ...args]) {
  try {
    runQuietly(command, args, { ...process.env, DEBIAN_FRONTEND: 'noninteractive' });
  } catch (error) {
    tell(error.message);
  }
}

function instructionsOf(name, installers) {
  const lines = installers.map(({ command, needsRoot }) =>
    needsRoot ? `  sudo sh -c '${command}'` : `  ${command}`,
  );
  return `${name} is needed on PATH. Install it and try again:\n${lines.join('\n')}`;
}
