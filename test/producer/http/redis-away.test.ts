import { createWaybill } from '../../../src/index.js';
import { withFolder } from '../../cli/waybill-process.js';
import { apiKeys, BOSS, callApi, startApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, SHOP, startStack } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

const FILE = 'https://files.example.com/invoice.pdf';
const requestOf = (index: number) => ({
  from: 'shop',
  to: `97250${1_000_000 + index}`,
  fileUrl: FILE,
  id: `d${index}`,
});

const redis = withRedis();
const folder = withFolder();

it('answers 503 while Redis is away, and takes the same call when it is back', async () => {
  const api = await startApi(redis.url);
  const post = () => api.call('POST', '/v1/deliveries', { body: requestOf(1) });
  await redis.server.kill('SIGKILL');
  for (const [method, path] of [
    ['GET', '/v1/deliveries/d1'],
    ['GET', '/v1/deliveries'],
    ['GET', '/v1/accounts'],
    ['POST', '/v1/deliveries/d1/cancel'],
    ['GET', '/v1/ledger/shop/2026-11'],
  ] as const) {
    expect({ path, ...(await api.call(method, path)) }).toMatchObject({ path, status: 503 });
  }
  const { status, headers, json } = await post();
  expect({ status, json }).toMatchObject({ status: 503, json: { code: 'unavailable' } });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  await expect(api.call('GET', '/healthz')).resolves.toMatchObject({ status: 200 });
  await expect(api.call('GET', '/readyz')).resolves.toMatchObject({ status: 200, json: { status: 'ready' } });
  await redis.server.restart();
  // The first that Redis took may have been answered too late: 200 then, for it is the same again.
  await eventually(async () => [200, 202].includes((await post()).status));
  await expect(post()).resolves.toMatchObject({ status: 200, json: { duplicate: true } });
  await expect(redis.client.exists(`waybill:queue:{${FROM}}:d-d1`)).resolves.toBe(1);
  await api.close();
});

it('keeps what it has answered 202 to when it is killed, and does it once', async () => {
  const api = folder.start(['api'], {
    folder: folder.path,
    env: {
      REDIS_URL: redis.url,
      WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
      WAYBILL_API_KEYS: apiKeys([BOSS]),
      WAYBILL_LISTEN_API: '127.0.0.1:0',
      WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
    },
  });
  await api.says('"msg":"started"');
  const [, address = ''] = /"setting":"WAYBILL_LISTEN_API","address":"([^"]+)"/.exec(api.stdout()) ?? [];
  const taken = new Set<string>();
  const calling = Array.from({ length: 300 }, async (_, index) => {
    const body = requestOf(index);
    const { status } = await callApi(`http://${address}/v1/deliveries`, 'POST', { body });
    if (status === 202) taken.add(body.id);
  });
  await eventually(() => taken.size > 20, { what: 'Calls under way' });
  api.kill('SIGKILL');
  await Promise.allSettled(calling);
  const stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  await Promise.all([...taken].map((id) => waybill.wait(id, 'accepted', { timeoutMs: 30_000 })));
  const sent = stack.sandbox.accepted().map(({ to }) => to);
  expect(new Set(sent).size).toBe(sent.length);
  await waybill.close();
  await stack.close();
});
