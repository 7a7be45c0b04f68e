import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './project.mjs';

/** Where the groups are, from the root. */
export const GROUPS = '.test-groups';
const MOST = 12;

/** Longest first: one that began last would keep one core busy while the other has nothing to do. */
const ALONE = [
  'faults/short',
  'producer/http/page/page',
  'project/package',
  'inputs/answers',
  'e2e/bulk-http',
  'cli/processes',
  'dev/dev',
];

/**
 * Writes the whole suite as a few files, each of which runs some of one folder. Jest loads every module again for each
 * file, which took as long as the tests themselves. A file keeps its hooks to itself, as it is a block of its own.
 */
export function writeTestGroups() {
  const folder = join(root, GROUPS);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const files = testFiles(join(root, 'test'));
  const alone = ALONE.flatMap((name) =>
    files.filter((file) => file === `test/${name}.test.ts`).map((file) => [file]),
  );
  const rest = files.filter((file) => !alone.flat().includes(file));
  const groups = [...alone, ...inGroups(rest)];
  for (const [index, group] of groups.entries()) {
    const name = `${String(index).padStart(2, '0')}-${folderOf(group[0]).replaceAll('/', '-')}.test.ts`;
    writeFileSync(join(folder, name), group.map(block).join(''));
  }
}

function testFiles(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** Folder by folder. */
function inGroups(files) {
  const folders = Object.values(byFolder(files));
  return folders.flatMap((own) => {
    const count = Math.ceil(own.length / MOST);
    return Array.from({ length: count }, (_, index) => own.filter((_file, at) => at % count === index));
  });
}

function byFolder(files) {
  const folders = {};
  for (const file of files) folders[folderOf(file)] = [...(folders[folderOf(file)] ?? []), file];
  return folders;
}

function folderOf(file) {
  return file.replace(/^test\//, '').replace(/\/?[^/]+$/, '');
}

/** A file that cannot be loaded fails alone. */
function block(file) {
  return `describe('${file}', () => {
  try {
    require('../${file}');
  } catch (error) {
    it('loads', () => Promise.reject(error));
  }
});
`;
}
