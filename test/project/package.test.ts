import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { withRedis } from '../support/redis.js';
import { type CommandResult, ROOT, runNode } from './mini-checkout.js';

/** Everything is downloaded once more where the npm cache has nothing. */
const INSTALL_MS = 900_000;
/** What a package is made of; the rest of the checkout would only take time. */
const PARTS = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  '.gitignore',
  'LICENSE',
  'README.md',
  'tsconfig.json',
];
const FOLDERS = ['bin', 'scripts', 'src', 'sandbox', 'dev'];
/** The tools that build. */
const BUILDS = /^node_modules\/(@typescript\/(native|typescript-.*)|@types\/node|undici-types)$/;
/** For packages that run it is an optional peer, so that its lock does not say `dev`. */
const READS_TYPES = /^node_modules\/(typescript|@typescript\/old)$/;

const USE = `
const waybill = createWaybill({ redis: process.env.REDIS_URL ?? '', accounts: [{ from: '972771234567', name: 'shop' }] });
const request = { id: 'invoice-7', from: 'shop', to: '972501234567', fileUrl: 'https://example.com/invoice.pdf' };
waybill.enqueue(request).then(({ id, status, duplicate }) => {
  console.log(id, status, duplicate);
  return waybill.close();
});
`;
const TYPED_USE = `
// @ts-expect-error it has to be told where Redis is
createWaybill();
const options: WaybillOptions = { redis: 'redis://127.0.0.1:6379' };
export const make: (options: WaybillOptions) => Waybill = createWaybill;
export const until = (waybill: Waybill) => waybill.wait('invoice-7', 'read', { timeoutMs: 1, from: options.prefix ?? 'shop' });
`;
const IMPORT = `import { createWaybill } from 'waybill';\n`;
const TYPES = `import type { Waybill, WaybillOptions } from 'waybill';\n`;

const RESOLUTIONS: readonly (readonly [string, string])[] = [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
];

const redis = withRedis();

const WAYS = ['folder', 'git URL', 'tarball'] as const;
type Way = (typeof WAYS)[number];

const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      dev: z.boolean().optional(),
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** Where all of it lies: a fresh checkout, and an app for each way of installing it. */
let place: string;
const app = (way: Way) => join(place, `app by ${way}`);
const installed = (way: Way) => realpathSync(join(app(way), 'node_modules', 'waybill'));

beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-package-')));
  const checkout = join(place, 'waybill');
  for (const name of [...PARTS, ...FOLDERS])
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  leaveOutTools(checkout);
  commit(checkout);
  install('folder', checkout);
  install('git URL', `git+file://${checkout}`);
  const [{ filename }] = packed.parse(
    JSON.parse(npm(checkout, 'pack', '--json', '--pack-destination', place)),
  );
  install('tarball', join(place, filename));
}, INSTALL_MS);
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe.each(WAYS)('the package, installed from a %s into an empty project', (way) => {
  const inApp = (file: string, code: string): string => {
    writeFileSync(join(app(way), file), code);
    return file;
  };
  const run = (...args: readonly string[]): CommandResult =>
    runNode(args, { cwd: app(way), env: { REDIS_URL: redis.url } });
  const compile = (...args: readonly string[]) =>
    run(join(ROOT, 'node_modules/@typescript/native/bin/tsc'), '--strict', ...NODE_TYPES, ...args);

  it.each([
    ['an ES module', 'app.mjs', IMPORT],
    ['a CommonJS module', 'app.cjs', `const { createWaybill } = require('waybill');\n`],
  ])('is used by %s', (_, file, importing) => {
    expect(run(inApp(file, importing + USE))).toEqual(taken);
  });

  it.each(['typed.mts', 'typed.cts'])('brings its types to %s, which runs as compiled', (file) => {
    inApp(file, IMPORT + TYPES + USE + TYPED_USE.replace(/.*expect-error.*\n.*\n/, ''));
    expect(compile('--module', 'node16', file)).toEqual(silent);
    expect(run(file.replace('ts', 'js'))).toEqual(taken);
  });

  it.each(RESOLUTIONS)(
    'has types that refuse what is wrong, by --module %s --moduleResolution %s',
    (module, resolution) => {
      const file = inApp('wrong.mts', IMPORT + TYPES + TYPED_USE);
      expect(compile('--noEmit', '--module', module, '--moduleResolution', resolution, file)).toEqual(silent);
    },
  );

  it('runs its command', () => {
    const { version } = z.object({ version: z.string() }).parse(readJson('package.json'));
    const { exitCode, stdout } = run(join(installed(way), 'bin/waybill.js'), '--version');
    expect([exitCode, stdout]).toEqual([0, `${version}\n`]);
  });

  it('holds every Lua script', () => {
    const scripts = (folder: string) => filesIn(folder).filter((name) => name.endsWith('.lua'));
    expect(scripts(join(installed(way), 'dist/src/redis/lua'))).toEqual(scripts(join(ROOT, 'src/redis/lua')));
  });
});

it.each(['git URL', 'tarball'] as const)(
  'holds what runs, and no sources, tests or secrets, by %s',
  (way) => {
    const strange = filesIn(installed(way)).filter((name) =>
      /^(src|test|demo|dist\/demo|scripts)\b|\.map$|(?<!\.d)\.ts$|\.env/.test(name),
    );
    expect(strange.filter((name) => !name.startsWith('node_modules'))).toEqual([]);
    expect(existsSync(join(installed(way), 'LICENSE'))).toBe(true);
  },
);

describe('package-lock.json', () => {
  const { packages } = lockSchema.parse(readJson('package-lock.json'));

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

const silent = { exitCode: 0, stdout: '', stderr: '' };
const taken = { ...silent, stdout: 'invoice-7 queued false\n' };
const NODE_TYPES = [
  '--skipLibCheck',
  '--target',
  'es2023',
  '--types',
  'node',
  '--typeRoots',
  join(ROOT, 'node_modules/@types'),
];
const packed = z.tuple([z.object({ filename: z.string() })]);
const manifestSchema = z.looseObject({ devDependencies: z.record(z.string(), z.string()) });

/** Tools that test and check are most of what a checkout installs, and nothing of it is used here. */
function leaveOutTools(checkout: string): void {
  const { devDependencies, ...manifest } = manifestSchema.parse(readJson('package.json'));
  const builds = Object.fromEntries(
    Object.entries(devDependencies).filter(([name]) => BUILDS.test(`node_modules/${name}`)),
  );
  const { packages, ...lock } = lockSchema.parse(readJson('package-lock.json'));
  const kept = Object.entries(packages).filter(
    ([path, { dev }]) => (dev !== true && !READS_TYPES.test(path)) || BUILDS.test(path),
  );
  const { '': own, ...others } = Object.fromEntries(kept);
  const root = { ...own, devDependencies: builds };
  write(checkout, 'package.json', { ...manifest, devDependencies: builds });
  write(checkout, 'package-lock.json', { ...lock, packages: { '': root, ...others } });
}

function write(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

function commit(folder: string): void {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', 'A checkout');
}

function install(way: Way, what: string): void {
  mkdirSync(app(way));
  writeFileSync(join(app(way), 'package.json'), '{}');
  npm(app(way), 'install', '--prefer-offline', '--no-audit', '--no-fund', what);
}

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}
