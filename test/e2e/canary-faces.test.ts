import { accountKeys } from '../../src/redis/keys.js';
import { runCli } from '../cli/cli-in-process.js';
import { startReceiver } from '../push/receiver.js';
import { type Answer, BOSS, startApi, type TestApi } from '../support/api.js';
import { CANARIES, type Canary, findLeaks, type Text } from '../support/canaries.js';
import { withRedis } from '../support/redis.js';
import { type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const { account: from, apiKey, client, linkQuery, caption, dataKey, eventHeader } = CANARIES;
const TO = `${client}21`;
const FILE = `https://files.example.com/invoice.pdf?X-Amz-Signature=${linkQuery}`;
const SIGNING = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const SHOP = { from, name: 'shop', apiKey, ratePerSecond: 1000 };

const redis = withRedis();
let stack: Stack;
let api: TestApi;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  receiver = await startReceiver();
  const endpoint = {
    url: receiver.url,
    name: 'app',
    secrets: [SIGNING],
    headers: { Authorization: `Bearer ${eventHeader}` },
    allowPrivate: true,
  };
  const shared = { WAYBILL_DATA_KEY: `k1:${dataKey}`, WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]) };
  env = { ...shared, REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) };
  const accounts = [{ from, apiKey }];
  stack = await startStack(redis.url, {
    account: SHOP,
    env: shared,
    sandbox: { accounts, windowsOpen: true },
  });
  api = await startApi(redis.url, { env });
});
afterEach(async () => {
  await api.close();
  await stack.close();
  await receiver.close();
});

const basic = { authorization: `Basic ${Buffer.from(`anybody:${BOSS.secret}`).toString('base64')}` };
const page = (path: string) => api.call('GET', path, { key: null, headers: basic });
const textOf = (where: string, { text, headers }: Pick<Answer, 'text' | 'headers'>): Text => ({
  where,
  text: `${text} ${JSON.stringify(Object.fromEntries(headers))}`,
});

/** What shows in these texts, but for what may. */
function shown(texts: readonly Text[], but: readonly Canary[] = []): readonly unknown[] {
  return findLeaks(texts).filter(({ canary }) => !but.some((allowed) => allowed === canary));
}

async function deliver(): Promise<void> {
  const request = {
    from: 'shop',
    to: TO,
    fileUrl: FILE,
    caption,
    metadata: { note: caption },
    showRequest: true,
  };
  for (const id of ['one', 'two']) {
    await api.call('POST', '/v1/deliveries', { body: { ...request, id } });
    await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
  }
  stack.sandbox.fault({ kind: 'fail', reason: `5 ${apiKey} ${FILE}`, on: ['sendFile'], times: 'always' });
  await api.call('POST', '/v1/deliveries', { body: { ...request, id: 'failed' } });
  await eventually(async () => (await stack.waybill.get('failed')).status === 'failed', {
    timeoutMs: 20_000,
  });
  await eventually(() => receiver.all.some(({ event }) => event.type === 'delivery.failed'), {
    timeoutMs: 20_000,
  });
}

/** Calls that cannot be answered as they stand, each with something dear in a place where it does not belong. */
async function refusals(): Promise<readonly Text[]> {
  const bodies: readonly (readonly [string, string, unknown])[] = [
    ['POST', '/v1/deliveries', { from: 'shop', to: `${TO}x`, fileUrl: `http://${apiKey}@x/a?${linkQuery}` }],
    ['POST', '/v1/deliveries', { from: TO, to: TO, fileUrl: FILE, caption }],
    ['POST', '/v1/deliveries', { from: 'shop', to: TO, fileUrl: FILE, id: 'one', caption: `${caption}!` }],
    ['POST', '/v1/deliveries', { from: 'shop', to: TO, fileUrl: FILE, mediaType: apiKey, priority: caption }],
    ['POST', '/v1/deliveries', `{"to":"${TO}", ${FILE}`],
    ['POST', '/v1/deliveries/batch', [{ from: 'shop', to: TO, fileUrl: `ftp://${apiKey}?${linkQuery}` }, 7]],
    ['PATCH', '/v1/deliveries/one', { fileUrl: `https://x/${linkQuery}.exe?${linkQuery}`, caption }],
    ['GET', `/v1/deliveries/${TO}`, undefined],
    ['GET', `/v1/conversations/shop/0${TO}x`, undefined],
    ['GET', `/v1/conversations/${TO}/${TO}`, undefined],
    ['GET', `/${apiKey}/${TO}?sig=${linkQuery}`, undefined],
    ['GET', `/v1/deliveries?cursor=${apiKey}&to=x${TO}`, undefined],
    ['GET', `/v1/events?after=${linkQuery}`, undefined],
    ['DELETE', `/v1/recipients/${from}9/${TO}`, undefined],
    ['POST', '/v1/deliveries/one/cancel', { caption }],
  ];
  return Promise.all(
    bodies.map(async ([method, path, body]) => {
      const answer = await api.call(method, path, body === undefined ? {} : { body });
      expect([path, answer.status >= 400 || path.endsWith('/batch')]).toEqual([path, true]);
      return textOf(`${method} ${path.slice(0, 20)} (${answer.status})`, answer);
    }),
  );
}

it('lets nothing out of the HTTP API, its pages, the board, events and commands but what was asked for', async () => {
  await deliver();
  const number = ['client', 'account'] as const;

  expect(shown(await refusals(), [])).toEqual([]);
  const lists = [
    '/',
    '/deliveries',
    '/accounts/shop',
    `/board/api/queues?activeQueue=${encodeURIComponent(`{${from}}`)}`,
  ];
  // The board's own names of queues are the accounts' numbers.
  expect(
    shown(await Promise.all(lists.map(async (path) => textOf(path, await page(path)))), ['account']),
  ).toEqual([]);
  // Asked for by its id or number: whole, but for what opens the file.
  const asked = ['/deliveries/shop/one', '/deliveries/shop/failed', `/conversations/shop/${TO}`];
  const told = await Promise.all(asked.map(async (path) => textOf(path, await page(path))));
  const read = await Promise.all(
    ['/v1/deliveries/one', '/v1/deliveries/failed', `/v1/conversations/shop/${TO}`, '/v1/deliveries'].map(
      async (path) => textOf(path, await api.call('GET', path)),
    ),
  );
  expect(shown([...told, ...read], [...number, 'caption'])).toEqual([]);
  expect(told.map(({ text }) => text.includes(caption))).toEqual([true, true, false]);

  const pushed = receiver.all.map(({ body }) => ({ where: 'event', text: body }));
  expect(pushed.length).toBeGreaterThan(3);
  expect(new Set(receiver.all.map(({ headers }) => headers.authorization))).toEqual(
    new Set([`Bearer ${eventHeader}`]),
  );
  expect(shown(pushed, ['account', 'caption'])).toEqual([]);

  const commands = [
    ['status', 'one'],
    ['list'],
    ['explain', 'one', '--json'],
    ['config'],
    ['accounts'],
    ['status', TO],
    ['enqueue', '--from', 'shop', '--to', `x${TO}`, '--file', FILE],
  ];
  const ran = await Promise.all(
    commands.map(async (args) => {
      const { stdout, stderr } = await runCli(args, env);
      return { where: args.join(' ').slice(0, 12), text: `${stdout} ${stderr}` };
    }),
  );
  expect(shown(ran, [...number, 'caption'])).toEqual([]);

  const lines = [...api.lines, ...stack.lines()].map((text) => ({ where: 'log', text }));
  const metrics = { where: 'metrics', text: await api.metrics.render() };
  expect(shown([...lines, metrics])).toEqual([]);
});

it('lets nothing into Redis that it need not hold there', async () => {
  await deliver();
  const keys = accountKeys('waybill', from);
  const record = JSON.stringify(await redis.client.hgetall(keys.record('one')));
  const job = JSON.stringify(await redis.client.hgetall(keys.job('d-one')));
  const events = JSON.stringify(await redis.client.xrange(keys.fixed.events, '-', '+'));
  const tombs = JSON.stringify(await redis.client.get(keys.tomb('one')));
  const texts = Object.entries({ record, job, events, tombs }).map(([where, text]) => ({ where, text }));
  expect(shown(texts, ['client'])).toEqual([]);
  expect(shown(texts.slice(2))).toEqual([]);
});
