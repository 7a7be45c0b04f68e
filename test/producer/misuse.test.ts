import {
  ClosedError,
  createWaybill,
  deliveryIdOf,
  IllegalStateError,
  UnknownAccountError,
  ValidationError,
  type Waybill,
} from '../../src/index.js';
import { openBench, receipt } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { type Line, openLine } from '../worker/line.js';

// What an app meets that calls the library in a wrong way, or at a wrong time.
const redis = withRedis();
const CLIENT = '972501234567';
let line: Line;

beforeEach(async () => {
  line = await openLine(redis.url);
});
afterEach(() => line.close());

/** Calls as plain JavaScript does: with anything at all. */
function loosely(name: keyof Waybill, ...args: readonly unknown[]): Promise<unknown> {
  return Promise.resolve().then(async () => {
    const called: unknown = Reflect.apply(line.waybill[name], line.waybill, args);
    if (typeof called !== 'object' || called === null || !(Symbol.asyncIterator in called)) return called;
    for await (const each of Object(called)) return each;
  });
}

const NOTHING = [undefined, null, 7, '', 'text', [], true, () => undefined, Symbol('none')] as const;

it.each(NOTHING)('refuses to enqueue %p, and to look for it, in our words', async (nothing) => {
  await expect(loosely('enqueue', nothing)).rejects.toThrow(ValidationError);
  if (nothing === 'text') return;
  for (const verb of ['get', 'cancel', 'resend', 'amend', 'resolve'] as const) {
    const second = { get: {}, cancel: {}, resend: {}, amend: { caption: 'new' }, resolve: { kind: 'close' } }[
      verb
    ];
    await expect(loosely(verb, nothing, second)).rejects.toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '/id', detail: 'must be the delivery’s id, a string' }],
    });
  }
});

/** What is no array of records. */
async function* noRecords(): AsyncGenerator<unknown> {
  yield 7;
}

it.each<readonly [keyof Waybill, readonly unknown[], readonly string[]]>([
  ['wait', [], ['/id', '/until', '/timeoutMs']],
  ['wait', ['one', 'arrived', { timeoutMs: '5' }], ['/until', '/timeoutMs']],
  ['wait', ['one', 'read', null], ['/timeoutMs']],
  ['wait', ['one', 'read', { timeoutMs: Number.NaN }], ['/timeoutMs']],
  ['enqueueMany', [null], ['']],
  ['enqueueMany', [{ length: 1 }], ['']],
  ['enqueueStream', [[{ request: {} }]], ['']],
  ['enqueueStream', [undefined], ['']],
  ['events', [null], ['']],
  ['events', [{ from: 7, after: 7, types: 'delivery.read' }], ['/from', '/after', '/types']],
  ['events', [{ after: new Date(Number.NaN) }], ['/after']],
  ['list', [{ since: new Date(Number.NaN), until: 9e15 }], ['/since', '/until']],
  ['events', [{ types: ['delivery.arrived'] }], ['/types']],
  ['events', [{ signal: {} }], ['/signal']],
  ['wait', ['one', 'read', { timeoutMs: 1, signal: 'stop', from: 7 }], ['/from', '/signal']],
  ['get', ['one', null], ['']],
  ['get', ['one', { from: 7, among: 'shop' }], ['/from', '/among']],
  ['cancel', ['one', { from: '' }], ['/from']],
  ['cancel', ['one', 'shop'], ['']],
  ['enqueueStream', [noRecords(), null], ['/options']],
  ['enqueueStream', [noRecords(), { run: 7, onSummary: true }], ['/run', '/onSummary']],
  ['enqueueStream', [noRecords()], ['']],
  ['list', [null], ['']],
  ['list', ['held'], ['']],
  ['list', [{ from: 7, status: 'lost', since: 'today' }], ['/from', '/status', '/since']],
  ['list', [{ limit: '5' }], ['/limit']],
  ['amend', ['one', null], ['']],
  ['amend', ['one', 'caption'], ['']],
  ['amend', ['one', { caption: 'new' }, 7], ['']],
  ['resend', ['one', null], ['']],
  ['resend', ['one', { id: 7, localStorage: 'yes' }], ['/id', '/localStorage']],
  ['resend', ['one', {}, null], ['']],
  ['resolve', ['one'], ['']],
  ['resolve', ['one', { kind: 'sended', unique: 7 }], ['/kind', '/unique']],
  ['resolve', ['one', { kind: 'close' }, 7], ['']],
])('tells %s(%j) each thing that is wrong', async (verb, args, pointers) => {
  const refused = loosely(verb, ...args);
  await expect(refused).rejects.toThrow(ValidationError);
  await expect(refused).rejects.toMatchObject({ errors: pointers.map((pointer) => ({ pointer })) });
});

it.each(NOTHING.filter((nothing) => typeof nothing !== 'string' || nothing === ''))(
  'is not made of %p',
  (nothing) => {
    expect(() => Reflect.apply(createWaybill, undefined, [nothing])).toThrow(
      /redis: "redis:|redis must be a URL/,
    );
    expect(() => Reflect.apply(createWaybill, undefined, [{ redis: nothing }])).toThrow(/redis/);
  },
);

it.each([
  [{ prefix: 7 }, /^prefix must/],
  [{ accounts: 'shop' }, /^accounts must/],
  [{ accounts: [{ name: 'shop' }] }, /^accounts must/],
  [{ retentionHours: 'a week' }, /^retentionHours must/],
  [{ waitReplicas: -1 }, /^waitReplicas must/],
  [{ dataKey: 7 }, /^dataKey must/],
  [{ onError: 'log' }, /^onError must/],
])('is not made with %p', (wrong, words) => {
  const options = { redis: 'redis://127.0.0.1:1', ...wrong };
  expect(() => Reflect.apply(createWaybill, undefined, [options])).toThrow(words);
});

it.each(NOTHING)('makes no delivery’s id of a job that has %p for one', (nothing) => {
  expect(() => Reflect.apply(deliveryIdOf, undefined, [nothing])).not.toThrow();
});

describe('an account that there is not', () => {
  const unknown = () => line.waybill.enqueue({ ...requestTo(CLIENT), from: 'shpo' });

  it('is refused with those that there are', async () => {
    await expect(unknown()).rejects.toMatchObject({
      code: 'UNKNOWN_ACCOUNT',
      account: 'shpo',
      known: ['shop'],
      message: 'No account has this number or name: there is shop',
    });
    const [answer] = await line.waybill.enqueueMany([{ ...requestTo(CLIENT), from: 'shpo' }]);
    expect(answer).toMatchObject({ error: { known: ['shop'] } });
  });

  it.each<readonly [keyof Waybill, readonly unknown[]]>([
    ['get', ['one', { from: 'shpo' }]],
    ['wait', ['one', 'read', { timeoutMs: 1000, from: 'shpo' }]],
    ['cancel', ['one', { from: 'shpo' }]],
    ['amend', ['one', { caption: 'new' }, { from: 'shpo' }]],
    ['resend', ['one', {}, { from: 'shpo' }]],
    ['resolve', ['one', { kind: 'close' }, { from: 'shpo' }]],
    ['list', [{ from: 'shpo' }]],
  ])('is what %s answers where it is to look there', async (verb, args) => {
    await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
    await expect(loosely(verb, ...args)).rejects.toMatchObject({
      code: 'UNKNOWN_ACCOUNT',
      account: 'shpo',
      known: ['shop'],
    });
  });

  it('is refused with what to do where none is known', async () => {
    const fresh = createWaybill({ redis: redis.url });
    const refused = fresh.enqueue(requestTo(CLIENT));
    await expect(refused).rejects.toThrow(UnknownAccountError);
    await expect(refused).rejects.toThrow(
      /none is known before a worker has run once, unless `accounts` names them/,
    );
    await fresh.close();
  });
});

describe('waiting', () => {
  it('ends with the status that was reached', async () => {
    line.sandbox.windowLeft(CLIENT, 0);
    await line.work();
    await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
    await line.waybill.wait('one', 'held', { timeoutMs: 10_000 });
    await expect(line.waybill.wait('one', 'delivered', { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      name: 'WaitTimeoutError',
      id: 'one',
      until: 'delivered',
      status: 'held',
      reason: 'window',
      message: expect.stringContaining('held: the customer window is closed'),
    });
  });

  it.each([
    [{ kind: 'fail', reason: 4 } as const, '4', /FAIL 4: .*/],
    [{ kind: 'fail', reason: 5 } as const, '5', /FAIL 5: .*/],
  ])('ends with why it failed, after %j', async (fault, reason, words) => {
    line.sandbox.fault(fault);
    await line.work();
    await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
    const failed = line.waybill.wait('one', 'delivered', { timeoutMs: 10_000 });
    await expect(failed).rejects.toThrow(IllegalStateError);
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.toMatchObject({ status: 'failed', reason });
  });

  it('ends with the code of a failure that was reported later', async () => {
    await line.work();
    await line.waybill.enqueue(requestTo(CLIENT, { id: 'one' }));
    const { unique } = await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
    await openBench(redis.client).callbacks.applyReceipt(receipt('failed', unique ?? '', '2'));
    await expect(line.waybill.wait('one', 'read', { timeoutMs: 10_000 })).rejects.toThrow(
      /code 2: no credit/,
    );
  });
});

describe('after close()', () => {
  /** A method that is missing here is one that the types do not let pass. */
  const CALLS: Readonly<
    Record<Exclude<keyof Waybill, 'close' | 'enqueueMany' | 'enqueueStream'>, readonly unknown[]>
  > = {
    enqueue: [requestTo(CLIENT)],
    get: ['one'],
    wait: ['one', 'read', { timeoutMs: 1000 }],
    cancel: ['one'],
    events: [],
    list: [],
    amend: ['one', { caption: 'new' }],
    resend: ['one'],
    resolve: ['one', { kind: 'close' }],
  };
  const calls = Object.entries(CALLS);

  it.each(calls)('%s says that it was closed', async (verb, args) => {
    await line.waybill.close();
    const called: unknown = await loosely(verb as keyof Waybill, ...args).catch((error: unknown) => error);
    expect(called).toBeInstanceOf(ClosedError);
  });

  it.each(calls)('%s says so too where it is closed meanwhile', async (verb, args) => {
    await redis.server.kill('SIGSTOP');
    const called = loosely(verb as keyof Waybill, ...args).catch((error: unknown) => error);
    const closing = line.waybill.close();
    expect(await called).toBeInstanceOf(ClosedError);
    await redis.server.kill('SIGCONT');
    await closing;
  });

  it('knows every method', () => {
    const methods = Object.entries(line.waybill).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    expect(methods.sort()).toEqual([...Object.keys(CALLS), 'close', 'enqueueMany', 'enqueueStream'].sort());
  });

  it('answers each of a stream so', async () => {
    await line.waybill.close();
    async function* source() {
      yield [{ request: requestTo(CLIENT) }];
    }
    const answers = await loosely('enqueueStream', source());
    expect(answers).toMatchObject([{ answer: { error: expect.any(ClosedError) } }]);
  });

  it('answers each of many so', async () => {
    await line.waybill.close();
    const answers = await line.waybill.enqueueMany([requestTo(CLIENT), requestTo(CLIENT)]);
    expect(answers).toEqual([{ error: expect.any(ClosedError) }, { error: expect.any(ClosedError) }]);
  });

  it('ends who follows events so', async () => {
    const reading = loosely('events', { from: FROM });
    const closed = expect(reading).rejects.toThrow(ClosedError);
    await redis.client.client('LIST');
    await line.waybill.close();
    await closed;
  });
});
