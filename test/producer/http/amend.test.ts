import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, SHOP, type Stack, startStack } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

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
  expect(json).toMatchObject({ status: 'expired', expiresAt });
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
  expect(json).toMatchObject({ status: 'waiting', sendAt, expiresAt: sendAt + 2 * HOUR });
});

it.each([
  [{}, ''],
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
