import { spawnSync } from 'node:child_process';
import { isInstalled, runQuietly, SetupError, tell } from './project.mjs';

// How each package manager installs a Redis; the first one that is on PATH is used.
const INSTALLERS = [
  { manager: 'apt-get', command: 'apt-get update && apt-get install -y redis-server', needsRoot: true },
  { manager: 'dnf', command: 'dnf install -y redis || dnf install -y valkey', needsRoot: true },
  { manager: 'apk', command: 'apk add redis', needsRoot: true },
  { manager: 'brew', command: 'brew install redis', needsRoot: false },
];

/** Sees to it that redis-server or valkey-server is on PATH; throws with what to run where it may not install one. */
export function ensureRedis() {
  if (hasRedis()) return;
  const installer = INSTALLERS.find(({ manager }) => isInstalled(manager));
  const shell = installer && withoutPassword(installer);
  if (process.env.WAYBILL_NO_INSTALL === '1' || !shell) throw new SetupError(instructions(installer), 2);
  tell(`no redis-server or valkey-server on PATH; installing it: ${shell.join(' ')}`);
  install(shell);
  if (!hasRedis()) throw new SetupError(`that did not work. ${instructions(installer)}`, 2);
}

function hasRedis() {
  return isInstalled('redis-server', 'valkey-server');
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

function instructions(installer) {
  const lines = (installer ? [installer] : INSTALLERS).map(({ command, needsRoot }) =>
    needsRoot ? `  sudo sh -c '${command}'` : `  ${command}`,
  );
  return `redis-server or valkey-server is needed on PATH. Install it and try again:\n${lines.join('\n')}`;
}
