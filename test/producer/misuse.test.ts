import {
  ClosedError,
  createWaybill,
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
  for (const verb of ['get', 'cancel'] as const) {
    await expect(loosely(verb, nothing)).rejects.toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '/id', detail: 'must be the delivery’s id, a string' }],
    });
  }
});

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
  ['events', [{ types: ['delivery.arrived'] }], ['/types']],
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
  it.each<readonly [keyof Waybill, readonly unknown[]]>([
    ['enqueue', [requestTo(CLIENT)]],
    ['get', ['one']],
    ['wait', ['one', 'read', { timeoutMs: 1000 }]],
    ['cancel', ['one']],
    ['events', []],
  ])('%s says that it was closed', async (verb, args) => {
    await line.waybill.close();
    await expect(loosely(verb, ...args)).rejects.toThrow(ClosedError);
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
