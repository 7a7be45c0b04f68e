import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The project's folder, which the paths of the compose file start at. */
export const ROOT = resolve(__dirname, '../..');

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.string().optional(),
  ports: z.array(z.string()).default([]),
  expose: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  cpus: z.number().optional(),
  mem_limit: z.string().optional(),
  pids_limit: z.number().optional(),
  healthcheck: z.object({ test: z.array(z.string()), timeout: z.string() }).optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
});

const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()),
});

const prometheusSchema = z.object({
  rule_files: z.array(z.string()),
  scrape_configs: z.array(
    z.object({
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), type: z.string(), port: z.number() })),
    }),
  ),
});

export type Service = z.infer<typeof serviceSchema>;

/** One published port: `127.0.0.1:8081-8084:8081` has host 127.0.0.1 and container port 8081. */
export interface PublishedPort {
  readonly host: string | undefined;
  readonly containerPort: string | undefined;
}

export function readCompose(): z.infer<typeof composeSchema> {
  return composeSchema.parse(parse(readProjectFile('docker-compose.yml'), { merge: true }));
}

export function readPrometheus(): z.infer<typeof prometheusSchema> {
  return prometheusSchema.parse(parse(readProjectFile('ops/prometheus/prometheus.yml')));
}

export function readProjectFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The services that run our own image. */
export function ownServices(): readonly (readonly [name: string, service: Service])[] {
  return Object.entries(readCompose().services).filter(([, { build }]) => build !== undefined);
}

export function publishedPort(port: string): PublishedPort {
  const [, host, containerPort] = /^(?:([\d.]+):)?[\d-]+:(\d+)$/.exec(port) ?? [];
  return { host, containerPort };
}

/** The ports that the service's `WAYBILL_LISTEN_…` settings name. */
export function listenPorts({ environment }: Service): readonly string[] {
  return Object.entries(environment)
    .filter(([name]) => name.startsWith('WAYBILL_LISTEN_'))
    .map(([, address]) => address.replace(/^.*:/, ''));
}

/** Lines `NAME=value` of .env.example, set ones and those that show a default behind a `#`. */
export function readEnvExample(): readonly {
  readonly name: string;
  readonly value: string;
  readonly set: boolean;
}[] {
  return [...readProjectFile('.env.example').matchAll(/^(# ?)?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, comment, name = '', value = '']) => ({
      name,
      value: value.replace(/^'(.*)'$/, '$1'),
      set: comment === undefined,
    }),
  );
}
