import type { FaultInput } from '../../sandbox/faults/fault.js';
import { HOUR } from '../../src/domain/time.js';
import type { Delivery } from '../../src/index.js';
import { createQueues } from '../../src/queue/queues.js';
import { readGate, setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, type Stack, type StackOptions, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

// The outcome table of the design, through the whole stack. What the provider took is counted at the provider.
const redis = withRedis();
const CLIENT = '972501234567';
let stack: Stack;

async function start({ sandbox, ...options }: StackOptions = {}): Promise<void> {
  const env = { WAYBILL_SEND_TIMEOUT_MS: '1000', ...options.env };
  stack = await startStack(redis.url, { ...options, env, sandbox: { windowsOpen: true, ...sandbox } });
}
afterEach(() => stack.close());

const gate = () => readGate(redis.client, 'waybill', FROM);

async function send(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await stack.waybill.enqueue(requestTo(CLIENT, { id: 'one', ...more }));
}

function seen(id: string, status: string, reason?: string): Promise<Delivery> {
  return eventually(async () => {
    const view = await stack.waybill.get(id);
    expect(view).toMatchObject({ status, ...(reason === undefined ? {} : { reason }) });
    return view;
  });
}

/** As an operator does it. */
async function openAccount(): Promise<void> {
  const queues = openQueues();
  await setGate(redis.client, 'waybill', { from: FROM, state: 'open', reason: '' });
  await queues.resume(FROM);
  await queues.close();
}

const openQueues = () =>
  createQueues({ connection: { url: redis.url }, prefix: 'waybill', onError: () => undefined });

const outcomes = ({ attempts }: Delivery) => attempts.map(({ outcome, reason }) => `${outcome} ${reason}`);

/** Answers under an HTTP status with FAIL or OK in the body, or with a page. */
const http = (status: number, body?: object): FaultInput => ({
  kind: 'http',
  status,
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

describe('accepted', () => {
  it('is done with one attempt', async () => {
    await start();
    await send();
    const view = await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    expect(outcomes(view)).toEqual(['accepted ok']);
    expect(stack.sandbox.accepted().map(({ unique }) => unique)).toEqual([view.unique]);
  });

  it('is done though the answer names no message, and says so', async () => {
    await start({ sandbox: { faults: [http(200, { status: 'OK', timestamp: 1_700_000_000 })] } });
    await send();
    await expect(seen('one', 'accepted')).resolves.toMatchObject({
      unique: null,
      acceptedAt: new Date(1_700_000_000_000).toISOString(),
    });
    await eventually(() => stack.lines().some((line) => line.includes('unique_missing')));
  });
});

describe('rejected', () => {
  it.each([4, 5])('fails for good on FAIL %i', async (reason) => {
    await start({ sandbox: { faults: [{ kind: 'fail', reason, times: 'always' }] } });
    await send();
    expect(outcomes(await seen('one', 'failed', `${reason}`))).toEqual([`rejected ${reason}`]);
    expect(stack.sandbox.requests()).toHaveLength(1);
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });

  it('believes a FAIL reason more than the HTTP status', async () => {
    await start({ sandbox: { faults: [http(500, { status: 'FAIL', reason: 4 })] } });
    await send();
    expect(outcomes(await seen('one', 'failed'))).toEqual(['rejected 4']);
  });
});

describe('window_closed', () => {
  it.each([7, 8])('corrects the window on FAIL %i, holds, and sends after the reply', async (reason) => {
    await start({ sandbox: { faults: [{ kind: 'fail', reason }] } });
    stack.sandbox.reply(CLIENT, 'hi');
    await stack.sandbox.idle();
    await send();
    expect(outcomes(await seen('one', 'held', 'window'))).toEqual([`window_closed ${reason}`]);
    expect(stack.sandbox.accepted()).toEqual([]);
    stack.sandbox.reply(CLIENT, 'hi again');
    const view = await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    expect(outcomes(view)).toEqual([`window_closed ${reason}`, 'accepted ok']);
    expect(stack.sandbox.accepted()).toHaveLength(1);
  });

  it('fails where the delivery wants that', async () => {
    await start({ sandbox: { faults: [{ kind: 'fail', reason: 7 }] } });
    await send({ onClosedWindow: 'fail' });
    expect(outcomes(await seen('one', 'failed', 'window_closed'))).toEqual(['window_closed 7']);
  });

  it('sends the template where the delivery wants that', async () => {
    await start({ sandbox: { faults: [{ kind: 'fail', reason: 7 }] } });
    await send({ onClosedWindow: 'template', template: { name: 'file' } });
    const view = await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    expect(view.attempts.map(({ send: kind }) => kind)).toEqual(['file', 'template']);
    expect(stack.sandbox.accepted().map(({ kind }) => kind)).toEqual(['template']);
  });
});

describe('account_error', () => {
  const rows: readonly (readonly [string, FaultInput, string])[] = [
    ['FAIL 2', { kind: 'fail', reason: 2 }, '2'],
    ['FAIL 3', { kind: 'fail', reason: 3 }, '3'],
    ...[302, 401, 403, 404, 405].map((status) => [`HTTP ${status}`, http(status), `http_${status}`] as const),
  ];

  it.each(rows)(
    'closes the gate on %s, holds the deliveries, and sends them once it is opened',
    async (_, fault, reason) => {
      await start({ sandbox: { faults: [fault] } });
      await send();
      expect(outcomes(await seen('one', 'held', 'account'))).toEqual([`account_error ${reason}`]);
      await expect(gate()).resolves.toMatchObject({ state: 'paused', reason });
      const queues = openQueues();
      try {
        await eventually(() => queues.isPaused(FROM));
        await stack.waybill.enqueueMany(
          ['972500000001', '972500000002'].map((to) => requestTo(to, { id: to })),
        );
        await eventually(async () => {
          const { active, waiting } = await queues.counts(FROM);
          return active === 0 && waiting === 3;
        });
        expect(stack.sandbox.requests()).toHaveLength(1);
      } finally {
        await queues.close();
      }
      await openAccount();
      for (const id of ['one', '972500000001', '972500000002']) {
        await stack.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
      }
      expect(stack.sandbox.accepted()).toHaveLength(3);
    },
  );
});

describe('throttled', () => {
  it.each<readonly [string, FaultInput, string]>([
    ['FAIL 6', { kind: 'fail', reason: 6, times: 2 }, '6'],
    ['HTTP 429', { ...http(429), times: 2 }, 'http_429'],
  ])('tries again after %s', async (_, fault, reason) => {
    await start({ sandbox: { faults: [fault] } });
    await send();
    const view = await stack.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    expect(outcomes(view)).toEqual([`throttled ${reason}`, `throttled ${reason}`, 'accepted ok']);
    await expect(gate()).resolves.toEqual({ state: 'open' });
    expect(stack.sandbox.accepted()).toHaveLength(1);
  });

  it('fails when its attempts are used up', async () => {
    await start({
      sandbox: { faults: [{ kind: 'fail', reason: 6, times: 'always' }] },
      env: { WAYBILL_MAX_ATTEMPTS: '3' },
    });
    await send();
    const view = await seen('one', 'failed', 'attempts_used_up');
    expect(outcomes(view)).toEqual(['throttled 6', 'throttled 6', 'throttled 6']);
  });

  it('closes the gate until Retry-After is over: nothing of the account is sent before', async () => {
    const fault: FaultInput = { kind: 'http', status: 429, headers: { 'retry-after': '2' } };
    await start({ sandbox: { faults: [fault] } });
    await send();
    const closed = await eventually(async () => {
      const now = await gate();
      return now.state === 'until' ? now : null;
    });
    expect(closed).toMatchObject({ reason: 'http_429', until: closed.since + 2000 });
    await stack.waybill.enqueue(requestTo('972509999999', { id: 'other' }));
    for (const id of ['one', 'other']) await stack.waybill.wait(id, 'accepted', { timeoutMs: 15_000 });
    for (const { at } of stack.sandbox.accepted()) expect(at).toBeGreaterThanOrEqual(closed.until);
    expect(stack.sandbox.accepted()).toHaveLength(2);
  });

  it.each([
    ['0', 1000],
    ['86400', HOUR],
  ])('reads Retry-After %s as %i ms', async (retryAfter, expected) => {
    const fault: FaultInput = { kind: 'http', status: 429, headers: { 'retry-after': retryAfter } };
    await start({ sandbox: { faults: [fault] } });
    await send();
    await eventually(async () => {
      const now = await gate();
      expect(now.state === 'until' ? now.until - now.since : now.state).toBe(expected);
      return true;
    });
  });
});

describe('rejected, for a reason that no table has', () => {
  it.each<readonly [string, FaultInput, string]>([
    ['FAIL 9', { kind: 'fail', reason: 9, times: 'always' }, '9'],
    ['HTTP 400', { ...http(400), times: 'always' }, 'http_400'],
    ['HTTP 422', { ...http(422), times: 'always' }, 'http_422'],
    ['FAIL without a reason', { ...http(200, { status: 'FAIL' }), times: 'always' }, 'no_reason'],
  ])('is tried three times on %s, then fails', async (_, fault, reason) => {
    await start({ sandbox: { faults: [fault] } });
    await send();
    const view = await seen('one', 'failed', reason);
    expect(outcomes(view)).toEqual(Array.from({ length: 3 }, () => `rejected ${reason}`));
    expect(stack.sandbox.requests()).toHaveLength(3);
  });
});

describe('unknown', () => {
  it.each<{
    readonly what: string;
    readonly fault: FaultInput;
    readonly reason: string;
    readonly accepts: number;
  }>([
    { what: 'a reset after reading', fault: { kind: 'reset_after_reading' }, reason: 'reset', accepts: 0 },
    {
      what: 'a reset after accepting',
      fault: { kind: 'reset_after_accepting' },
      reason: 'reset',
      accepts: 1,
    },
    {
      what: 'a reset in the middle of the answer',
      fault: { kind: 'reset_mid_response' },
      reason: 'reset',
      accepts: 1,
    },
    { what: 'a reply that is lost', fault: { kind: 'lose_reply' }, reason: 'reset', accepts: 1 },
    { what: 'no answer in time', fault: { kind: 'hang', accept: true }, reason: 'timeout', accepts: 1 },
    {
      what: 'an answer that never ends',
      fault: { kind: 'hang', when: 'after_headers' },
      reason: 'timeout',
      accepts: 0,
    },
    { what: 'HTTP 500', fault: http(500), reason: 'http_500', accepts: 0 },
    { what: 'HTTP 502', fault: { kind: 'http', status: 502, accept: true }, reason: 'http_502', accepts: 1 },
    { what: 'HTTP 503', fault: { kind: 'http', status: 503, accept: true }, reason: 'http_503', accepts: 1 },
    { what: 'HTTP 408', fault: http(408), reason: 'http_408', accepts: 0 },
    { what: 'OK under HTTP 500', fault: http(500, { status: 'OK' }), reason: 'http_500', accepts: 0 },
    { what: 'an empty body', fault: { kind: 'empty_body' }, reason: 'empty', accepts: 1 },
    { what: 'JSON that breaks off', fault: { kind: 'truncated_json' }, reason: 'not_json', accepts: 1 },
    { what: 'a huge body', fault: { kind: 'huge_body', bytes: 2 ** 20 }, reason: 'too_large', accepts: 1 },
    {
      what: 'JSON that is neither OK nor FAIL',
      fault: { kind: 'odd_json' },
      reason: 'no_status',
      accepts: 0,
    },
    { what: 'a page under HTTP 200', fault: http(200), reason: 'not_json', accepts: 0 },
    { what: 'FAIL with the reason of success', fault: { kind: 'fail', reason: 1 }, reason: '1', accepts: 0 },
  ])('is not sent again after $what', async ({ fault, reason, accepts }) => {
    // No receipt hints at what became of it, and the history does not tell yet.
    await start({ sandbox: { faults: [fault], callbacks: { lossProbability: 1 }, historyLagMs: 3_600_000 } });
    await send();
    const view = await seen('one', 'unknown');
    expect(outcomes(view)).toEqual([`unknown ${reason}`]);
    expect(view.reason).toBe(reason);
    // The next of the conversation waits: nobody knows whether this one is still on its way.
    await stack.waybill.enqueue(requestTo(CLIENT, { id: 'next' }));
    await expect(stack.waybill.get('next')).resolves.toMatchObject({ status: 'waiting', reason: 'lane' });
    expect(stack.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile')).toHaveLength(1);
    expect(stack.sandbox.accepted()).toHaveLength(accepts);
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });
});

describe('an account’s own reasons', () => {
  const reasons = {
    '9': 'rejected',
    '4': 'throttled',
    http_503: 'throttled',
    http_400: 'account_error',
    '6': 'unknown',
  };

  it.each<{
    readonly what: string;
    readonly fault: FaultInput;
    readonly status: string;
    readonly tries: string[];
  }>([
    {
      what: 'an unlisted FAIL',
      fault: { kind: 'fail', reason: 9, times: 'always' },
      status: 'failed',
      tries: ['rejected 9'],
    },
    {
      what: 'a listed FAIL',
      fault: { kind: 'fail', reason: 4 },
      status: 'accepted',
      tries: ['throttled 4', 'accepted ok'],
    },
    {
      what: 'an HTTP status',
      fault: http(503),
      status: 'accepted',
      tries: ['throttled http_503', 'accepted ok'],
    },
    {
      what: 'an HTTP status that is the account’s fault',
      fault: http(400),
      status: 'held',
      tries: ['account_error http_400'],
    },
    {
      what: 'a FAIL that may have been sent',
      fault: { kind: 'fail', reason: 6 },
      status: 'unknown',
      tries: ['unknown 6'],
    },
  ])('decide about $what', async ({ fault, status, tries }) => {
    await start({ sandbox: { faults: [fault], callbacks: { lossProbability: 1 } }, account: { reasons } });
    await send();
    expect(outcomes(await seen('one', status))).toEqual(tries);
  });
});
