import {
  cpSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isMain, root, runQuietly, runScript, tell } from './project.mjs';

const SOURCES = ['src', 'sandbox', 'dev', 'demo', 'bench', 'tsconfig.json', 'package-lock.json'];
const DIST = join(root, 'dist');
const STAMP = join(DIST, '.built');
/** Read at run time as they are. */
const FILES = [join('src', 'redis', 'lua'), join('src', 'producer', 'http', 'page', 'static')];

/** Builds dist/ when any source is newer than the last build. */
export function ensureBuild() {
  if (existsSync(STAMP) && newest(SOURCES.map((name) => join(root, name))) <= statSync(STAMP).mtimeMs) return;
  tell('building');
  build();
}

/** The latest change under the paths; a folder's own time tells of files that were removed. */
function newest(paths) {
  return Math.max(0, ...paths.filter((path) => existsSync(path)).map(newestUnder));
}

function newestUnder(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, newest(readdirSync(path).map((name) => join(path, name))));
}

/**
 * Builds dist/ from scratch. It grows beside the present one and takes its place when it is complete, so a process
 * that starts meanwhile finds either the old or the new.
 */
export function build() {
  const startedAt = new Date();
  const fresh = join(root, `.dist-${process.pid}`);
  try {
    runQuietly(process.execPath, [compiler(), '-p', 'tsconfig.json', '--outDir', fresh, '--noEmitOnError']);
    for (const files of FILES) {
      if (existsSync(join(root, files))) cpSync(join(root, files), join(fresh, files), { recursive: true });
    }
    stamp(join(fresh, '.built'), startedAt);
    swap(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function compiler() {
  return join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
}

/** The build is as old as its start: a source that changes while it runs is newer. */
function stamp(path, at) {
  writeFileSync(path, '');
  utimesSync(path, at, at);
}

function swap(fresh) {
  const old = `${fresh}-old`;
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}

if (isMain(import.meta.url)) runScript(build);
