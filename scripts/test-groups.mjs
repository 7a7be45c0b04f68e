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
  const groups = [...alone, ...alternating(inGroups(rest))];
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

/** Folders whose tests wait more than they work: beside each of them runs one that works, the longest first. */
const WAITING = ['e2e', 'inputs', 'preflight', 'producer/http', 'provider', 'push', 'worker'];
const WORKING = ['docs', 'ops', 'model', 'producer', 'bench', 'cli', 'demo', 'project'];

function alternating(groups) {
  const some = (folders) =>
    folders.flatMap((folder) => groups.filter(([first]) => folderOf(first) === folder));
  const waiting = some(WAITING);
  const long = some(WORKING);
  const working = [...long, ...groups.filter((group) => ![...waiting, ...long].includes(group))];
  const rounds = Array.from({ length: Math.max(waiting.length, working.length) }, (_, index) => [
    waiting[index],
    working[index],
  ]);
  return rounds.flat().filter((group) => group !== undefined);
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
