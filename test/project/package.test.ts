import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT, runNode } from './mini-checkout.js';

const USE = 'console.log(typeof createWaybill);';
const TYPED_USE = `
// @ts-expect-error it has to be told where Redis is
createWaybill();
export const make: (options: never) => object = createWaybill;
`;

/** An app of somebody else's with the packed package in its node_modules, and the dependencies beside it. */
let app: string;
let installed: string;

beforeAll(() => {
  runNode(['-e', `import('./scripts/build.mjs').then(({ ensureBuild }) => ensureBuild())`], { cwd: ROOT });
  app = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-app-')));
  installed = join(app, 'node_modules', 'waybill');
  mkdirSync(installed, { recursive: true });
  // The build is fresh, and others may be using it: no scripts.
  const [{ filename }] = packed.parse(
    JSON.parse(npm('pack', '--ignore-scripts', '--json', '--pack-destination', app)),
  );
  execFileSync('tar', ['-xzf', join(app, filename), '-C', installed, '--strip-components=1']);
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => !entry.startsWith('.'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  }
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

describe('the packed package', () => {
  it('is imported by an ES module', () => {
    writeFileSync(join(app, 'app.mjs'), `import { createWaybill } from 'waybill';\n${USE}\n`);
    expect(runNode(['app.mjs'], { cwd: app })).toEqual({ exitCode: 0, stdout: 'function\n', stderr: '' });
  });

  it('is required by a CommonJS module', () => {
    writeFileSync(join(app, 'app.cjs'), `const { createWaybill } = require('waybill');\n${USE}\n`);
    expect(runNode(['app.cjs'], { cwd: app })).toEqual({ exitCode: 0, stdout: 'function\n', stderr: '' });
  });

  it.each(['typed.mts', 'typed.cts'])('brings its types to %s', (file) => {
    writeFileSync(join(app, file), `import { createWaybill } from 'waybill';\n${TYPED_USE}`);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const args = [compiler, ...options, '--types', 'node', file];
    expect(runNode(args, { cwd: app })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('runs its command without installing or building anything', () => {
    const { version } = z.object({ version: z.string() }).parse(readJson('package.json'));
    const command = join(installed, 'bin/waybill.js');
    expect(runNode([command, '--version'], { cwd: app })).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('holds every Lua script', () => {
    const scripts = (folder: string) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.lua'))
        .sort();
    expect(scripts(join(installed, 'dist/src/redis/lua'))).toEqual(scripts(join(ROOT, 'src/redis/lua')));
  });

  it('holds what runs, and no sources, tests or secrets', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const strange = files.filter((name) =>
      /^(src|test|demo|dist\/demo|scripts)\b|\.map$|(?<!\.d)\.ts$|\.env/.test(name),
    );
    expect(strange).toEqual([]);
    expect(existsSync(join(installed, 'LICENSE'))).toBe(true);
  });
});

describe('package-lock.json', () => {
  const { packages } = z
    .object({ packages: z.record(z.string(), lockEntry()) })
    .parse(readJson('package-lock.json'));

  it('names no place that packages come from', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('knows the binaries of every platform, so that npm ci works on each', () => {
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    const known = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(wanted.filter((name) => !known.has(name))).toEqual([]);
  });
});

const packed = z.tuple([z.object({ filename: z.string() })]);

function lockEntry() {
  return z.object({
    resolved: z.string().optional(),
    optionalDependencies: z.record(z.string(), z.string()).optional(),
  });
}

function npm(...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}
