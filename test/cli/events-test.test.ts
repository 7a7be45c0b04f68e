import { Webhook } from 'standardwebhooks';
import { type Answer, type Receiver, startReceiver } from '../push/receiver.js';
import { runCli } from './cli-in-process.js';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const HEADERS = { 'X-Gateway': 'canary-header' };

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** Nothing listens at that Redis: the command needs none. */
function runTest(args: readonly string[], more: object = {}) {
  const url = `${receiver.url}?key=canary-query`;
  const endpoint = { name: 'app', url, secrets: [SECRET], headers: HEADERS, allowPrivate: true, ...more };
  const other = { name: 'other', url: 'https://other.example/hook', secrets: [SECRET] };
  return runCli(['events', 'test', ...args], {
    REDIS_URL: 'redis://127.0.0.1:1',
    WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint, other]),
  });
}

it('posts one signed event of its own type, with the endpoint’s headers, and prints the answer', async () => {
  const { code, stdout, stderr } = await runTest(['app']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^app: answered 204 after \d+ ms\n$/);
  expect(receiver.all).toHaveLength(1);
  const [pushed] = receiver.all;
  const headers = Object.entries(pushed?.headers ?? {}).map(([name, value]) => [name, String(value)]);
  const event = new Webhook(SECRET).verify(pushed?.body ?? '', Object.fromEntries(headers));
  const sentAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const id = expect.stringMatching(/^test-[\da-f-]{36}$/);
  expect(event).toEqual({ id, type: 'test', timestamp: sentAt, data: { endpoint: 'app', sentAt } });
  expect(pushed?.headers).toMatchObject({ 'webhook-id': id, 'x-gateway': 'canary-header' });
});

it('posts it whatever types and accounts the endpoint wants, under another id each time', async () => {
  for (const _time of ['once', 'again'])
    expect(await runTest(['app'], { types: ['delivery.read'], accounts: ['shop'] })).toMatchObject({
      code: 0,
    });
  expect(new Set(receiver.taken.map(({ event }) => event.id)).size).toBe(2);
});

it('prints the answer as JSON', async () => {
  receiver.answerWith(() => 401);
  const { code, stdout } = await runTest(['app', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    endpoint: 'app',
    id: receiver.all[0]?.event.id,
    taken: false,
    status: 401,
    reason: 'http_401',
    durationMs: expect.any(Number),
  });
});

it.each<readonly [number, Answer]>([
  [500, 500],
  [410, 410],
  [307, { status: 307, headers: { location: 'https://elsewhere.example' } }],
])('exits 1 for an answer %d', async (status, answer) => {
  receiver.answerWith(() => answer);
  const { code, stdout } = await runTest(['app']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`answered ${status}`) });
});

it('says why no answer came, without the URL and the headers', async () => {
  await receiver.goDown();
  const down = await runTest(['app']);
  await receiver.comeBack();
  const inside = await runTest(['app', '--json'], {
    url: `https://127.0.0.1:${receiver.port}/?key=canary-query`,
    allowPrivate: false,
  });
  expect(down).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^app: no answer \(refused\) after /),
  });
  expect(inside.code).toBe(1);
  expect(JSON.parse(inside.stdout)).toMatchObject({ status: null, taken: false, reason: 'private_address' });
  expect(receiver.all).toEqual([]);
  expect(JSON.stringify([down, inside])).not.toContain('canary');
});

it('exits 3 for an endpoint that is not configured, and 2 without a name', async () => {
  const unknown = await runTest(['shop']);
  expect(unknown).toMatchObject({ code: 3, stderr: expect.stringContaining('there are app, other') });
  expect(await runTest([])).toMatchObject({ code: 2 });
  expect(await runCli(['events', 'test', 'app'], {})).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('WAYBILL_EVENT_ENDPOINTS names none here'),
  });
  expect(receiver.all).toEqual([]);
});
