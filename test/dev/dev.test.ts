import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { runCli } from '../cli/cli-in-process.js';
import { runWaybill, type WaybillProcess, withFolder } from '../cli/waybill-process.js';
import { eventually } from '../support/wait.js';

const TO = '972501234567';
const FILE = 'https://example.com/invoice.pdf';

const devFile = z.object({
  pid: z.number(),
  env: z.record(z.string(), z.string()),
  apiKey: z.string().optional(),
});

const folder = withFolder();
const place = () => ({ folder: folder.path, env: {} });
const run = (...args: readonly string[]) => runWaybill(args, place());
const pathOfFile = () => join(folder.path, '.waybill-dev.json');
const anyPorts = Object.fromEntries(
  ['API', 'WEBHOOKS', 'METRICS', 'SANDBOX'].map((name) => [`WAYBILL_LISTEN_${name}`, '127.0.0.1:0']),
);
const readFile = () => devFile.parse(JSON.parse(readFileSync(pathOfFile(), 'utf8')));

async function startDev(...args: readonly string[]): Promise<WaybillProcess> {
  const dev = folder.start(['dev', '--port', '0', ...args], place());
  await dev.says('"msg":"started"');
  return dev;
}

async function end(dev: WaybillProcess): Promise<void> {
  dev.kill('SIGTERM');
  await expect(dev.exited).resolves.toBe(0);
}

describe('waybill dev', () => {
  it('gets a file to a client who writes, by the commands of its folder', async () => {
    const dev = await startDev();
    const [, suggested = ''] = /npx waybill (enqueue .*)/.exec(dev.stdout()) ?? [];
    const enqueued = await run(...suggested.split(' '), '--id', 'inv-1', '--caption', 'Invoice');
    expect(enqueued).toEqual({
      code: 0,
      stdout: 'inv-1 queued\n',
      stderr: 'using the waybill dev of this folder (.waybill-dev.json)\n',
    });
    const watching = folder.start(['status', 'inv-1', '--watch'], place());
    await watching.says(' held ');
    const reply = await run('sandbox', 'reply', TO, 'hi');
    expect(reply.code).toBe(0);
    await expect(watching.exited).resolves.toBe(0);
    expect(watching.stdout()).toMatch(/ delivered\n/);
    expect((await run('ledger')).stdout).toContain('1 session, 1 message');
    expect(await run('health')).toMatchObject({ code: 0, stdout: 'ready\n' });
  });

  it('takes a delivery by the line that it prints for curl', async () => {
    const dev = await startDev();
    const [, line = ''] = /^ {2}(curl .*)$/m.exec(dev.stdout()) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -s`], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'queued', duplicate: false });
  });

  it('tells no secret and no recipient but in its file, which is nobody else’s to read', async () => {
    const dev = await startDev();
    await run('enqueue', '--to', '972509876543', '--file', `${FILE}?signature=canary`);
    await dev.says('"msg":"delivery moved"');
    expect(statSync(pathOfFile()).mode & 0o777).toBe(0o600);
    const { env, apiKey = '' } = readFile();
    const [account] = z.array(z.object({ apiKey: z.string() })).parse(JSON.parse(env.WAYBILL_ACCOUNTS ?? ''));
    const secrets = [
      env.WAYBILL_WEBHOOK_TOKEN ?? '',
      account?.apiKey ?? '',
      apiKey,
      '972509876543',
      'canary',
    ];
    expect(secrets.filter((secret) => secret.length < 6)).toEqual([]);
    for (const secret of secrets) expect(`${dev.stdout()}${dev.stderr()}`).not.toContain(secret);
  });

  it('leaves nothing behind on SIGTERM but its Redis port and keys for the next start', async () => {
    const dev = await startDev();
    const { REDIS_URL = '' } = readFile().env;
    await end(dev);
    expect(readdirSync(folder.path)).toEqual(['.waybill-dev.json']);
    expect(Object.keys(JSON.parse(readFileSync(pathOfFile(), 'utf8'))).sort()).toEqual([
      'apiKey',
      'providerKey',
      'redisPort',
      'webhookToken',
    ]);
    expect(statSync(pathOfFile()).mode & 0o777).toBe(0o600);
    expect((await runCli(['accounts'], { REDIS_URL })).code).toBe(75);
    // Nobody takes it for one that runs.
    expect((await runWaybill(['config'], place())).stderr).not.toContain('using');
  });

  it('keeps its Redis port and keys from start to start, until --fresh', async () => {
    const keys = () => {
      const { env, apiKey } = readFile();
      return [apiKey, env.REDIS_URL, env.WAYBILL_WEBHOOK_TOKEN, env.WAYBILL_ACCOUNTS, env.WAYBILL_API_KEYS];
    };
    const dev = await startDev();
    const first = keys();
    expect(dev.stdout()).toMatch(/^secrets +in \.waybill-dev\.json: keep it out of version control$/m);
    await end(dev);
    const second = await startDev();
    expect(keys()).toEqual(first);
    second.kill('SIGKILL');
    await second.exited;
    const third = await startDev();
    expect(keys()).toEqual(first);
    await end(third);
    await startDev('--fresh');
    const fresh = keys();
    for (const [index, key] of fresh.entries()) expect(key).not.toBe(first[index]);
  });

  it('takes another Redis port when something else has the last one, and says so', async () => {
    await end(await startDev());
    const { redisPort } = z
      .object({ redisPort: z.number() })
      .parse(JSON.parse(readFileSync(pathOfFile(), 'utf8')));
    const server = createServer().listen(redisPort, '127.0.0.1');
    await once(server, 'listening');
    const dev = await startDev();
    server.close();
    expect(readFile().env.REDIS_URL).not.toContain(`:${redisPort}`);
    expect(dev.stderr()).toContain(`port ${redisPort}`);
  });

  it('points to the person’s own keys where they are given, not to one that is not there', async () => {
    const sha256 = createHash('sha256').update('own-key').digest('hex');
    const keys = [{ name: 'own', sha256, accounts: ['*'], roles: ['send', 'read'] }];
    const env = { WAYBILL_API_KEYS: JSON.stringify(keys) };
    const dev = folder.start(['dev', '--port', '0'], { folder: folder.path, env });
    await dev.says('"msg":"started"');
    expect(dev.stdout()).toContain('the password is one of the keys of WAYBILL_API_KEYS');
    expect(dev.stdout()).not.toContain('apiKey');
    expect(readFile().apiKey).toBeUndefined();
    const [, line = ''] = /^ {2}(curl .*)$/m.exec(dev.stdout()) ?? [];
    const options = { cwd: folder.path, env: { ...process.env, WAYBILL_API_KEY: 'own-key' } };
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -s`], options);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'queued' });
  });

  it('takes Ctrl-C that comes twice, from the terminal and from npm, for one', async () => {
    const dev = await startDev();
    dev.kill('SIGINT');
    dev.kill('SIGINT');
    await expect(dev.exited).resolves.toBe(0);
    expect(readdirSync(folder.path)).toEqual(['.waybill-dev.json']);
  });

  it('refuses to run twice in a folder', async () => {
    const dev = await startDev();
    const { pid } = readFile();
    const second = await run('dev', '--port', '0');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('in this folder already');
    expect(readFile().pid).toBe(pid);
    expect(dev.hasEnded()).toBe(false);
  });

  it('names the setting of a port that is taken, and blames Redis for nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const dev = folder.start(['dev'], {
      ...place(),
      env: { ...anyPorts, WAYBILL_LISTEN_SANDBOX: `127.0.0.1:${port}` },
    });
    await expect(dev.exited).resolves.toBe(2);
    server.close();
    expect(dev.stderr()).toContain('WAYBILL_LISTEN_SANDBOX');
    expect(dev.stdout()).not.toContain('redis');
  });

  it('replaces a file that one of the dead has left', async () => {
    const first = await startDev();
    const left = readFileSync(pathOfFile());
    first.kill('SIGKILL');
    await first.exited;
    writeFileSync(pathOfFile(), left);
    const away = await runWaybill(['config'], place());
    expect(away.stderr).not.toContain('using');
    const second = await startDev();
    expect(readFile().pid).toBe(second.pid);
  });

  it('stays out of the way of an environment that names a Redis', async () => {
    await startDev();
    const env = { REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, stderr } = await runWaybill(['accounts'], { folder: folder.path, env });
    expect(code).toBe(75);
    expect(stderr).not.toContain('using');
  });

  it('wants a real account for another provider, and leaves no file when it cannot start', async () => {
    const { code, stderr } = await run('dev', '--port', '0', '--provider-url', 'http://127.0.0.1:9/v2');
    expect(code).toBe(2);
    expect(stderr).toContain('WAYBILL_ACCOUNTS');
    await eventually(() => readdirSync(folder.path).length === 0);
  });
});
