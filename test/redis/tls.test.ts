import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../demo/certificates.js';
import { findPrivatePort } from '../../dev/private-port.js';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { findRedisServer } from '../../dev/redis-binary.js';
import { startRedisProcess } from '../../dev/redis-process.js';
import { createWaybill } from '../../src/index.js';
import { accountKeys } from '../../src/redis/keys.js';
import { createScriptRunner } from '../../src/redis/script.js';
import { connectTo, type RedisServers } from '../../src/redis/servers.js';
import { runCli } from '../cli/cli-in-process.js';
import { redisAt } from '../support/redis-at.js';
import { requestTo, startStack } from '../support/stack.js';
import { askServer } from '../support/topology.js';
import { eventually } from '../support/wait.js';

const HOST = '127.0.0.1';
const folder = mkdtempSync(join(tmpdir(), 'waybill-tls-'));
const inFolder = (name: string) => join(folder, name);
const closers: (() => Promise<void>)[] = [];
let ca: string;

beforeAll(async () => {
  const { cert, key, ca: authority } = await makeCertificates();
  const other = await makeCertificates();
  ca = authority;
  const files = { 'ca.pem': authority, 'cert.pem': cert, 'key.pem': key, 'other.pem': other.ca };
  for (const [name, text] of Object.entries(files)) writeFileSync(inFolder(name), text);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function tlsSettings(port: number): readonly (readonly [string, string])[] {
  return [
    ['tls-port', String(port)],
    ['tls-cert-file', inFolder('cert.pem')],
    ['tls-key-file', inFolder('key.pem')],
    ['tls-ca-cert-file', inFolder('ca.pem')],
    ['tls-auth-clients', 'no'],
  ];
}

type TlsRedis = { readonly server: PrivateRedis; readonly port: number };

/** Speaks TLS at one port, and plainly at another, for looking. */
async function startTlsRedis(...more: readonly string[]): Promise<TlsRedis> {
  const port = await findPrivatePort();
  const extraArgs = [...tlsSettings(port).flatMap(([name, value]) => [`--${name}`, value]), ...more];
  const server = await startPrivateRedis({ extraArgs });
  closers.push(() => server.stop());
  return { server, port };
}

it('sends and receives by rediss:// with a private authority, and the commands too', async () => {
  const { port } = await startTlsRedis();
  const url = `rediss://${HOST}:${port}`;
  const at = { env: { REDIS_URL: url, REDIS_CA_FILE: inFolder('ca.pem') }, redis: { url, tls: { ca } } };
  const stack = await startStack(at, { sandbox: { windowsOpen: true } });
  closers.push(() => stack.close());
  const { id } = await stack.waybill.enqueue(requestTo('972501234567'));
  await stack.waybill.wait(id, 'delivered', { timeoutMs: 20_000 });
  expect((await runCli(['status', id], at.env)).stdout).toContain('delivered');
});

it.each([
  ['another authority', { REDIS_CA_FILE: 'other.pem' }],
  ['none of its own', {}],
])('is refused by who trusts %s', async (_, files) => {
  const { port, server } = await startTlsRedis();
  const env = { REDIS_URL: `rediss://${HOST}:${port}` };
  const trusted = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, inFolder(file)]));
  const { code, stderr } = await runCli(['accounts'], { ...env, ...trusted });
  expect([code, stderr]).toEqual([75, expect.stringMatching(/certificate|signature/)]);
  const waybill = createWaybill({
    redis: redisAt(env.REDIS_URL).redis,
    accounts: [{ from: '972771234567' }],
  });
  closers.push(() => waybill.close());
  const asked = waybill.enqueue({
    from: '972771234567',
    to: '972501234567',
    fileUrl: 'https://f.example.com/a.pdf',
  });
  await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await askServer(server.port, ['DBSIZE'])).toBe(0);
});

/** Runs a script of ours where the servers are. */
async function reaches(servers: RedisServers): Promise<void> {
  const redis = connectTo(servers, 'waits');
  redis.on('error', () => undefined);
  closers.push(async () => redis.disconnect());
  const dispatch = createScriptRunner(redis)('dispatch', accountKeys('waybill', '972771234567').fixed, {});
  await expect(dispatch).resolves.toEqual([0, 0, 0]);
}

it('reaches a master through sentinels that speak TLS as well', async () => {
  const master = await startTlsRedis('--tls-replication', 'yes');
  const sentinel = await startTlsSentinel(master.port);
  await reaches({ sentinels: [{ host: HOST, port: sentinel }], name: 'main', tls: { ca } });
});

async function startTlsSentinel(masterPort: number): Promise<number> {
  const port = await findPrivatePort();
  const settings = [
    ['port', '0'],
    ['bind', HOST],
    ['dir', folder],
    ['tls-replication', 'yes'],
    ...tlsSettings(port),
    ['sentinel', `monitor main ${HOST} ${masterPort} 1`],
  ];
  const file = inFolder('sentinel.conf');
  writeFileSync(file, `${settings.map((each) => each.join(' ')).join('\n')}\n`);
  const binary = findRedisServer(process.env.PATH ?? '');
  const args = [file, '--sentinel'];
  const started = await startRedisProcess({ binary, args, disposableDir: undefined, upWhen: '+monitor' });
  closers.push(() => started.stop());
  return port;
}

it('reaches a cluster that speaks TLS', async () => {
  const busPort = await findPrivatePort();
  const ports = ['--cluster-port', String(busPort), '--cluster-announce-ip', HOST];
  const cluster = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', ...ports];
  const { server, port } = await startTlsRedis(...cluster);
  await askServer(server.port, ['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
  const info = async () => String(await askServer(server.port, ['CLUSTER', 'INFO']));
  await eventually(async () => (await info()).includes('cluster_state:ok'), { timeoutMs: 30_000 });
  await reaches({ cluster: [{ host: HOST, port }], tls: { ca } });
});
