import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuietly, tell } from './project.mjs';

/**
 * Also where npm itself runs us, with options of its own that are about another folder. No package needs a script of
 * its own to be installed, and ours would build what is built next.
 */
const OPTIONS = ['--include=dev', '--ignore-scripts', '--location=project', '--no-global'];

/** Installs the packages of package-lock.json unless exactly those are there. */
export function ensureDependencies() {
  if (areInstalled()) return;
  tell('installing dependencies: npm ci');
  runQuietly('npm', ['ci', ...OPTIONS, '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * npm leaves a copy of what it has installed. Versions are compared rather than file times, since a checkout or a
 * merge touches the lock without changing it.
 */
function areInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(join(root, lock), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
