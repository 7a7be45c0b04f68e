import { startSandbox } from '../../sandbox/sandbox.js';
import { createWaybill } from '../../src/index.js';
import { withRedis } from '../support/redis.js';
import { requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { withFolder } from './waybill-process.js';

const FROM = '972771234567';
const KEY = 'canary-key-of-the-account';
const TOKEN = 'canary-token-of-the-webhook';

const redis = withRedis();
const folder = withFolder();

const env = (more: Readonly<Record<string, string>> = {}) => ({
  REDIS_URL: redis.url,
  WAYBILL_ACCOUNTS: JSON.stringify([{ from: FROM, name: 'shop', apiKey: KEY, ratePerSecond: 1000 }]),
  WAYBILL_WEBHOOK_TOKEN: TOKEN,
  WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
  WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
  WAYBILL_LISTEN_SANDBOX: '127.0.0.1:0',
  ...more,
});
const start = (command: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  folder.start(command, { folder: folder.path, env: env(more) });

const SHORT_GRACE = { WAYBILL_SEND_TIMEOUT_MS: '1000', WAYBILL_SHUTDOWN_GRACE_MS: '1500' };

it('a worker under load ends with 0 on SIGTERM, with every send it had begun settled', async () => {
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: KEY }],
    windowsOpen: true,
    latencyMs: { min: 300, max: 600 },
  });
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  const recipients = Array.from({ length: 150 }, (_, index) => `97250${1000000 + index}`);
  await waybill.enqueueMany(recipients.map((to) => requestTo(to, { id: `to-${to}` })));
  const worker = start(['worker'], { WAYBILL_PROVIDER_URL: sandbox.url });
  await eventually(() => sandbox.counts().accepted > 20, { timeoutMs: 45_000, what: 'Load' });
  worker.kill('SIGTERM');
  await expect(worker.exited).resolves.toBe(0);
  const views = [];
  for (const to of recipients) views.push(await waybill.get(`to-${to}`));
  const taken = new Set(sandbox.accepted().map(({ to }) => to));
  expect(
    views
      .filter(({ status }) => status === 'accepted')
      .map(({ to }) => to)
      .sort(),
  ).toEqual([...taken].sort());
  expect(views.filter(({ status }) => status === 'sending' || status === 'unknown')).toEqual([]);
  expect(taken.size).toBeLessThan(recipients.length);
  expect(worker.stdout()).toContain('"msg":"stopped"');
  expect(worker.stderr()).toBe('');
  for (const secret of [KEY, ...recipients]) expect(worker.stdout()).not.toContain(secret);
  await waybill.close();
  await sandbox.close();
});

it('a second signal ends a drain at once, and not with 0', async () => {
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: KEY }],
    windowsOpen: true,
    faults: [{ kind: 'hang', times: 'always' }],
  });
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  await waybill.enqueue(requestTo('972501234567'));
  const worker = start(['worker'], { WAYBILL_PROVIDER_URL: sandbox.url });
  await eventually(() => sandbox.counts().faulted > 0, { timeoutMs: 45_000, what: 'The hanging call' });
  worker.kill('SIGTERM');
  await worker.says('"msg":"stopping"');
  await eventually(() => {
    worker.kill('SIGTERM');
    return worker.hasEnded();
  });
  await expect(worker.exited).resolves.toBe(1);
  await waybill.close();
  await sandbox.close();
});

it('an attempt in flight outlasts the grace, to its own end', async () => {
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: KEY }],
    windowsOpen: true,
    faults: [{ kind: 'slow', latencyMs: 4000 }],
  });
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  await waybill.enqueue(requestTo('972501234567', { id: 'one', localStorage: true }));
  const worker = start(['worker'], { WAYBILL_PROVIDER_URL: sandbox.url, ...SHORT_GRACE });
  await eventually(() => sandbox.requests({ endpoint: 'sendFile' }).length === 1, {
    timeoutMs: 45_000,
    what: 'The attempt',
  });
  worker.kill('SIGTERM');
  await expect(worker.exited).resolves.toBe(0);
  expect(worker.stdout()).toContain('an attempt in flight outlasts the grace');
  await expect(waybill.get('one')).resolves.toMatchObject({ status: 'accepted' });
  await waybill.close();
  await sandbox.close();
});

it('a drain that outlasts the grace for no attempt is cut short, and told by the exit code', async () => {
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: KEY }],
    windowsOpen: true,
    faults: [{ kind: 'hang', times: 'always' }],
  });
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  await waybill.enqueue(requestTo('972501234567'));
  const worker = start(['worker'], { WAYBILL_PROVIDER_URL: sandbox.url, ...SHORT_GRACE });
  await eventually(() => sandbox.requests({ endpoint: 'sendFile' }).length === 1, {
    timeoutMs: 45_000,
    what: 'The attempt',
  });
  await redis.server.kill('SIGKILL');
  worker.kill('SIGTERM');
  await expect(worker.exited).resolves.toBe(1);
  expect(worker.stdout()).toContain('stopped before everything in hand had ended');
  await redis.server.restart();
  await waybill.close();
  await sandbox.close();
});

it('a worker waits for a Redis that is away, says where and why, and is ready when it comes', async () => {
  await redis.server.kill('SIGKILL');
  const worker = start(['worker']);
  await worker.says('redis connection failed');
  const [, port = ''] = /"what":"metrics".*?"port":(\d+)/.exec(worker.stdout()) ?? [];
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  await expect(ready()).resolves.toBe(503);
  await redis.server.restart();
  await worker.says('"msg":"started"');
  await expect(ready()).resolves.toBe(200);
  expect(worker.stdout()).toContain(`"address":"127.0.0.1:${redis.port}"`);
  expect(worker.stdout()).toContain('ECONNREFUSED');
  worker.kill('SIGTERM');
  await expect(worker.exited).resolves.toBe(0);
});

it('every process says again and again that Redis is away, without its password', async () => {
  const keys = JSON.stringify([{ name: 'a', sha256: 'a'.repeat(64), accounts: ['*'], roles: ['read'] }]);
  const tells = async (command: string) => {
    const running = start([command], {
      REDIS_URL: 'redis://somebody:canary-password@127.0.0.1:1/3',
      WAYBILL_API_KEYS: keys,
      WAYBILL_LISTEN_API: '127.0.0.1:0',
    });
    const told = () => running.stdout().match(/^.*redis connection failed.*$/gm) ?? [];
    await eventually(() => told().length > 1, { timeoutMs: 60_000 });
    for (const line of told()) expect(line).toMatch(/"address":"127\.0\.0\.1:1".*ECONNREFUSED/);
    expect(`${running.stdout()}${running.stderr()}`).not.toMatch(/canary-password|somebody/);
    running.kill('SIGTERM');
    await running.exited;
  };
  await Promise.all(['worker', 'webhooks', 'api'].map(tells));
});

it('a worker that waits for Redis ends with 0 on SIGTERM', async () => {
  const worker = start(['worker'], { REDIS_URL: 'redis://127.0.0.1:1' });
  await worker.says('redis connection failed');
  worker.kill('SIGTERM');
  await expect(worker.exited).resolves.toBe(0);
});

it('a worker refuses a Redis that may throw keys away', async () => {
  await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const worker = start(['worker']);
  await expect(worker.exited).resolves.toBe(2);
  await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
  expect(worker.stderr()).toContain('noeviction');
});

it('a worker exits 2 when Redis does not know its password', async () => {
  const running = start(['worker'], { REDIS_URL: redis.url.replace('//', '//nobody:canary-password@') });
  await expect(running.exited).resolves.toBe(2);
  expect(running.stderr()).toContain('refuses us');
  expect(`${running.stdout()}${running.stderr()}`).not.toContain('canary-password');
});

it.each([
  ['worker', 'WAYBILL_LISTEN_METRICS'],
  ['webhooks', 'WAYBILL_LISTEN_WEBHOOKS'],
  ['sandbox', 'WAYBILL_LISTEN_SANDBOX'],
])('%s exits 2 and names %s when its port is taken', async (command, setting) => {
  const running = start([command], { [setting]: `127.0.0.1:${redis.port}` });
  await expect(running.exited).resolves.toBe(2);
  expect(running.stderr()).toContain(setting);
});

it('the sandbox tells where it listens and its seed, and ends with 0 on SIGTERM', async () => {
  const sandbox = start(['sandbox', '--seed', '7']);
  await sandbox.says('seed  7');
  expect(sandbox.stdout()).toMatch(/url {3}http:\/\/127\.0\.0\.1:\d+\/whatsapp\/v2/);
  sandbox.kill('SIGTERM');
  await expect(sandbox.exited).resolves.toBe(0);
});

it.each(['0.0.0.0', '[::]'])(
  'the sandbox that listens at %s prints an address that can be called, and that it calls nobody',
  async (everywhere) => {
    const sandbox = start(['sandbox'], { WAYBILL_LISTEN_SANDBOX: `${everywhere}:0` });
    await sandbox.says('"msg":"started"');
    const [, url = ''] = /^url {3}(\S+)$/m.exec(sandbox.stdout()) ?? [];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await expect(fetch(new URL('/', url))).resolves.toMatchObject({ status: 200 });
    expect(sandbox.stdout()).toContain(`"address":"${everywhere}:`);
    expect(sandbox.stderr()).toContain('callbacks go nowhere');
    sandbox.kill('SIGTERM');
    await expect(sandbox.exited).resolves.toBe(0);
  },
);

it('the sandbox refuses options that it does not have', async () => {
  const sandbox = start(['sandbox', '--options', __filename]);
  await expect(sandbox.exited).resolves.toBe(2);
});
