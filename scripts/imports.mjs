import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { root, runNode, runScript } from './project.mjs';

// The sources show every import; the compiled files only those that remain when types are gone. The rules need both.
const FOLDERS = ['src', 'sandbox', 'dev', 'demo', 'bench', 'test', 'dist'];

runScript(() => {
  ensureBuild();
  const present = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  return runNode(['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', ...present]);
});
