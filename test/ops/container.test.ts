import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrivatePort } from '../../dev/private-port.js';
import { runNode } from '../project/mini-checkout.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';
import { ROOT } from './compose-file.js';

/**
 * As a container has it: the root read-only, nobody's user, no capability and none to be had. Needs root and Linux's
 * tools; elsewhere the process merely runs from a folder that it cannot write.
 */
const CONTAIN = `mount --make-rprivate / && mount -o remount,bind,ro / && exec setpriv --reuid 65534 --regid 65534 \
--clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`;
const canContain = spawnSync('unshare', ['-m', 'sh', '-c', CONTAIN, 'sh', 'true']).status === 0;

const redis = withRedis();
let image: string;
let running: ChildProcess | undefined;

/** What the Dockerfile's last stage copies. */
beforeAll(() => {
  runNode(['-e', `import('./scripts/build.mjs').then(({ ensureBuild }) => ensureBuild())`], { cwd: ROOT });
  image = mkdtempSync(join(tmpdir(), 'waybill-image-'));
  for (const name of ['package.json', 'bin', 'dist']) {
    cpSync(join(ROOT, name), join(image, name), { recursive: true });
  }
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(image, 'node_modules'));
  chmodSync(image, 0o555);
});
afterEach(async () => {
  if (running === undefined || running.exitCode !== null) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
});
afterAll(() => {
  chmodSync(image, 0o755);
  rmSync(image, { recursive: true });
});

it.each([
  ['worker', {}],
  ['webhooks', { WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0' }],
  ['api', { WAYBILL_LISTEN_API: '127.0.0.1:0' }],
])('%s runs without a right, a home or a place to write', async (name, listen) => {
  const port = await findPrivatePort();
  const env = { ...SETTINGS, ...listen, REDIS_URL: redis.url, WAYBILL_LISTEN_METRICS: `127.0.0.1:${port}` };
  const child = start(name, env);
  running = child;
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200, {
    timeoutMs: 40_000,
    what: 'Readiness',
  });
  expect(rightsOf(child)).toEqual(canContain ? ['0000000000000000', '0000000000000000', '1'] : []);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

const SETTINGS = {
  WAYBILL_FROM: '972771234567',
  WAYBILL_PROVIDER_API_KEY: 'example-key',
  WAYBILL_PROVIDER_URL: 'http://127.0.0.1:9/v2',
  WAYBILL_WEBHOOK_TOKEN: 'example-token-of-the-webhook',
  WAYBILL_API_KEYS: JSON.stringify([
    { name: 'shop', sha256: 'ab'.repeat(32), accounts: ['*'], roles: ['send'] },
  ]),
};

function start(name: string, env: Readonly<Record<string, string>>): ChildProcess {
  const command = [process.execPath, 'bin/waybill.js', name];
  const contained = ['unshare', '-m', 'sh', '-c', CONTAIN, 'sh', ...command];
  const [program = '', ...args] = canContain ? contained : command;
  return spawn(program, args, { cwd: image, env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
}

/** Its effective capabilities, those it may ever get, and whether it may get more, by the kernel. */
function rightsOf({ pid }: ChildProcess): readonly string[] {
  if (!canContain) return [];
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return ['CapEff', 'CapBnd', 'NoNewPrivs'].map(
    (field) => new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '',
  );
}
