import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { conversationKeys } from '../../src/redis/conversation.js';
import { accountKeys } from '../../src/redis/keys.js';
import { parseMetrics } from '../observe/metrics-text.js';
import { type Child, startChild } from '../support/child.js';
import { withRedis } from '../support/redis.js';
import { FROM, SHOP, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis({ appendonly: true, appendfsync: 'always' });
const keys = accountKeys('waybill', FROM);
const LONG = { timeoutMs: 30_000 };
const children: Child[] = [];
let spool: string;

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'waybill-spool-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.close()));
  await rm(spool, { recursive: true });
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<Child> {
  const child = await startChild('webhooks', {
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_WEBHOOK_SPOOL: spool,
    TEST_SPOOL_TIMINGS: JSON.stringify({ aliveEveryMs: 100, deadAfterMs: 1500, replayEveryMs: 100 }),
    ...more,
  });
  children.push(child);
  return child;
}

function message(client: number) {
  const text = { status: 'OK', hook: 'new', unique: `U${client}`, from: `${972_500_000_000 + client}` };
  return { ...text, to: FROM, type: 'text', timestamp: String(Math.floor(Date.now() / 1000)) };
}

async function post(child: Child, body: unknown) {
  const url = `http://127.0.0.1:${child.port}/webhooks/${TOKEN}`;
  const headers = { 'content-type': 'application/json' };
  const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.body.dump();
  return answer;
}

/** Each is answered 200, one after the other: that is the order in which they came. */
async function postAll(child: Child, from: number, to: number): Promise<void> {
  for (let client = from; client < to; client += 1) {
    expect([client, (await post(child, message(client))).statusCode]).toEqual([client, 200]);
  }
}

/** The clients of whom it is known that they have written. */
async function heardOf(): Promise<number> {
  const known = await redis.client.keys(conversationKeys(keys, '*', '*').conv);
  return known.length;
}

async function bodies(child: Child, result: string): Promise<number> {
  const answer = await request(`http://127.0.0.1:${child.metricsPort}/metrics`);
  const { samples } = parseMetrics(await answer.body.text());
  const found = samples.find(
    ({ name, labels }) => name === 'waybill_webhook_spool_bodies_total' && labels.result === result,
  );
  return found?.value ?? 0;
}

async function segments(): Promise<readonly string[]> {
  const names = await readdir(spool, { recursive: true });
  return names.filter((name) => name.includes('.spool'));
}

it('keeps what comes while Redis is away, and applies it when Redis is back', async () => {
  const child = await start();
  await postAll(child, 0, 3);
  await redis.server.kill('SIGKILL');
  await postAll(child, 3, 30);
  await expect(segments()).resolves.not.toEqual([]);
  await redis.server.restart();
  await eventually(async () => (await heardOf()) === 30, LONG);
  await eventually(async () => (await segments()).length === 0, LONG);
  await expect(bodies(child, 'spooled')).resolves.toBe(27);
  // One whose replay was interrupted is replayed again.
  await eventually(async () => (await bodies(child, 'replayed')) >= 27, LONG);
}, 60_000);

it('loses nothing when it is killed meanwhile, in the middle of a line: one of the next takes over', async () => {
  const killed = await start();
  await redis.server.kill('SIGKILL');
  await postAll(killed, 0, 20);
  killed.kill('SIGKILL');
  await killed.exited;
  const [segment = ''] = await segments();
  await appendFile(join(spool, segment), '0badc0de [1763000000000,"{\\"status\\":\\"OK\\",\\"ho');
  const heirs = await Promise.all([start(), start()]);
  await postAll(heirs[0] ?? killed, 20, 25);
  await redis.server.restart();
  await eventually(async () => (await heardOf()) === 25, LONG);
  await eventually(async () => (await segments()).length === 0, LONG);
  const counted = async (result: string) => {
    const [first = 0, second = 0] = await Promise.all(heirs.map((heir) => bodies(heir, result)));
    return first + second;
  };
  await eventually(async () => (await counted('replayed')) >= 25, LONG);
  await expect(counted('damaged')).resolves.toBe(0);
}, 90_000);

it('loses nothing when it only slept, and was thought dead', async () => {
  const sleeper = await start();
  const heir = await start();
  await redis.server.kill('SIGKILL');
  await postAll(sleeper, 0, 10);
  sleeper.kill('SIGSTOP');
  await redis.server.restart();
  await eventually(async () => (await heardOf()) === 10, LONG);
  await redis.server.kill('SIGKILL');
  sleeper.kill('SIGCONT');
  await postAll(sleeper, 10, 20);
  await postAll(heir, 20, 22);
  await redis.server.restart();
  await eventually(async () => (await heardOf()) === 22, LONG);
  await eventually(async () => (await segments()).length === 0, LONG);
}, 90_000);

it('answers 503 when there is no more room', async () => {
  const child = await start({ WAYBILL_WEBHOOK_SPOOL_MB: '1' });
  await redis.server.kill('SIGKILL');
  const big = { ...message(1), note: 'x'.repeat(200_000) };
  const codes: number[] = [];
  for (let times = 0; times < 6; times += 1) codes.push((await post(child, big)).statusCode);
  expect(codes).toEqual([200, 200, 200, 200, 503, 503]);
  await redis.server.restart();
  await eventually(async () => (await post(child, big)).statusCode === 200, LONG);
  await eventually(async () => (await segments()).length === 0, LONG);
}, 60_000);

it('refuses to start where nothing can be written', async () => {
  await expect(start({ WAYBILL_WEBHOOK_SPOOL: '/dev/null/spool' })).rejects.toThrow(
    'WAYBILL_WEBHOOK_SPOOL: cannot be written to',
  );
});
