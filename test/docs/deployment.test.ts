import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { z } from 'zod';
import { SETTING_NAMES } from '../../src/config/settings.js';
import { ROOT, readCompose, readProjectFile } from '../ops/compose-file.js';
import { readDeployments } from '../ops/kubernetes-files.js';
import { runProgram } from '../support/run-program.js';
import { snippetsOf } from '../support/snippets.js';

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({ environment: z.record(z.string(), z.string()), volumes: z.array(z.string()) }),
  ),
  volumes: z.record(z.string(), z.null()),
});

const PAGE = 'docs/deployment.md';
const lines = snippetsOf(PAGE, 'sh').flatMap(({ code }) => code.split('\n').filter((line) => line !== ''));
const yamls = snippetsOf(PAGE, 'yaml').map(({ code }) => composeSchema.parse(parse(code)));
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
/** What wants neither an engine nor a cluster; kubectl only where somebody has it. The registry is not asked. */
const runnable = lines
  .filter((line) => /^node scripts\/|^kubectl kustomize /.test(line))
  .filter((line) => hasKubectl || !line.startsWith('kubectl'));

it.each(runnable)('%s runs as it stands', (line) => {
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: ROOT, env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
});

it('adds to services that there are, with settings and volumes that there are', () => {
  expect(yamls).toHaveLength(1);
  for (const { services, volumes } of yamls) {
    for (const [name, { environment, volumes: mounts }] of Object.entries(services)) {
      expect(Object.keys(readCompose().services)).toContain(name);
      expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(environment)));
      expect(mounts.map((mount) => mount.split(':')[0])).toEqual(Object.keys(volumes));
    }
  }
});

it.each(snippetsOf(PAGE, 'js'))('has programs that run as they stand', async ({ code }) => {
  await expect(runProgram(code)).resolves.toEqual({ exitCode: 0, output: '' });
});

it('leaves the rules of the cluster as they are, since they are what is written', () => {
  const path = 'ops/kubernetes/monitoring/prometheus-rule.yaml';
  const before = readProjectFile(path);
  spawnSync(process.execPath, ['scripts/kubernetes-rules.mjs'], { cwd: ROOT });
  expect(readProjectFile(path)).toBe(before);
});

it('names each key of the Secret with the setting and the processes that read it', () => {
  const page = readProjectFile(PAGE);
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| ([\w, ]+?) +\| `(\w+)` +\|$/gm)];
  const told = rows.flatMap(([, key, processes = '', setting]) =>
    processes.split(', ').map((process) => `${process} ${setting} ${key}`),
  );
  const used = readDeployments().flatMap(([process, { spec }]) =>
    spec.template.spec.containers[0].env
      .filter(({ name }) => name.endsWith('_FILE'))
      .map(({ name, value }) => `${process} ${name} ${value.replace(/^.*\//, '')}`),
  );
  expect(told.sort()).toEqual(used.sort());
  for (const [, key] of rows) expect(page).toContain(`--from-file=${key}`);
});
