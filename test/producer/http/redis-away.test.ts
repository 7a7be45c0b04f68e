import { z } from 'zod';
import { reached } from '../../../src/domain/status.js';
import { createWaybill, type Delivery } from '../../../src/index.js';
import { withFolder } from '../../cli/waybill-process.js';
import { apiKeys, BOSS, callApi, startApi, type TestApi } from '../../support/api.js';
import { allOf } from '../../support/fleet.js';
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

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))),
});
const PARAMETERS = { id: 'd1', from: 'shop', to: '972501234567', month: '2026-11' };
const BODIES: Readonly<Record<string, unknown>> = {
  enqueueDelivery: requestOf(1),
  enqueueBatch: [requestOf(1), requestOf(2)],
  amendDelivery: { caption: 'changed' },
  resolveDelivery: { outcome: 'sent' },
};

/** What they ask is in the settings, which name no endpoint here. */
const WITHOUT_REDIS = ['listEventEndpoints', 'testEventEndpoint'];

/** Every call that the OpenAPI document tells of and that asks Redis, ready to be made. */
async function everyCall(api: TestApi) {
  const { paths } = documentSchema.parse((await api.call('GET', '/openapi.json')).json);
  const asking = (methods: Readonly<Record<string, { readonly operationId: string }>>) =>
    Object.entries(methods).filter(([, { operationId }]) => !WITHOUT_REDIS.includes(operationId));
  return Object.entries(paths).flatMap(([path, methods]) =>
    asking(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase(),
      path: path.replace(/\{(\w+)\}/g, (_, name: keyof typeof PARAMETERS) => PARAMETERS[name]),
      body: BODIES[operationId],
    })),
  );
}

const PAGES = ['/', '/?part=live', '/deliveries', '/accounts/shop', '/deliveries/shop/d1', '/search?q=d1'];
const BOARD = ['/board', `/board/queue/${encodeURIComponent(`{${FROM}}`)}`];
const BOARD_DATA = '/board/api/queues';

describe.each(['SIGKILL', 'SIGSTOP'] as const)('while Redis is away by %s', (signal) => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startApi(redis.url);
    // What is known without asking again: the accounts.
    await api.call('GET', '/v1/accounts');
    await redis.server.kill(signal);
  });
  const comeBack = () => (signal === 'SIGSTOP' ? redis.server.kill('SIGCONT') : redis.server.restart());
  afterEach(async () => {
    await comeBack();
    await api.close();
  });
  const soon = () => ({ signal: AbortSignal.timeout(15_000) });

  it('answers every call with 503 and a problem', async () => {
    const calls = await everyCall(api);
    expect(calls.length).toBeGreaterThan(12);
    const answers = await Promise.all(
      calls.map(async ({ operationId, method, path, body }) => {
        const { status, headers, json } = await api.call(method, path, { body, ...soon() });
        const told = { type: headers.get('content-type'), retryAfter: headers.get('retry-after'), json };
        return { operationId, status, ...told };
      }),
    );
    const problem = { status: 503, type: 'application/problem+json', retryAfter: '2' };
    expect(answers).toEqual(
      calls.map(({ operationId }) => ({
        operationId,
        ...problem,
        json: expect.objectContaining({ code: 'unavailable', status: 503 }),
      })),
    );
  });

  it('answers with a page that says so where people look, and with data again when it is back', async () => {
    const look = async (path: string) => {
      const { status, headers, text } = await api.call('GET', path, { key: BOSS.secret, ...soon() });
      return {
        path,
        status,
        type: headers.get('content-type'),
        told: text.includes('Redis cannot be reached'),
      };
    };
    const page = { status: 503, type: 'text/html; charset=utf-8', told: true };
    const seen = await Promise.all([...PAGES, ...BOARD].map(look));
    expect(seen).toEqual([...PAGES, ...BOARD].map((path) => ({ path, ...page })));
    expect(await look(BOARD_DATA)).toMatchObject({ status: 503, type: 'application/problem+json' });
    await comeBack();
    for (const path of ['/', '/accounts/shop', '/deliveries', ...BOARD, BOARD_DATA]) {
      await eventually(async () => (await look(path)).status === 200, { timeoutMs: 20_000, what: path });
    }
  });

  it('serves every call again when it is back', async () => {
    const calls = await everyCall(api);
    const make = ({ method, path, body }: (typeof calls)[number]) =>
      api.call(method, path, { body, ...soon() });
    await Promise.all(calls.map(make));
    await comeBack();
    for (const call of calls.filter(({ operationId }) => operationId !== 'readEvents')) {
      await eventually(async () => (await make(call)).status < 500, {
        timeoutMs: 20_000,
        what: call.operationId,
      });
    }
  });
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
  const until = ({ status }: Delivery) => reached(status, 'accepted');
  await allOf(waybill, [...taken], { until, timeoutMs: 30_000 });
  const sent = stack.sandbox.accepted().map(({ to }) => to);
  expect(new Set(sent).size).toBe(sent.length);
  await waybill.close();
  await stack.close();
});
