import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/sandbox.js';
import { runWorker } from '../../src/app/worker.js';
import { apiKeys, BOSS } from '../support/api.js';
import { type Followed, followProcess } from '../support/follow-process.js';
import { createCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { FROM, SHOP } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
const LINES_BETWEEN_WEIGHINGS = 2000;
const SUPPORT = join(__dirname, '..', 'support');

const env = () => ({
  PATH: process.env.PATH ?? '',
  REDIS_URL: redis.url,
  WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
  WAYBILL_API_KEYS: apiKeys([BOSS]),
  WAYBILL_LISTEN_API: '127.0.0.1:0',
  WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
});

type ApiProcess = Followed & { readonly url: string };

/** `waybill api` in a process of its own, to kill or to weigh. */
async function startApiProcess(): Promise<ApiProcess> {
  const script = [join(SUPPORT, 'cli-process.ts'), 'api'];
  const child = spawn(process.execPath, ['-r', join(SUPPORT, 'typescript.cjs'), ...script], {
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const followed = followProcess(child);
  const listening = /"setting":"WAYBILL_LISTEN_API","address":"([^"]+)"/;
  const address = await eventually(() => listening.exec(followed.output())?.[1], { timeoutMs: 30_000 });
  return { ...followed, url: `http://${address}` };
}

async function* lines(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) {
    const to = String(972_500_000_000 + index);
    yield Buffer.from(`${JSON.stringify({ to, fileUrl: `https://files.example.com/${index}.pdf` })}\n`);
  }
}

function post({ url }: ApiProcess, count: number): Promise<Response> {
  return fetch(`${url}/v1/deliveries/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BOSS.secret}`, 'content-type': 'application/x-ndjson' },
    body: ReadableStream.from(lines(count)),
    duplex: 'half',
  } as RequestInit);
}

function megabytesOf({ pid }: Followed): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

it('answers 100,000 lines and grows by less than 100 MB', async () => {
  const api = await startApiProcess();
  try {
    await (await post(api, 1000)).text();
    const first = megabytesOf(api);
    let most = first;
    let answers = 0;
    const { body } = await post(api, 100_000);
    for await (const chunk of body ?? []) {
      const before = Math.floor(answers / LINES_BETWEEN_WEIGHINGS);
      for (const byte of chunk) if (byte === 10) answers += 1;
      const weigh = Math.floor(answers / LINES_BETWEEN_WEIGHINGS) > before;
      if (weigh) most = Math.max(most, megabytesOf(api));
    }
    expect(answers).toBe(100_000);
    expect(most - first).toBeLessThan(100);
  } finally {
    await kill(api);
  }
}, 240_000);

it('makes no second delivery when it is killed midway and the batch sent again', async () => {
  const count = 1500;
  const killed = await startApiProcess();
  const broken = post(killed, count).then((response) => response.text());
  await eventually(async () => (await redis.client.keys('waybill:queue:*:d-*')).length > 100);
  await kill(killed);
  await expect(broken).rejects.toThrow();
  const taken = (await redis.client.keys(`waybill:{${FROM}}:d:*`)).length;
  expect(taken).toBeLessThan(count);
  const api = await startApiProcess();
  const text = await (await post(api, count)).text();
  await kill(api);
  const answers = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(taken);
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(count - taken);

  const sandbox = await startSandbox({ accounts: [{ from: FROM, apiKey: SHOP.apiKey }], windowsOpen: true });
  const worker = await runWorker(createCore({ ...env(), WAYBILL_PROVIDER_URL: sandbox.url }).core);
  try {
    await eventually(() => sandbox.accepted().length >= count, { timeoutMs: 60_000 });
    expect(new Set(sandbox.accepted().map(({ to }) => to)).size).toBe(count);
    expect(sandbox.accepted()).toHaveLength(count);
  } finally {
    await worker.close();
    await sandbox.close();
  }
}, 180_000);

async function kill(api: ApiProcess): Promise<void> {
  api.kill('SIGKILL');
  await api.exited;
}
