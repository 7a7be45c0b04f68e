import { Queue } from 'bullmq';
import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, SHOP, type Stack, startStack } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

const iso = (ms: number) => new Date(ms).toISOString();

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';
const HOUR = 3_600_000;

const redis = withRedis();
let api: TestApi;
let stack: Stack | undefined;

beforeEach(async () => {
  api = await startApi(redis.url);
});
afterEach(async () => {
  await api.close();
  await stack?.close();
  stack = undefined;
});

const enqueue = (more: Readonly<Record<string, unknown>> = {}) =>
  api.call('POST', '/v1/deliveries', { body: { from: 'shop', to: TO, fileUrl: FILE, id: 'one', ...more } });
const patch = (body: unknown) => api.call('PATCH', '/v1/deliveries/one', { body });
const wait = (until: string) => api.call('GET', `/v1/deliveries/one?wait=30&until=${until}`);

it('sends what it was changed to, while it was held', async () => {
  stack = await startStack(redis.url);
  await enqueue({ caption: 'old' });
  await wait('held');
  const changed = await patch({ caption: 'new', fileUrl: 'https://files.example.com/other.pdf' });
  expect(changed).toMatchObject({
    status: 200,
    json: { id: 'one', from: FROM, status: 'held', warnings: [] },
  });
  stack.sandbox.reply(TO, 'hi');
  await wait('delivered');
  const sent = stack.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile');
  expect(sent.at(-1)?.fields).toMatchObject({ caption: 'new' });
  expect(JSON.stringify(sent.at(-1)?.fields)).toContain('https://files.example.com/other.pdf');
});

it('takes a caption away', async () => {
  await enqueue({ caption: 'old' });
  await patch({ caption: null });
  const { json } = await api.call('GET', '/v1/deliveries/one');
  expect(json).not.toHaveProperty('request.caption');
});

it('lets the id belong to the request as it is now', async () => {
  await enqueue({ caption: 'old' });
  await patch({ caption: 'new' });
  await expect(enqueue({ caption: 'new' })).resolves.toMatchObject({ status: 200 });
  await expect(enqueue({ caption: 'old' })).resolves.toMatchObject({ status: 422 });
});

it('ends at its new time, though its job slept until the old one', async () => {
  stack = await startStack(redis.url);
  await enqueue();
  await wait('held');
  const expiresAt = Date.now() + 1500;
  await patch({ expiresAt });
  const { json } = await wait('expired');
  expect(json).toMatchObject({ status: 'expired', expiresAt: iso(expiresAt) });
});

it('keeps the schedule of one whose end is put off', async () => {
  stack = await startStack(redis.url);
  const sendAt = Date.now() + HOUR;
  await enqueue({ sendAt });
  await patch({ expiresAt: sendAt + 2 * HOUR });
  const delayed = async () =>
    (await redis.client.zscore(`waybill:queue:{${FROM}}:delayed`, 'd-one')) !== null;
  await eventually(delayed);
  const { json } = await api.call('GET', '/v1/deliveries/one');
  expect(json).toMatchObject({
    status: 'waiting',
    sendAt: iso(sendAt),
    expiresAt: iso(sendAt + 2 * HOUR),
  });
});

describe('another time to send at', () => {
  const from = (ms: number) => new Date(Date.now() + ms).toISOString();
  const delayedUntil = async (id: string) => {
    const score = await redis.client.zscore(`waybill:queue:{${FROM}}:delayed`, `d-${id}`);
    return score === null ? null : Math.floor(Number(score) / 4096);
  };

  it('sends now what was to go in an hour', async () => {
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    await enqueue({ sendAt: from(HOUR) });
    await expect(patch({ sendAt: from(-1000) })).resolves.toMatchObject({ status: 200 });
    await wait('delivered');
  });

  it('goes by the new order of times', async () => {
    await enqueue({ id: 'one', sendAt: from(2 * HOUR), caption: 'one' });
    await enqueue({ id: 'two', sendAt: from(HOUR), caption: 'two' });
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    await patch({ sendAt: from(0) });
    await wait('accepted');
    await api.call('PATCH', '/v1/deliveries/two', { body: { sendAt: from(0) } });
    const { sandbox } = stack;
    await eventually(() => sandbox.accepted().length === 2);
    expect(sandbox.accepted().map(({ caption }) => caption)).toEqual(['one', 'two']);
  });

  it('puts off a held one: it sleeps until then, and does not go when its client writes', async () => {
    stack = await startStack(redis.url);
    await enqueue({ caption: 'later' });
    await wait('held');
    const sendAt = Date.now() + HOUR;
    await patch({ sendAt });
    await eventually(async () => (await delayedUntil('one')) === sendAt);
    await enqueue({ id: 'two', caption: 'now' });
    stack.sandbox.reply(TO, 'hi');
    await api.call('GET', '/v1/deliveries/two?wait=30&until=accepted');
    expect(stack.sandbox.accepted().map(({ caption }) => caption)).toEqual(['now']);
    const { json } = await api.call('GET', '/v1/deliveries/one');
    expect(json).toMatchObject({ status: 'waiting', reason: 'schedule', sendAt: iso(sendAt) });
  });

  it('lets those behind it go first', async () => {
    await enqueue({ caption: 'first' });
    await enqueue({ id: 'two', caption: 'second' });
    await patch({ sendAt: from(HOUR) });
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    await api.call('GET', '/v1/deliveries/two?wait=30&until=accepted');
    await patch({ sendAt: from(0) });
    await wait('accepted');
    expect(stack.sandbox.accepted().map(({ caption }) => caption)).toEqual(['second', 'first']);
  });

  it('keeps those behind it waiting where its order is strict', async () => {
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    await enqueue({ sendAt: from(HOUR), strictOrder: true, caption: 'first' });
    await enqueue({ id: 'two', caption: 'second' });
    await patch({ sendAt: from(2 * HOUR), expiresAt: from(3 * HOUR) });
    await eventually(async () => ((await delayedUntil('one')) ?? 0) > Date.now() + HOUR);
    expect(stack.sandbox.accepted()).toEqual([]);
    await patch({ sendAt: from(0) });
    await api.call('GET', '/v1/deliveries/two?wait=30&until=accepted');
    expect(stack.sandbox.accepted().map(({ caption }) => caption)).toEqual(['first', 'second']);
  });

  it('keeps its end, and is refused beyond it', async () => {
    await enqueue();
    const answer = await patch({ sendAt: from(25 * HOUR) });
    expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer: '/expiresAt' }] } });
    await expect(patch({ sendAt: from(25 * HOUR), expiresAt: from(26 * HOUR) })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('is refused once the delivery has been sent', async () => {
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    await enqueue();
    await wait('accepted');
    await expect(patch({ sendAt: from(HOUR) })).resolves.toMatchObject({ status: 409 });
  });

  it('takes the time of another client’s job, which came with a delay', async () => {
    const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: 'waybill:queue' });
    await queue.add('send-file', { to: TO, fileUrl: FILE }, { jobId: 'invoice 7', delay: HOUR });
    await queue.promoteJobs();
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    const path = '/v1/deliveries/j~invoice~207';
    await eventually(async () => (await api.call('GET', path)).status === 200);
    await expect(api.call('PATCH', path, { body: { caption: 'x' } })).resolves.toMatchObject({ status: 200 });
    await expect(api.call('GET', path)).resolves.toMatchObject({ json: { status: 'waiting' } });
    await api.call('PATCH', path, { body: { sendAt: from(0) } });
    const { json } = await api.call('GET', `${path}?wait=30&until=accepted`);
    expect(json).toMatchObject({ status: expect.stringMatching(/accepted|sent|delivered|read/) });
    await queue.close();
  });
});

it.each([
  [{}, ''],
  [{ sendAt: 'tomorrow' }, '/sendAt'],
  [{ sendAt: 1_764_500_000 }, '/sendAt'],
  [{ caption: 'x'.repeat(1025) }, '/caption'],
  [{ fileUrl: 'http://files.example.com/a.pdf' }, '/fileUrl'],
  [{ expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  [{ caption: 'x', to: '972509999999' }, '/to'],
])('refuses %j', async (body, pointer) => {
  await enqueue();
  await expect(patch(body)).resolves.toMatchObject({
    status: 422,
    json: { code: 'validation', errors: [{ pointer }] },
  });
});

it('refuses what has been sent, and what was cancelled', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  await enqueue();
  await wait('accepted');
  await expect(patch({ caption: 'x' })).resolves.toMatchObject({
    status: 409,
    json: { code: 'illegal_state' },
  });
});

it('does not change what a worker is about to send', async () => {
  const slow = { ...SHOP, ratePerSecond: 1 };
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true }, account: slow });
  const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  await Promise.all(ids.map((id, index) => enqueue({ id, to: `97250${1_000_000 + index}`, caption: 'old' })));
  const answers = await Promise.all(
    ids.map(async (id) => ({
      id,
      changed: (await api.call('PATCH', `/v1/deliveries/${id}`, { body: { caption: 'new' } })).status === 200,
    })),
  );
  const { sandbox } = stack;
  await eventually(() => sandbox.accepted().length >= 5, { timeoutMs: 20_000 });
  const failed = await redis.client.zcard(`waybill:queue:{${FROM}}:failed`);
  expect(failed).toBe(0);
  const changed = new Set(answers.filter((answer) => answer.changed).map(({ id }) => id));
  for (const { to, caption } of sandbox.accepted()) {
    const id = `many-${Number(to.slice(5)) - 1_000_000}`;
    expect({ id, caption }).toEqual({ id, caption: changed.has(id) ? 'new' : 'old' });
  }
});
