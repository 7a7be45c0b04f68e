import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import Redis from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import type { Setting } from '../../src/config/setting.js';
import { SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';
import { apiKeys, BOSS } from '../support/api.js';
import { eventually } from '../support/wait.js';
import {
  listenPorts,
  ownServices,
  publishedPort,
  ROOT,
  readCompose,
  readEnvExample,
  readProjectFile,
  readPrometheus,
  type Service,
} from './compose-file.js';
import { type ServiceProcess, startService } from './service-process.js';

const compose = readCompose();
const services = Object.entries(compose.services);
const settingNames: readonly string[] = SETTING_NAMES;

describe('docker-compose.yml', () => {
  it.each(services)('publishes the ports of %s to this machine alone', (_name, { ports }) => {
    expect(ports.map((port) => publishedPort(port).host)).toEqual(ports.map(() => '127.0.0.1'));
  });

  it.each(ownServices())('opens only ports of %s that it listens on', (_name, service) => {
    const open = [...service.expose, ...service.ports.map((port) => publishedPort(port).containerPort)];
    expect([...open].sort()).toEqual([...listenPorts(service)].sort());
  });

  it.each(ownServices())('gives %s settings that there are', (_name, { environment, env_file }) => {
    expect(settingNames).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(env_file).toBe('.env');
  });

  it.each(services)('mounts into %s what is there', (_name, { volumes }) => {
    const sources = volumes.map((volume) => volume.replace(/:.*$/, ''));
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(ROOT, source)) : !(source in compose.volumes),
    );
    expect(missing).toEqual([]);
  });

  it.each(ownServices())('waits longer for the end of %s than an attempt may take', (_name, service) => {
    const [, graceSeconds] = /^(\d+)s$/.exec(service.stop_grace_period ?? '') ?? [];
    const { WAYBILL_SHUTDOWN_GRACE_MS: grace, WAYBILL_LOCAL_STORAGE_TIMEOUT_MS: longest } = SETTINGS;
    expect(Number(graceSeconds) * 1000).toBeGreaterThan(
      Math.max(Number(grace.default), Number(longest.default)),
    );
  });

  it.each(ownServices())('lets %s write nothing and hold no rights', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.volumes).toEqual([]);
  });

  it.each(ownServices())('gives %s limits', (_name, { cpus, mem_limit, pids_limit }) => {
    expect(cpus).toBeGreaterThan(0);
    expect(mem_limit).toMatch(/^\d+m$/);
    expect(pids_limit).toBeGreaterThan(0);
  });

  it.each(ownServices())('asks %s for its health with a command of the image', (_name, { healthcheck }) => {
    expect(healthcheck?.test.slice(0, 2)).toEqual(['CMD', 'node']);
  });

  it('runs more than one worker', () => {
    expect(compose.services.worker?.deploy?.replicas).toBeGreaterThanOrEqual(2);
  });
});

describe('.env.example', () => {
  const example = readEnvExample();

  it('names every setting that compose does not set itself, and no other', () => {
    const setByCompose = (name: string) => name.startsWith('WAYBILL_LISTEN_') || name.startsWith('REDIS_');
    const expected = settingNames.filter((name) => !setByCompose(name));
    expect([...new Set(example.map(({ name }) => name))].sort()).toEqual([...expected].sort());
  });

  it('shows the defaults of the settings table', () => {
    const table: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
    const filledInByHand = example.filter(({ set, value }) => set && value === '').map(({ name }) => name);
    const defaults = example
      .map(({ name, value }) => ({ name, value, default: table[name]?.default ?? null }))
      .filter((line) => line.default !== null && !filledInByHand.includes(line.name));
    expect(defaults.map(({ value }) => value)).toEqual(defaults.map((line) => line.default));
  });

  it('holds no secret', () => {
    const table: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
    const secrets = example.filter(({ name, set }) => set && table[name]?.secret === true);
    expect(secrets.map(({ value }) => value)).toEqual(secrets.map(() => ''));
  });
});

describe('prometheus.yml', () => {
  const targets = readPrometheus().scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs);

  it('finds every replica of every service that has metrics', () => {
    const measured = services.filter(([, { environment }]) => 'WAYBILL_LISTEN_METRICS' in environment);
    expect(targets.flatMap(({ names }) => names).sort()).toEqual(measured.map(([name]) => name).sort());
    expect(targets.map(({ type }) => type)).toEqual(targets.map(() => 'A'));
  });

  it('asks the port that their metrics are on', () => {
    for (const { names, port } of targets) {
      const listen = names.map((name) => compose.services[name]?.environment.WAYBILL_LISTEN_METRICS);
      expect(listen).toEqual(names.map(() => `[::]:${port}`));
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = readProjectFile('Dockerfile');

  it('copies what is there and is not ignored', () => {
    const allowed = [...readProjectFile('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copies.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it('exposes every port that is listened on by default', () => {
    const [, exposed = ''] = /^EXPOSE (.+)$/m.exec(dockerfile) ?? [];
    const defaults = Object.entries(SETTINGS).filter(([name]) => name.startsWith('WAYBILL_LISTEN_'));
    const ports = defaults.map(([, setting]) => String(setting.default).replace(/^.*:/, ''));
    expect(exposed.split(' ').sort()).toEqual(ports.sort());
  });

  it('starts every stage from one version of Node, written out in full', () => {
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(images).toHaveLength(3);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim$/);
  });

  it('lets no package run a script while it is installed', () => {
    const installs = [...dockerfile.matchAll(/npm ci.*/g)].map(([line]) => line);
    expect(installs.length).toBeGreaterThan(0);
    expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([]);
  });

  it('runs the command that the tests run, as a user without rights', () => {
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "bin\/waybill\.js"\]$/m);
    expect(dockerfile).toMatch(/^USER 1000$/m);
  });
});

describe('the services, as processes', () => {
  let redis: PrivateRedis;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    const [, ...args] = String(compose.services.redis?.command).split(' ');
    redis = await startPrivateRedis({ extraArgs: args });
  });
  afterEach(async () => {
    for (const service of running.splice(0)) await service.close();
  });
  afterAll(() => redis.stop());

  it('redis keeps everything, on disk', async () => {
    const client = new Redis(redis.url);
    const settings = ['appendonly', 'appendfsync', 'maxmemory-policy'];
    const values = await Promise.all(settings.map((name) => client.config('GET', name)));
    client.disconnect();
    expect(values.flat()).toEqual([
      'appendonly',
      'yes',
      'appendfsync',
      'always',
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  it.each(ownServices())('%s gets ready, and ends cleanly on SIGTERM', async (_name, definition) => {
    const service = await startService(definition, {
      hosts: { 'redis:6379': `127.0.0.1:${redis.port}` },
      env: filledIn(),
    });
    running.push(service);
    await whenReady(service);
    await expect(askHealth(definition, service)).resolves.toBe(0);
    await expect(service.terminate()).resolves.toBe(0);
  });
});

/** .env as a person would fill it in; the provider is a closed port of this machine. */
function filledIn(): Record<string, string> {
  const example = readEnvExample().filter(({ set }) => set);
  return {
    ...Object.fromEntries(example.map(({ name, value }) => [name, value])),
    WAYBILL_PROVIDER_API_KEY: 'example-key',
    WAYBILL_PROVIDER_URL: 'http://127.0.0.1:9/v2',
    WAYBILL_WEBHOOK_TOKEN: 'example-token-of-the-webhook',
    WAYBILL_API_KEYS: apiKeys([BOSS]),
  };
}

/** The exit code of its health check, run where it runs. */
function askHealth({ healthcheck }: Service, service: ServiceProcess): Promise<number | null> {
  const [, , ...args] = healthcheck?.test ?? [];
  const sandbox = service.address('WAYBILL_LISTEN_SANDBOX');
  return service.ask(args.map((text) => text.replace('127.0.0.1:8090', sandbox)));
}

/** By `/readyz` on the metrics port; the sandbox has none, and is ready when it takes connections. */
async function whenReady(service: ServiceProcess): Promise<void> {
  const metrics = service.address('WAYBILL_LISTEN_METRICS');
  const sandbox = service.address('WAYBILL_LISTEN_SANDBOX');
  const isReady = () => (metrics === '' ? acceptsConnections(sandbox) : answersReady(metrics));
  await eventually(async () => service.hasEnded() || (await isReady()), {
    timeoutMs: 40_000,
    what: 'Readiness',
  });
  if (service.hasEnded()) throw new Error(`The service has ended:\n${service.output()}`);
}

async function answersReady(address: string): Promise<boolean> {
  const response = await fetch(`http://${address}/readyz`);
  await response.arrayBuffer();
  return response.status === 200;
}

function acceptsConnections(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
