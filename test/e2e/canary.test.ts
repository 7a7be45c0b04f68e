import { Queue } from 'bullmq';
import Redis from 'ioredis';
import { request } from 'undici';
import type { FaultInput } from '../../sandbox/faults/fault.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { createWaybill, type Waybill } from '../../src/index.js';
import { accountKeys } from '../../src/redis/keys.js';
import { CANARIES, findLeaks, type Text } from '../support/canaries.js';
import { type Child, startChild } from '../support/child.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';

const { account, badAccount, apiKey, wrongApiKey, webhookToken, guessedToken, redisPassword } = CANARIES;
const { client, hiddenClient, linkQuery, caption } = CANARIES;
const LINK = `https://files.example.com/invoice.pdf?X-Amz-Signature=${linkQuery}`;

const redis = withRedis({ appendonly: true, appendfsync: 'always' });
/** What was thrown at us, as an app would log it. */
const thrown: Text[] = [];
let sandbox: Sandbox;
let webhooks: Child;
let worker: Child;
let cutOff: Child;
let waybill: Waybill;
let contract: Queue;

beforeEach(async () => {
  await setPassword();
  const env = environment(withPassword());
  webhooks = await startChild('webhooks', env);
  sandbox = await startSandbox({
    accounts: [account, badAccount].map((from) => ({ from, apiKey })),
    windowsOpen: true,
    webhook: { url: `http://127.0.0.1:${webhooks.port}/webhooks/${webhookToken}`, retry: 1 },
    callbacks: { earlyProbability: 0.5, failureForm: 'both', retryTimeFactor: 0.002 },
  });
  sandbox.client({ fromId: hiddenClient, hidden: true });
  worker = await startChild('worker', { ...env, WAYBILL_PROVIDER_URL: sandbox.url });
  // Nobody listens there: what it takes is never sent.
  cutOff = await startChild('worker', {
    ...env,
    WAYBILL_PREFIX: 'cut-off',
    WAYBILL_PROVIDER_URL: 'http://127.0.0.1:9/v2',
  });
  waybill = createWaybill({ redis: env.REDIS_URL });
  contract = openContract(env.REDIS_URL);
});

afterEach(async () => {
  await contract.close();
  await waybill.close();
  await Promise.all([worker, cutOff, webhooks].map((child) => child.close()));
  await sandbox.close();
  await redis.client.acl('SETUSER', 'default', 'nopass');
});

it('lets no number, key, token, link query or caption out, whatever goes wrong', async () => {
  await sendAndReceive();
  await meetFaults();
  await takeOddJobs();
  await refuseRequests();
  await refuseCallbacks();
  await failToConnect();
  await meetRedisTroubles();
  await useWrongKey();

  const texts = [
    ...outputs(),
    ...(await metrics()),
    ...(await finishedJobs()),
    ...(await attempts()),
    ...thrown,
  ];
  expect(findLeaks(texts)).toEqual([]);
  // Else something that ought to have gone wrong did not.
  expect(
    missingFrom(worker.output(), ['"outcome":"accepted"', '"outcome":"unknown"', '"flag":"invalid"']),
  ).toEqual([]);
  expect(
    missingFrom(worker.output(), ['"flag":"conflict"', 'delivery run failed', '"state":"paused"']),
  ).toEqual([]);
  expect(missingFrom(cutOff.output(), ['"reason":"refused"'])).toEqual([]);
  expect(
    missingFrom(webhooks.output(), ['"refusal":"token"', '"refusal":"not_json"', 'redis connection']),
  ).toEqual([]);
});

function environment(redisUrl: string) {
  const common = { ratePerSecond: 1000, pairBurst: 1000 };
  return {
    REDIS_URL: redisUrl,
    WAYBILL_ACCOUNTS: JSON.stringify([
      { from: account, name: 'shop', apiKey, ...common },
      { from: badAccount, name: 'kiosk', apiKey: wrongApiKey, ...common },
    ]),
    WAYBILL_WEBHOOK_TOKEN: webhookToken,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_RETRY_BASE_MS: '10',
    WAYBILL_RETRY_CAP_MS: '20',
    WAYBILL_SEND_TIMEOUT_MS: '1000',
    WAYBILL_MAX_ATTEMPTS: '3',
    WAYBILL_LOG_LEVEL: 'debug',
    TEST_TIMINGS: JSON.stringify({
      lockMs: 4000,
      stalledCheckMs: 1000,
      sweepEveryMs: 1000,
      sweeperLeaseMs: 3000,
    }),
  };
}

/** Every scenario has clients of its own: an unknown outcome makes its conversation wait. */
let clients = 10;
function nextClient(): string {
  clients += 1;
  return `${client}${clients}`;
}

function requestTo(to: string, more: object = {}) {
  return { from: 'shop', to, fileUrl: LINK, caption, showRequest: true, ...more };
}

async function sendAndReceive(): Promise<void> {
  const to = nextClient();
  sandbox.reply(to, `I am ${to}, look at ${LINK}`);
  sandbox.reply(hiddenClient, 'hello');
  const ids = [`order-${to}`, 'to-hidden-client'];
  await waybill.enqueue(requestTo(to, { id: ids[0] }));
  await waybill.enqueue(requestTo(hiddenClient, { id: ids[1] }));
  for (const id of ids) await waybill.wait(id, 'delivered', { timeoutMs: 20_000 });
}

/** The provider repeats what it was told, in every place where it may say something. */
async function meetFaults(): Promise<void> {
  const echo = { apiKey, body: LINK, caption };
  const faults: FaultInput[] = [
    { kind: 'fail', reason: `4 ${apiKey} ${LINK}` },
    { kind: 'fail', reason: 5 },
    { kind: 'http', status: 400, body: `<p>${apiKey} may not send ${LINK} (${caption})</p>` },
    { kind: 'http', status: 503, body: JSON.stringify(echo) },
    { kind: 'odd_json', json: { status: 'MAYBE', ...echo } },
    { kind: 'truncated_json' },
    { kind: 'reset_after_reading' },
    { kind: 'hang' },
    { kind: 'undeliverable' },
  ];
  // One after the other, with a good answer between them: so many failures in a row would trip the breaker.
  for (const fault of faults) {
    const to = nextClient();
    const told = 'body' in fault ? { body: `${fault.body} ${to}` } : {};
    sandbox.fault({ ...fault, ...told, to, times: 'always' });
    const { id } = await waybill.enqueue(requestTo(to));
    await settled([id], ['failed', 'unknown']);
    const good = await waybill.enqueue(requestTo(nextClient()));
    await settled([good.id], ['accepted', 'sent', 'delivered', 'read']);
  }
}

async function settled(ids: readonly string[], statuses: readonly string[]): Promise<void> {
  for (const id of ids) {
    const what = `${id} being ${statuses}`;
    await eventually(async () => statuses.includes((await waybill.get(id)).status), {
      timeoutMs: 20_000,
      what,
    });
  }
}

/** Jobs of other BullMQ clients, which nobody has validated. */
async function takeOddJobs(): Promise<void> {
  const odd: (readonly [unknown, string])[] = [
    [`${nextClient()} ${LINK}`, 'd-odd-1'],
    [
      { to: `+${nextClient()}x`, fileUrl: `ftp://user:${apiKey}@files.example.com/a.exe?${linkQuery}` },
      'd-odd-2',
    ],
    [{ [nextClient()]: apiKey, to: nextClient(), fileUrl: LINK, mediaType: caption }, `d-${nextClient()}`],
    [{ id: nextClient(), from: nextClient(), to: nextClient(), fileUrl: LINK }, 'd-odd-3'],
    [{ to: nextClient(), fileUrl: LINK, caption: caption.repeat(99) }, `job of ${nextClient()}`],
    // An id that is known, with another payload.
    [{ to: nextClient(), fileUrl: LINK }, 'd-to-hidden-client'],
  ];
  await contract.getJob('d-to-hidden-client').then((job) => job?.remove());
  for (const [data, jobId] of odd) await contract.add('send-file', data, { jobId });
  await eventually(async () => (await contract.getFailedCount()) >= odd.length + 3, {
    what: 'Odd jobs having failed',
  });
}

/** What the library throws, in words and stack; its fields are the caller's own data. */
async function refuseRequests(): Promise<void> {
  const to = nextClient();
  await caught('conflict', () => waybill.enqueue(requestTo(to, { id: 'to-hidden-client' })));
  await caught('invalid', () =>
    waybill.enqueue(requestTo(`${to}x`, { fileUrl: `http://${apiKey}@x/a?${linkQuery}` })),
  );
  await caught('account', () => waybill.enqueue(requestTo(to, { from: to })));
  await caught('missing', () => waybill.get(to));
  await caught('ended', () => waybill.cancel('to-hidden-client'));
  await caught('late', () => waybill.wait('to-hidden-client', 'failed', { timeoutMs: 10 }));
}

async function caught(where: string, call: () => Promise<unknown>): Promise<void> {
  const error = await call().then(
    () => new Error(`${where} was not refused`),
    (reason: unknown) => reason,
  );
  for (let each = error; each !== undefined; each = causeOf(each)) {
    thrown.push({ where: `error of ${where}`, text: `${each} ${stackOf(each)}` });
  }
  expect(String(error)).not.toContain('was not refused');
}

async function refuseCallbacks(): Promise<void> {
  const to = nextClient();
  const json = { 'content-type': 'application/json' };
  const update = { status: 'OK', hook: 'update', unique: 'A1', from: to, to: account, ack: 9 };
  const posts: { token?: string; path?: string; headers?: Record<string, string>; body: string }[] = [
    { token: guessedToken, body: JSON.stringify(update) },
    { token: `${webhookToken}%00/../${guessedToken}`, body: '{}' },
    { path: `/wrong/${webhookToken}?phone=${to}&sig=${linkQuery}`, body: '{}' },
    { path: `/webhooks/${webhookToken}?phone=${to}&sig=${linkQuery}`, body: `{"from":"${to}", ${LINK}` },
    { headers: { 'content-type': 'text/plain', 'x-key': apiKey }, body: `${to} ${LINK}` },
    { body: `{"from":"${to}","body":"${'x'.repeat(300_000)}` },
    { body: JSON.stringify([update]) },
    { body: JSON.stringify(update) },
    { body: JSON.stringify({ ...update, ack: 1, to: nextClient() }) },
    { body: JSON.stringify({ status: 'OK', hook: 'system', type: LINK, to: account, text: to }) },
    { body: JSON.stringify({ status: 'OK', hook: `${to} ${apiKey}`, to: account }) },
    { body: JSON.stringify({ status: 'OK', hook: 'new', from: { number: to }, to: account, body: caption }) },
  ];
  for (const { token = webhookToken, path = `/webhooks/${token}`, headers = json, body } of posts) {
    const url = `http://127.0.0.1:${webhooks.port}${path}`;
    const answer = await request(url, { method: 'POST', headers, body });
    thrown.push({
      where: `answer to ${path.slice(0, 9)}`,
      text: `${JSON.stringify(answer.headers)} ${await answer.body.text()}`,
    });
  }
}

/** Deliveries of a worker that reaches no provider, and processes that reach no Redis. */
async function failToConnect(): Promise<void> {
  const redisUrl = withPassword();
  const lone = createWaybill({ redis: redisUrl, prefix: 'cut-off' });
  const { id } = await lone.enqueue(requestTo(nextClient()));
  await eventually(async () => (await lone.get(id)).status === 'failed', { timeoutMs: 20_000 });
  await lone.close();
  const wrong = createWaybill({ redis: redisUrl.replace(redisPassword, `${redisPassword}x`) });
  await caught('wrong password', () => wrong.enqueue(requestTo(nextClient())));
  await wrong.close();
}

/** Redis refuses writes, holds what no script expects, and goes away. */
async function meetRedisTroubles(): Promise<void> {
  const blocked = nextClient();
  await redis.client.set(accountKeys('waybill', account).lane(blocked), 'not a lane');
  await caught('wrong type', () => waybill.enqueue(requestTo(blocked)));
  await contract.add('send-file', { to: blocked, fileUrl: LINK, caption });
  await eventually(() => worker.output().includes('delivery run failed'), { what: 'A failed run' });

  await redis.client.config('SET', 'maxmemory', '1');
  await caught('full', () => waybill.enqueue(requestTo(nextClient())));
  await sandbox.callback({
    status: 'OK',
    hook: 'update',
    unique: 'B2',
    from: nextClient(),
    to: account,
    ack: 1,
  });
  await redis.client.config('SET', 'maxmemory', '0');

  await redis.server.kill('SIGKILL');
  await caught('gone', () => waybill.enqueue(requestTo(nextClient())));
  await sandbox.callback({
    status: 'OK',
    hook: 'update',
    unique: 'C3',
    from: nextClient(),
    to: account,
    ack: 1,
  });
  await eventually(() =>
    [worker, webhooks].every((child) => child.output().includes('redis connection failed')),
  );
  await redis.server.restart();
  await setPassword();
  await eventually(() => [worker, webhooks].every((child) => child.output().includes('reconnected')));
}

/** Asked for from now on, of whoever `redis.url` names; one of few rights works for `cut-off` too. */
async function setPassword(): Promise<void> {
  const { username } = new URL(redis.url);
  const more = username === '' ? [] : ['~cut-off:*'];
  await redis.client.acl('SETUSER', username || 'default', 'resetpass', `>${redisPassword}`, ...more);
}

function withPassword(): string {
  const url = new URL(redis.url);
  url.password = redisPassword;
  return url.href;
}

/** FAIL 3: the account is ours no more, as far as the provider is concerned. */
async function useWrongKey(): Promise<void> {
  await waybill.enqueue(requestTo(nextClient(), { from: 'kiosk', id: 'with-wrong-key' }));
  await settled(['with-wrong-key'], ['held']);
}

function outputs(): readonly Text[] {
  return [worker, cutOff, webhooks].map((child) => ({
    where: `output of ${child.role}`,
    text: child.output(),
  }));
}

async function metrics(): Promise<readonly Text[]> {
  return Promise.all(
    [worker, cutOff, webhooks].map(async ({ role, metricsPort }) => {
      const answer = await request(`http://127.0.0.1:${metricsPort}/metrics`);
      return { where: `metrics of ${role}`, text: await answer.body.text() };
    }),
  );
}

/** What BullMQ's boards and listeners show of finished jobs; their data is the request itself. */
async function finishedJobs(): Promise<readonly Text[]> {
  const jobs = await contract.getJobs(['completed', 'failed', 'delayed'], 0, 200);
  return jobs.map(({ id, failedReason, stacktrace, returnvalue, progress }) => ({
    where: `job ${id}`,
    text: JSON.stringify({ failedReason, stacktrace, returnvalue: { ...returnvalue, id: null }, progress }),
  }));
}

/** What records say of attempts; `to`, request, its errors and the provider's echo of it are the app's own data. */
async function attempts(): Promise<readonly Text[]> {
  const ids = (await contract.getJobs(['completed', 'failed', 'delayed'], 0, 200)).map(
    ({ id }) => id?.slice(2) ?? '',
  );
  const views = await Promise.all(ids.map((id) => waybill.get(id).catch(() => null)));
  return views.flatMap((view) =>
    view === null
      ? []
      : [
          {
            where: `record ${view.id}`,
            text: JSON.stringify([view.attempts, view.reason, view.timeline]),
          },
        ],
  );
}

function openContract(url: string): Queue {
  const queue = new Queue(`{${account}}`, {
    prefix: 'waybill:queue',
    connection: new Redis(url, { maxRetriesPerRequest: null }),
  });
  queue.on('error', () => undefined);
  return queue;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

function stackOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'stack' in error ? error.stack : '';
}

function missingFrom(output: string, wanted: readonly string[]): readonly string[] {
  return wanted.filter((text) => !output.includes(text));
}
