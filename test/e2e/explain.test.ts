import { runCli } from '../cli/cli-in-process.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, type Stack, type StackOptions, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const TO = '972501234567';
const OTHER = '972509999999';
const LATER = Date.UTC(2098, 0, 1);
const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

const start = async (options: StackOptions = {}) => {
  stack = await startStack(redis.url, options);
};
const run = (...args: readonly string[]) => runCli(args, { REDIS_URL: redis.url });
const enqueue = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  stack.waybill.enqueue(requestTo(TO, { id, ...more }));
const record = (id: string) => `waybill:{${FROM}}:d:${id}`;

async function openWindow(...clients: readonly string[]): Promise<void> {
  for (const client of clients) stack.sandbox.reply(client, 'hi');
  await stack.sandbox.idle();
}

async function explained(...args: readonly string[]) {
  const { code, stdout } = await run('explain', ...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

async function words(id: string): Promise<string> {
  return (await run('explain', id)).stdout;
}

describe('waybill explain of a delivery', () => {
  it('held by the window: until the recipient writes, at the latest until it expires', async () => {
    await start();
    await enqueue('inv-1');
    const { expiresAt } = await stack.waybill.wait('inv-1', 'held', { timeoutMs: 10_000 });
    await expect(explained('inv-1')).resolves.toMatchObject({
      delivery: { status: 'held', reason: 'window', awaiting: { for: 'inbound', until: expiresAt } },
      window: { state: 'closed' },
      session: { state: 'none' },
      account: { name: 'shop', workers: 1, gate: { state: 'open' } },
    });
    const told = await words('inv-1');
    expect(told).toMatch(/^inv-1 {2}held: the customer window is closed until the recipient writes$/m);
    expect(told).toMatch(/It has been held since \d{4}-.*(now|ago)\): the customer window is closed/);
    expect(told).toContain('It goes on as soon as the recipient writes.');
    expect(told).toMatch(/If it has not been sent by .*\(in (1 d|2[34] h.*)\), it expires\./);
    expect(told).toMatch(
      /Attempt 1 \(file\) came to window_closed at .*: FAIL 8: HTTP 200, the recipient has never written/,
    );
  });

  it('held by the budget: until it renews, and behind whom', async () => {
    await start({ sandbox: { windowsOpen: true }, account: { budget: { perDay: 1, perMonth: 5 } } });
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'accepted', { timeoutMs: 10_000 });
    for (const [id, to] of [
      ['inv-2', OTHER],
      ['inv-3', '972508888888'],
    ] as const) {
      await enqueue(id, { to });
      await stack.waybill.wait(id, 'held', { timeoutMs: 10_000 });
    }
    const { delivery, cost } = await explained('inv-3');
    expect(cost).toMatchObject({ sessions: 1, held: true, day: { limit: 1, left: 0 }, month: { left: 4 } });
    expect(delivery.awaiting).toEqual({ for: 'budget', until: cost.day.renewsAt });
    expect(cost.day.renewsAt).toMatch(/T00:00:00\.000Z$/);
    const told = await words('inv-3');
    expect(told).toMatch(/It goes on when the budget renews at .*\. 1 delivery has waited longer for it\./);
    expect(told).toMatch(/nothing is left today and 4 sessions of 5 are left this month/);
    // Within the session that is open, nothing is taken out of the budget.
    const { session, cost: more } = await explained('--to', TO);
    expect(Date.parse(session.endsAt) - Date.parse(session.openedAt)).toBe(24 * 3_600_000);
    expect(more).toMatchObject({ sessions: 0, held: false });
  });

  it('of an account that somebody paused: since when, why, and who opens it', async () => {
    await start();
    await openWindow(TO);
    await run('accounts', 'pause', 'shop', '--by', 'dana', '--reason', 'stocktaking until Monday');
    await enqueue('inv-1');
    await expect(explained('inv-1')).resolves.toMatchObject({
      delivery: { status: 'held', awaiting: { for: 'account', until: null } },
      account: { gate: { state: 'paused', reason: 'stocktaking until Monday', by: 'operator', who: 'dana' } },
    });
    const paused =
      /The account is paused since .* by dana from the command line on desk-1: stocktaking until Monday\./;
    expect(await words('inv-1')).toMatch(paused);
    expect((await run('status', 'inv-1')).stdout).toMatch(paused);
  });

  it('of an account that a worker paused: for the provider’s reason', async () => {
    await start();
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'fail', reason: 3, on: ['sendFile', 'getWebhook'], times: 'always' });
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'held', { timeoutMs: 10_000 });
    await expect(explained('inv-1')).resolves.toMatchObject({
      delivery: { reason: 'account', awaiting: { for: 'account' } },
      account: { gate: { state: 'paused', reason: '3', by: 'worker' } },
    });
    expect(await words('inv-1')).toMatch(/by a worker: FAIL 3: wrong API key\. It goes on when/);
  });

  it('behind another in its lane: which, and how that one stands', async () => {
    await start();
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'reset_after_reading' });
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'unknown', { timeoutMs: 10_000 });
    await enqueue('inv-2');
    await enqueue('inv-3');
    const { delivery, lane } = await explained('inv-3');
    expect(delivery).toMatchObject({ status: 'waiting', reason: 'lane', awaiting: { for: 'turn' } });
    expect(lane).toMatchObject({
      count: 1,
      deliveries: [{ id: 'inv-2', status: 'waiting', reason: 'lane' }],
      flight: { id: 'inv-1', status: 'unknown' },
    });
    const told = await words('inv-3');
    expect(told).toMatch(/In flight is inv-1 \(unknown: .*\); the others wait for it until /);
    expect(told).toContain('Before it: inv-2 (waiting: an earlier delivery of the conversation goes first).');
  });

  it('scheduled: until its time', async () => {
    await start();
    await enqueue('inv-1', { sendAt: LATER });
    const { delivery } = await explained('inv-1');
    expect(delivery).toMatchObject({
      reason: 'schedule',
      awaiting: { for: 'time', until: '2098-01-01T00:00:00.000Z' },
    });
    expect(await words('inv-1')).toMatch(/It goes on at 209[78]-.*\(in \d+ d/);
  });

  it('after an attempt that came to nothing: until the next one', async () => {
    await start({ env: { WAYBILL_RETRY_BASE_MS: '600000', WAYBILL_RETRY_CAP_MS: '3600000' } });
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'fail', reason: 6 });
    await enqueue('inv-1');
    const { notBefore } = await stack.waybill.wait('inv-1', 'waiting', { timeoutMs: 10_000 });
    const { delivery } = await explained('inv-1');
    expect(delivery).toMatchObject({ reason: 'backoff', awaiting: { for: 'time', until: notBefore } });
    expect(await words('inv-1')).toMatch(/Attempt 1 \(file\) came to throttled at .*: FAIL 6: HTTP 200/);
  });

  it('unknown: what the history showed, when it is asked next, and when it is given up', async () => {
    await start();
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'reset_after_reading' });
    await enqueue('inv-1');
    const { horizonAt } = await stack.waybill.wait('inv-1', 'unknown', { timeoutMs: 10_000 });
    await eventually(async () => (await stack.waybill.get('inv-1')).asked.length > 0, { timeoutMs: 15_000 });
    const { delivery } = await explained('inv-1');
    expect(delivery).toMatchObject({
      status: 'unknown',
      awaiting: { for: 'evidence' },
      doubt: { horizonAt, asked: [{ found: 'absent' }] },
    });
    expect(Date.parse(delivery.doubt.nextReadAt)).toBeLessThan(Date.parse(delivery.awaiting.until));
    const told = await words('inv-1');
    expect(told).toMatch(/The provider’s history was asked once; at .* it does not show the message\./);
    expect(told).toMatch(
      /It waits for evidence: the provider’s history is asked next at .*; the search ends at .*in (1 d|23 h)/,
    );
    expect(told).toMatch(/It may still be on its way until .*: from then on an operator may resolve it\./);
  });

  it('unknown for good: nobody asks any more', async () => {
    await start();
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'reset_after_reading' });
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'unknown', { timeoutMs: 10_000 });
    await redis.client.hset(record('inv-1'), { reason: 'unresolved', horizonAt: Date.now() - 1 });
    const { delivery } = await explained('inv-1');
    expect(delivery).toMatchObject({ awaiting: { for: 'nothing', until: null }, next: null });
    expect(await words('inv-1')).toMatch(/It is unknown for good since .* and nobody asks any more\./);
    const watched = await run('status', 'inv-1', '--watch');
    expect(watched.code).toBe(1);
  });

  it('delivered: by whom and when', async () => {
    await start();
    await openWindow(TO);
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'delivered', { timeoutMs: 10_000 });
    const { delivery, session } = await explained('inv-1');
    expect(['delivered', 'read']).toContain(delivery.status);
    expect(session.state).toBe('open');
    expect(await words('inv-1')).toMatch(
      /The provider accepted it at .*, and reported it sent at .*, delivered at /,
    );
  });

  it('failed: for which reason', async () => {
    await start();
    await openWindow(TO);
    stack.sandbox.fault({ kind: 'fail', reason: 4 });
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'failed', { timeoutMs: 10_000 });
    const { delivery } = await explained('inv-1');
    expect(delivery).toMatchObject({ status: 'failed', reason: '4', awaiting: { for: 'nothing' } });
    expect(await words('inv-1')).toMatch(
      /It failed at .*: FAIL 4: recipient empty or malformed\. Nothing more/,
    );
  });

  it('expired: that its time ran out', async () => {
    await start();
    await enqueue('inv-1', { expiresAt: Date.now() + 1500 });
    await stack.waybill.wait('inv-1', 'expired', { timeoutMs: 20_000 });
    expect(await words('inv-1')).toMatch(/It expired at .*: its time ran out before it could be sent\./);
  });

  it('cancelled: that nothing is sent', async () => {
    await start();
    await enqueue('inv-1', { sendAt: LATER });
    await stack.waybill.cancel('inv-1');
    expect(await words('inv-1')).toMatch(
      /It was cancelled at .* from the library on .*\. Nothing is sent for it\./,
    );
  });

  it('that nobody works on: that no worker is running', async () => {
    await start();
    await openWindow(TO);
    await Promise.all(stack.workers.map((worker) => worker.close()));
    await enqueue('inv-1');
    await expect(explained('inv-1')).resolves.toMatchObject({
      delivery: { status: 'queued', awaiting: { for: 'worker' } },
      account: { workers: 0, due: 1 },
    });
    const alone = 'No worker is running for this account: nothing is sent until one starts.';
    expect(await words('inv-1')).toContain(alone);
    expect((await run('status', 'inv-1')).stdout).toContain(alone);
  });

  it('writes nothing', async () => {
    await start();
    await openWindow(TO);
    await Promise.all(stack.workers.map((worker) => worker.close()));
    await enqueue('inv-1', { sendAt: LATER });
    const changes = async () =>
      /rdb_changes_since_last_save:(\d+)/.exec(await redis.client.info('persistence'))?.[1];
    const then = await changes();
    await explained('inv-1');
    await explained('--to', TO);
    await expect(changes()).resolves.toBe(then);
  });
});

describe('waybill explain of a conversation', () => {
  it('tells window, session, cost, and who is in the lane', async () => {
    await start({ account: { budget: { perDay: 10 } } });
    await openWindow(TO);
    const idle = await run('explain', '--to', '+972-50-123 4567', '--from', 'shop');
    expect(idle.stdout).toMatch(/^shop → 972501234567$/m);
    expect(idle.stdout).toMatch(/The customer window is open: it closes at .*\(in (1 d|23 h 59 min)\)/);
    expect(idle.stdout).toMatch(
      /No paid session is open: a send would open one\. Of the budget 10 sessions of 10 are left today\./,
    );
    await enqueue('inv-1');
    await stack.waybill.wait('inv-1', 'accepted', { timeoutMs: 10_000 });
    await expect(explained('--to', TO)).resolves.toMatchObject({
      from: FROM,
      to: TO,
      delivery: null,
      window: { state: 'open' },
      session: { state: 'open' },
      cost: { sessions: 0, held: false, day: { used: 1, left: 9 }, month: { limit: null, used: 1 } },
      lane: { deliveries: [], count: 0, flight: null },
    });
  });

  it('exits 3 for what nobody knows, and 2 for what cannot be meant', async () => {
    await start();
    expect(await run('explain', 'nothing')).toMatchObject({ code: 3, stdout: '' });
    expect(await run('explain', '--from', 'nobody', '--to', TO)).toMatchObject({ code: 3, stdout: '' });
    expect(await run('explain')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('explain', 'inv-1', '--to', TO)).toMatchObject({ code: 2, stdout: '' });
    expect(await run('explain', '--to', '0501234567')).toMatchObject({ code: 2, stdout: '' });
  });
});
