import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const ROOT = resolve(__dirname, '../..');
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** rule, importing file, what it imports: each breaks exactly that rule. Files under dist/ stand for compiled ones. */
const BROKEN: readonly (readonly [rule: string, from: string, statement: string])[] = [
  ['domain-imports', 'src/domain/broken.ts', `import type { T } from '../redis/leaf.js'`],
  ['errors-imports', 'src/errors.ts', `import { x } from './domain/leaf.js'`],
  ['config-imports', 'src/config.ts', `import type { T } from './redis/leaf.js'`],
  ['observe-imports', 'src/observe/broken.ts', `import { x } from '../queue/leaf.js'`],
  ['queue-imports', 'src/queue/broken.ts', `import { x } from '../redis/leaf.js'`],
  ['redis-imports', 'src/redis/broken.ts', `export * from '../queue/leaf.js'`],
  ['provider-imports', 'src/provider/broken.ts', `export { x } from '../redis/leaf.js'`],
  ['producer-imports', 'src/producer/broken.ts', `import { x } from '../worker/leaf.js'`],
  ['worker-imports', 'src/worker/broken.ts', `import type { T } from '../webhooks/leaf.js'`],
  ['network-imports', 'src/network/broken.ts', `import { x } from '../provider/leaf.js'`],
  ['preflight-imports', 'src/preflight/broken.ts', `import { x } from '../redis/leaf.js'`],
  ['push-imports', 'src/push/broken.ts', `import { x } from '../queue/leaf.js'`],
  ['webhooks-imports', 'src/webhooks/broken.ts', `const x = import('../producer/leaf.js')`],
  ['producer-types-only', 'dist/src/producer/broken.js', `const x = require('../redis/leaf.js')`],
  ['push-types-only', 'dist/src/push/broken.js', `const x = require('../redis/leaf.js')`],
  ['worker-types-only', 'dist/src/worker/broken.js', `const x = require('../provider/leaf.js')`],
  ['webhooks-types-only', 'dist/src/webhooks/broken.js', `const x = require('../observe/leaf.js')`],
  ['index-imports', 'src/index.ts', `export { x } from './worker/leaf.js'`],
  ['library-imports', 'src/library.ts', `export { x } from './worker/leaf.js'`],
  ['cli-types-only', 'dist/src/cli/broken.js', `const x = require('../worker/leaf.js')`],
  ['src-stands-alone', 'src/app.ts', `import { x } from '../sandbox/leaf.js'`],
  ['sandbox-imports', 'sandbox/broken.ts', `import { x } from '../src/provider/leaf.js'`],
  ['tests-are-leaves', 'dev/broken.ts', `import { x } from '../test/leaf.js'`],
  ['home-of-bullmq', 'src/producer/bull.ts', `import { Queue } from 'bullmq'`],
  ['home-of-ioredis', 'src/worker/redis.ts', `import type { Redis } from 'ioredis'`],
  ['home-of-undici', 'src/webhooks/http.ts', `import { request } from 'undici'`],
  ['home-of-standardwebhooks', 'src/worker/sign.ts', `import { Webhook } from 'standardwebhooks'`],
  ['home-of-prom-client', 'src/worker/metrics.ts', `import { Counter } from 'prom-client'`],
  ['home-of-prom-client', 'src/worker/log.ts', `import type { Logger } from 'pino'`],
  ['home-of-fastify', 'src/producer/face.ts', `import fastify from 'fastify'`],
  ['domain-is-pure', 'src/domain/schema.ts', `import { z } from 'zod'`],
  ['domain-is-pure', 'src/domain/hash.ts', `import { createHash } from 'node:crypto'`],
  ['no-dev-dependency', 'src/worker/yaml.ts', `import { parse } from 'yaml'`],
  ['no-cycles', 'src/queue/cycle.ts', `import type { T } from './other-half.js'`],
  ['resolves', 'src/queue/lost.ts', `import { x } from './nowhere.js'`],
];

/** Not reported itself: a cycle is told once, at its first file. */
const OTHER_HALF = ['src/queue/other-half.ts', `import type { T } from './cycle.js'`] as const;

/** What the import table allows, one line per arrow of it. */
const ALLOWED: readonly (readonly [from: string, statement: string])[] = [
  ['src/domain/fine.ts', `import { x } from './leaf.js'`],
  ['src/config.ts', `import { x } from './errors.js'\nimport { z } from 'zod'`],
  ['src/queue/fine.ts', `import { x } from '../domain/leaf.js'\nimport { Queue } from 'bullmq'`],
  ['src/redis/fine.ts', `import { x } from '../errors.js'\nimport { Redis } from 'ioredis'`],
  ['src/provider/fine.ts', `import { x } from '../domain/leaf.js'\nimport { request } from 'undici'`],
  ['src/observe/fine.ts', `import { x } from '../errors.js'\nimport { pino } from 'pino'`],
  ['src/worker/fine.ts', `import type { T } from '../redis/leaf.js'\nimport { Worker } from 'bullmq'`],
  ['src/push/fine.ts', `import type { T } from '../redis/leaf.js'\nimport { request } from 'undici'`],
  ['src/producer/http/fine.ts', `import fastify from 'fastify'`],
  ['dist/src/worker/fine.js', `const x = require('../queue/leaf.js')`],
  ['src/cli.ts', `import type { T } from './worker/leaf.js'\nimport { x } from './app.js'`],
  ['dist/src/cli.js', `const x = require('./config.js')`],
  ['src/app.ts', `import { x } from './worker/leaf.js'`],
  ['dist/src/app.js', `const x = require('./redis/leaf.js')`],
  ['src/index.ts', `export { x } from './producer/leaf.js'`],
  [
    'sandbox/fine.ts',
    `import { x } from '../src/provider/wire.js'\nimport { y } from '../src/domain/leaf.js'`,
  ],
  ['dev/fine.ts', `import { x } from '../src/app.js'\nimport { y } from '../sandbox/leaf.js'`],
  ['test/fine.ts', `import { x } from '../src/worker/leaf.js'\nimport { parse } from 'yaml'`],
];

const PARTS = ['domain', 'queue', 'redis', 'provider', 'observe', 'producer', 'worker', 'webhooks', 'push'];
const LEAVES = [...PARTS.map((part) => `src/${part}/leaf.ts`), 'sandbox/leaf.ts', 'test/leaf.ts'];
const SINGLE_FILES = ['src/provider/wire.ts', 'src/errors.ts', 'src/config.ts', 'src/app.ts'];

const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

const trees: string[] = [];

afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

it('reports one violation of each rule, and nothing else', () => {
  const violations = cruise([OTHER_HALF, ...BROKEN.map(([, from, statement]) => [from, statement] as const)]);
  expect(violations).toEqual(BROKEN.map(([rule, from]) => `${rule}: ${from}`).sort());
});

it('allows what the import table allows', () => {
  expect(cruise(ALLOWED)).toEqual([]);
});

it('tries every rule that there is', () => {
  const { forbidden } = z
    .object({ forbidden: z.array(z.object({ name: z.string() })) })
    .parse(require(CONFIG));
  expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual(forbidden.map(({ name }) => name).sort());
});

/** Lays the files out as a project of their own, and returns the violations in it as `rule: file`. */
function cruise(files: readonly (readonly [path: string, source: string])[]): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'waybill-imports-'));
  trees.push(tree);
  for (const leaf of [...LEAVES, ...SINGLE_FILES]) write(tree, leaf, 'export const x = 1;');
  for (const part of PARTS) write(tree, `dist/src/${part}/leaf.js`, 'exports.x = 1;');
  write(tree, 'dist/src/config.js', 'exports.x = 1;');
  for (const [path, source] of files) write(tree, path, source);
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  symlinkSync(join(ROOT, 'package.json'), join(tree, 'package.json'));

  const args = [
    CRUISER,
    '--config',
    CONFIG,
    '--output-type',
    'json',
    'src',
    'sandbox',
    'dev',
    'test',
    'dist',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const { violations } = report.parse(JSON.parse(stdout)).summary;
  return violations.map(({ from, rule }) => `${rule.name}: ${from}`).sort();
}

function write(tree: string, path: string, source: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${source}\n`);
}
