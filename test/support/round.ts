import { HOUR } from '../../src/domain/time.js';
import { runCli } from '../cli/cli-in-process.js';
import { startReceiver } from '../push/receiver.js';
import { apiKeys, BOSS, startApi, type TestApi } from './api.js';
import type { RedisAt } from './redis-at.js';
import { FROM, SHOP, type Stack, startStack, TOKEN } from './stack.js';
import { eventually } from './wait.js';

const CLINIC = { from: '972771234568', name: 'clinic', apiKey: 'key-of-clinic', ratePerSecond: 1000 };
const FILE = 'https://files.example.com/invoice.pdf';
const PATIENCE = { timeoutMs: 30_000 };

/** What is open during a round. */
type Round = { readonly stack: Stack; readonly api: TestApi; readonly env: Readonly<Record<string, string>> };

/**
 * Does with two accounts once all that workers, webhook consumer, library, HTTP API and commands do with Redis, and
 * checks that it worked.
 */
export async function goRound(at: RedisAt): Promise<void> {
  const receiver = await startReceiver();
  const endpoint = { url: receiver.url, name: 'crm', secrets: [SECRET], allowPrivate: true };
  const more = {
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP, CLINIC]),
    WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]),
    WAYBILL_SEND_TIMEOUT_MS: '1000',
  };
  const accounts = [SHOP, CLINIC].map(({ from, apiKey }) => ({ from, apiKey }));
  const stack = await startStack(at, { env: more, sandbox: { accounts, windowsOpen: true } });
  const api = await startApi(at, { env: more });
  const keys = { WAYBILL_API_KEYS: apiKeys([BOSS]), WAYBILL_WEBHOOK_TOKEN: TOKEN };
  const round = { stack, api, env: { ...at.env, ...more, ...keys } };
  try {
    await send(round);
    await hold(round);
    await doubt(round);
    await look(round);
    await operate(round);
    await receive(round);
    await forget(round);
    await eventually(() => receiver.taken.length > 0, { ...PATIENCE, what: 'An event' });
    await run(round, 'events', 'replay', '--since', new Date(Date.now() - HOUR).toISOString(), '--yes');
    await run(round, 'events', 'dead', '--replay', '--yes');
  } finally {
    await api.close();
    await stack.close();
    await receiver.close();
  }
}

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes or so').toString('base64')}`;

async function send({ stack, api }: Round): Promise<void> {
  const body = ['shop', 'clinic', 'shop', 'clinic'].map((from, index) => ({
    ...{ from, id: `batch-${index}`, fileUrl: FILE },
    to: `97250123450${index}`,
    priority: index < 2 ? 'high' : 'low',
  }));
  // Its connections are still being made, to each server when it is first needed.
  const isTaken = async () => (await api.call('POST', '/v1/deliveries/batch', { body })).status === 200;
  await eventually(isTaken, { ...PATIENCE, what: 'An API that takes deliveries' });
  await stack.waybill.enqueueMany([{ from: 'clinic', id: 'many-1', to: '972501234510', fileUrl: FILE }]);
  for (const id of [...body.map((each) => each.id), 'many-1']) {
    await stack.waybill.wait(id, 'delivered', PATIENCE);
  }
}

/** Closed windows, a reply that opens one, a change, an end and a second go. */
async function hold({ stack, api }: Round): Promise<void> {
  const [one, two] = ['972501234520', '972501234521'];
  for (const to of [one, two]) {
    stack.sandbox.fault({ kind: 'fail', reason: 7, to, times: 1 });
    await api.call('POST', '/v1/deliveries', { body: { from: 'shop', id: `held-${to}`, to, fileUrl: FILE } });
    await eventually(async () => (await stack.waybill.get(`held-${to}`)).status === 'held', PATIENCE);
  }
  const change = { body: { caption: 'changed' } };
  expect(await api.call('PATCH', `/v1/deliveries/held-${one}`, change)).toMatchObject({ status: 200 });
  stack.sandbox.reply(one, 'hello');
  await stack.waybill.wait(`held-${one}`, 'accepted', PATIENCE);
  expect(await api.call('POST', `/v1/deliveries/held-${two}/cancel`)).toMatchObject({ status: 200 });
  await sendAgain({ stack, api });
}

async function sendAgain({ stack, api }: Pick<Round, 'stack' | 'api'>): Promise<void> {
  const to = '972501234525';
  stack.sandbox.fault({ kind: 'fail', reason: 5, to, times: 1 });
  await stack.waybill.enqueue({ from: 'shop', id: 'refused', to, fileUrl: FILE });
  await eventually(async () => (await stack.waybill.get('refused')).status === 'failed', PATIENCE);
  const again = await api.call('POST', '/v1/deliveries/refused/resend', { body: {} });
  expect(again).toMatchObject({ status: 202 });
}

/** An answer that never comes; the provider's history tells. */
async function doubt({ stack, api }: Round): Promise<void> {
  const to = '972501234530';
  stack.sandbox.fault({ kind: 'reset_after_reading', to, times: 1 });
  await stack.waybill.enqueue({ from: 'shop', id: 'doubted', to, fileUrl: FILE, caption: 'doubted' });
  await eventually(async () => (await stack.waybill.get('doubted')).status === 'unknown', PATIENCE);
  const refused = await api.call('POST', '/v1/deliveries/doubted/resolve', { body: { as: 'sent' } });
  expect(refused.status).toBeGreaterThanOrEqual(400);
}

async function look(round: Round): Promise<void> {
  const { stack, api } = round;
  const paths = [
    '/v1/deliveries?limit=5',
    '/v1/deliveries?status=cancelled',
    '/v1/deliveries/batch-0',
    `/v1/conversations/shop/972501234500`,
    '/v1/accounts',
    `/v1/ledger/shop/${new Date().toISOString().slice(0, 7)}`,
    '/',
    '/accounts/shop',
    '/deliveries/shop/batch-0',
    '/conversations/shop/972501234500',
    '/board/api/queues',
    '/readyz',
  ];
  const basic = `Basic ${Buffer.from(`boss:${BOSS.secret}`).toString('base64')}`;
  for (const path of paths) {
    const call = path.startsWith('/v1') ? {} : { key: null, headers: { authorization: basic } };
    expect({ path, status: (await api.call('GET', path, call)).status }).toEqual({ path, status: 200 });
  }
  for (const args of [
    ['list'],
    ['status', 'batch-1'],
    ['explain', 'batch-1'],
    ['accounts'],
    ['ledger', '--from', 'shop'],
  ]) {
    await run(round, ...args);
  }
  const stop = new AbortController();
  const seen = new Set<string>();
  for await (const event of stack.waybill.events({ after: '0', signal: stop.signal })) {
    if ('from' in event.data) seen.add(String(event.data.from));
    if (seen.size === 2) stop.abort();
  }
}

async function operate(round: Round): Promise<void> {
  await run(round, 'accounts', 'pause', 'clinic');
  await run(round, 'accounts', 'resume', 'clinic');
  const id = (
    await run(round, 'enqueue', '--from', 'clinic', '--to', '972501234540', '--file', FILE)
  ).stdout.trim();
  expect(id).not.toBe('');
  await eventually(
    async () => round.stack.sandbox.accepted().some(({ to }) => to === '972501234540'),
    PATIENCE,
  );
}

/** A client by both names, a callback that nobody understands, a message that is nobody's. */
async function receive({ stack }: Round): Promise<void> {
  const post = (body: object) =>
    fetch(stack.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'OK', to: FROM, ...body }),
    });
  const answers = await Promise.all([
    post({ hook: 'new', unique: 'in-1', from: { number: '972501234550', fromId: 'IL.1605856887361213' } }),
    post({ hook: 'update', unique: 'nobodys', from: '972501234551', ack: 1 }),
    post({ hook: 'of a kind that nobody knows' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
}

async function forget(round: Round): Promise<void> {
  await run(round, 'erase', '972501234500', '--from', 'shop', '--yes');
}

async function run({ env }: Round, ...args: readonly string[]) {
  const ran = await runCli(args, env);
  const written = expect.any(String);
  expect({ args, ...ran }).toEqual({ args, code: 0, stdout: written, stderr: written });
  return ran;
}
