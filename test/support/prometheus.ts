import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { findPrivatePort } from '../../dev/private-port.js';
import { followProcess } from './follow-process.js';
import { eventually } from './wait.js';

const answerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);
const resultSchema = z.object({
  result: z.array(
    z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
  ),
});
const alertsSchema = z.object({
  alerts: z.array(
    z.object({
      state: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

export type PrometheusOptions = {
  readonly scrapeConfigs: readonly unknown[];
  /** The text of a file of rules. */
  readonly rules: string;
};

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>;

/** A Prometheus of our own on a free port, that scrapes and evaluates each second. */
export async function startPrometheus({ scrapeConfigs, rules }: PrometheusOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-prometheus-'));
  const every = { scrape_interval: '1s', evaluation_interval: '1s' };
  const config = { global: every, rule_files: ['rules.yml'], scrape_configs: scrapeConfigs };
  writeFileSync(join(folder, 'rules.yml'), rules);
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  const address = `127.0.0.1:${await findPrivatePort()}`;
  const child = spawn(
    'prometheus',
    ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const followed = followProcess(child);

  async function ask(path: string): Promise<unknown> {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const answer = answerSchema.parse(await response.json());
    if (answer.status === 'error') throw new Error(`Prometheus refuses ${path}: ${answer.error}`);
    return answer.data;
  }
  await eventually(async () => (await fetch(`http://${address}/-/ready`)).status === 200, {
    timeoutMs: 30_000,
    what: 'Prometheus',
  });
  return {
    /** What an expression comes to now. @throws Error when Prometheus refuses it */
    async query(expr: string) {
      return resultSchema.parse(await ask(`query?query=${encodeURIComponent(expr)}`)).result;
    },
    async names(): Promise<readonly string[]> {
      return z.array(z.string()).parse(await ask('label/__name__/values'));
    },
    async firing() {
      const { alerts } = alertsSchema.parse(await ask('alerts'));
      return alerts.filter(({ state }) => state === 'firing');
    },
    async close(): Promise<void> {
      await followed.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
