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
  if (wanted === undefined) return false;
  // While npm itself installs, as for a git URL, its copy is not there yet.
  if (present === undefined && process.env.npm_lifecycle_event === 'prepare')
    return direct(wanted).every(isThere);
  if (present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

/** The packages that the project itself names, with their exact versions. */
function direct(wanted) {
  const { dependencies = {}, devDependencies = {} } = wanted[''] ?? {};
  return Object.keys({ ...dependencies, ...devDependencies }).map((name) => ({
    name,
    version: wanted[`node_modules/${name}`]?.version,
  }));
}

function isThere({ name, version }) {
  const manifest = read(join('node_modules', name, 'package.json'));
  return manifest !== undefined && manifest.version === version;
}

function packagesOf(lock) {
  return read(lock)?.packages;
}

function read(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return undefined;
  }
}
