import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createMiniCheckout, ROOT, runNode } from './mini-checkout.js';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
      integrity: z.string().optional(),
    }),
  ),
});
const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);

it('needs no package in production that runs a script while it is installed', () => {
  const withScript = production.filter(([, { hasInstallScript }]) => hasInstallScript);
  expect(withScript.filter(([, { optional }]) => !optional)).toEqual([]);
});

it('knows the digest of every package that every machine gets', () => {
  const everywhere = Object.entries(lock.packages).filter(([path, { optional }]) => path !== '' && !optional);
  const digests = everywhere.map(([, { integrity = '' }]) => integrity);
  expect(digests.filter((digest) => !digest.startsWith('sha512-'))).toEqual([]);
});

describe('the licences', () => {
  it('are all allowed', () => {
    const { exitCode, stderr } = runNode(['scripts/licences.mjs'], { cwd: ROOT });
    expect([exitCode, stderr]).toEqual([0, 'waybill: licences: all allowed\n']);
  });

  it('are refused by name where they are not, but for what only builds and tests', () => {
    const checkout = createMiniCheckout();
    const packages = {
      '': {},
      'node_modules/good': { license: 'MIT', optionalDependencies: { binary: '1.0.0' } },
      'node_modules/binary': { optional: true },
      'node_modules/tool': { license: 'GPL-3.0', dev: true },
      'node_modules/@a/bad': { license: 'GPL-3.0' },
      'node_modules/good/node_modules/silent': {},
    };
    checkout.write('package-lock.json', JSON.stringify({ packages }));
    const { exitCode, stderr } = checkout.run(['scripts/licences.mjs']);
    checkout.close();
    expect([exitCode, stderr]).toEqual([
      1,
      'waybill: licences: not allowed: @a/bad: GPL-3.0, silent: no licence\n',
    ]);
  });
});

it('lists what goes into the image as CycloneDX, and nothing else', () => {
  const { stdout, status } = spawnSync(process.execPath, ['scripts/sbom.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const bom = z
    .object({ bomFormat: z.literal('CycloneDX'), components: z.array(z.object({ name: z.string() })) })
    .parse(JSON.parse(stdout));
  const names = bom.components.map(({ name }) => name);
  expect(status).toBe(0);
  expect(names).toEqual(expect.arrayContaining(['bullmq', 'ioredis', 'undici']));
  expect(names).not.toContain('jest');
});

it('says that signatures were not checked where no registry answers, and fails nothing', () => {
  const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const checkout = createMiniCheckout();
  const { exitCode, stderr } = checkout.run(['scripts/signatures.mjs'], env);
  checkout.close();
  expect([exitCode, stderr]).toEqual([0, 'waybill: signatures: not checked, the registry gave no answer\n']);
});
