import { once } from 'node:events';
import { createServer } from 'node:net';
import { startSandbox } from '../../sandbox/sandbox.js';
import type { Delivery } from '../../src/index.js';
import { portOf } from '../provider/raw-provider.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

// The row of the outcome table for a provider that cannot be reached: nothing has left, so it is tried again.
const redis = withRedis();
const CLIENT = '972501234567';
let line: Line;

afterEach(() => line.close());

const outcomes = ({ attempts }: Delivery) => attempts.map(({ outcome, reason }) => `${outcome} ${reason}`);

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

it('is tried again until the provider is there', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/whatsapp/v2`;
  line = await openLine(redis.url, { env: { WAYBILL_PROVIDER_URL: url, WAYBILL_MAX_ATTEMPTS: '100' } });
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  await line.work();
  await eventually(async () => (await line.waybill.get('one')).attempts.length > 1);
  const accounts = [{ from: FROM, apiKey: 'key-of-shop' }];
  const provider = await startSandbox({ port, accounts, windowsOpen: true });
  try {
    const view = await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    expect(outcomes(view).slice(0, 2)).toEqual(['not_sent refused', 'not_sent refused']);
    expect(provider.accepted()).toHaveLength(1);
  } finally {
    await provider.close();
  }
});

it.each([
  {
    when: 'its attempts are used up',
    attempts: '3',
    expiresInMs: 60_000,
    status: 'failed',
    reason: 'attempts_used_up',
  },
  { when: 'it expires', attempts: '100', expiresInMs: 2500, status: 'expired', reason: 'expired' },
])('ends when $when', async ({ attempts, expiresInMs, status, reason }) => {
  const url = `http://127.0.0.1:${await freePort()}/v2`;
  line = await openLine(redis.url, { env: { WAYBILL_PROVIDER_URL: url, WAYBILL_MAX_ATTEMPTS: attempts } });
  await line.work();
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one', expiresAt: Date.now() + expiresInMs }));
  const ended = line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await expect(ended).rejects.toMatchObject({ status });
  const view = await line.waybill.get('one');
  expect(view.reason).toBe(reason);
  expect(new Set(outcomes(view))).toEqual(new Set(['not_sent refused']));
});

it('is what becomes of a delivery where TLS was expected and none is spoken', async () => {
  const port = await freePort();
  const env = { WAYBILL_PROVIDER_URL: `https://127.0.0.1:${port}/v2`, WAYBILL_MAX_ATTEMPTS: '2' };
  line = await openLine(redis.url, { sandbox: { port }, env });
  await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
  await line.work();
  const ended = line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await expect(ended).rejects.toMatchObject({ status: 'failed' });
  expect(outcomes(await line.waybill.get('one'))).toEqual(['not_sent tls', 'not_sent tls']);
  expect(line.sandbox.requests()).toEqual([]);
});
