import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import Redis from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { findRedisServer, RedisServerMissingError } from '../../dev/redis-binary.js';
import { eventually } from '../support/wait.js';

const opened: { stop(): Promise<void> }[] = [];

async function start(...args: Parameters<typeof startPrivateRedis>): Promise<PrivateRedis> {
  const server = await startPrivateRedis(...args);
  opened.push(server);
  return server;
}

function connect(server: PrivateRedis): Redis {
  const client = new Redis(server.url, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  opened.push({ stop: async () => client.disconnect() });
  return client;
}

async function emptyDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'waybill-test-'));
  opened.push({ stop: () => rm(dir, { recursive: true, force: true }) });
  return dir;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.stop();
});

describe('startPrivateRedis', () => {
  it('answers at its url, evicts nothing and takes no snapshots', async () => {
    const client = connect(await start());
    await expect(client.ping()).resolves.toBe('PONG');
    await expect(client.config('GET', 'maxmemory-policy')).resolves.toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    await expect(client.config('GET', 'save')).resolves.toEqual(['save', '']);
    await expect(client.config('GET', 'bind')).resolves.toEqual(['bind', '127.0.0.1']);
  });

  it('gives each server its own port', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(two.port);
  });

  it('passes append and further settings on', async () => {
    const server = await start({ appendonly: true, appendfsync: 'always', extraArgs: ['--databases', '3'] });
    const client = connect(server);
    await expect(client.config('GET', 'appendonly')).resolves.toEqual(['appendonly', 'yes']);
    await expect(client.config('GET', 'appendfsync')).resolves.toEqual(['appendfsync', 'always']);
    await expect(client.config('GET', 'databases')).resolves.toEqual(['databases', '3']);
  });

  it('ends the process and removes its folder on stop, twice over', async () => {
    const server = await start();
    await server.stop();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(server.dir)).toBe(false);
  });

  it('keeps a folder that it was given, with nothing in it when nothing is appended', async () => {
    const dir = await emptyDir();
    const server = await start({ dir });
    await connect(server).set('key', 'value');
    await server.stop();
    await expect(readdir(dir)).resolves.toEqual([]);
  });

  it('comes back on the same port with its data after a crash', async () => {
    const server = await start({ appendonly: true, appendfsync: 'always' });
    const { pid, port } = server;
    const client = connect(server);
    await client.set('key', 'value');
    await server.kill('SIGKILL');
    expect(isAlive(pid)).toBe(false);
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await expect(client.get('key')).resolves.toBe('value');
  });

  it('stops a server that was frozen', async () => {
    const server = await start();
    await server.kill('SIGSTOP');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('rejects with the log of the server when the port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    opened.push({ stop: async () => void squatter.close() });
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await expect(startPrivateRedis({ port })).rejects.toThrow('Address already in use');
  });

  it('does not outlive a process that was killed', async () => {
    const parent = spawnParent();
    const { pid, dir } = await firstLine(parent);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !isAlive(pid) && !existsSync(dir), { what: 'The end of the orphaned Redis' });
  });
});

describe('findRedisServer', () => {
  it('tells what is missing and what to do', () => {
    expect(() => findRedisServer('/nonexistent')).toThrow(RedisServerMissingError);
    expect(() => findRedisServer('/nonexistent')).toThrow(/npm run setup/);
  });
});

/** A process that starts a private Redis, says where, and then waits to be killed. */
function spawnParent(): ChildProcess {
  const code = `require('./dev/private-redis.ts').startPrivateRedis()
    .then(({ pid, dir }) => console.log(JSON.stringify({ pid, dir })))`;
  const parent = spawn(process.execPath, ['-r', './test/support/typescript.cjs', '-e', code], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.push({ stop: async () => void parent.kill('SIGKILL') });
  return parent;
}

async function firstLine(parent: ChildProcess): Promise<{ readonly pid: number; readonly dir: string }> {
  if (parent.stdout === null) throw new Error('The parent has no stdout');
  for await (const line of createInterface({ input: parent.stdout })) return JSON.parse(line);
  throw new Error('The parent said nothing');
}
