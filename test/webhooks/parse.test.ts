import fc from 'fast-check';
import { type Callback, RECEIPTS } from '../../src/domain/callback.js';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { parseCallback } from '../../src/webhooks/parse.js';
import {
  ACCOUNT,
  CLIENT,
  FAILED_MESSAGE,
  FROM_ID,
  INBOUND,
  OTHER_ACCOUNT,
  RECIPIENT,
  SYSTEM,
  UNIQUE,
  UPDATE,
  WAMID,
  WRITTEN_AT,
} from './samples.js';

const NOW = WRITTEN_AT + HOUR;

describe('the documented callbacks', () => {
  test('an incoming message', () => {
    expect(parseCallback(INBOUND, NOW)).toEqual({
      kind: 'inbound',
      account: ACCOUNT,
      number: CLIENT,
      fromId: FROM_ID,
      unique: UNIQUE,
      timestamp: WRITTEN_AT,
      windowLeftMs: 10 * HOUR,
      quotedUnique: null,
    });
  });

  test.each([
    [0, 'failed'],
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
  ])('a status update with ack %i means %s, from the recipient to our account', (ack, receipt) => {
    expect(parseCallback({ ...UPDATE, ack }, NOW)).toEqual({
      kind: 'receipt',
      account: OTHER_ACCOUNT,
      recipient: RECIPIENT,
      unique: UNIQUE,
      receipt,
      code: null,
      timestamp: null,
    });
  });

  test('a failed message', () => {
    expect(parseCallback(FAILED_MESSAGE, NOW)).toEqual({
      kind: 'receipt',
      account: OTHER_ACCOUNT,
      recipient: RECIPIENT,
      unique: WAMID,
      receipt: 'failed',
      code: '7',
      timestamp: WRITTEN_AT,
    });
  });

  test.each(['update', 'issues', 'template'])('the system type %s', (type) => {
    expect(parseCallback({ ...SYSTEM, type }, NOW)).toEqual({
      kind: 'other',
      account: OTHER_ACCOUNT,
      name: `system_${type}`,
    });
  });
});

describe('a client who hides the number', () => {
  test.each([
    [
      'from_id in `from`',
      { from: FROM_ID, from_id: FROM_ID, phone: null },
      { number: null, fromId: FROM_ID },
    ],
    [
      'only `from`, as from_id',
      { from: FROM_ID, from_id: undefined, phone: undefined },
      { number: null, fromId: FROM_ID },
    ],
    [
      'number told by `phone`',
      { from: FROM_ID, from_id: null, phone: CLIENT },
      { number: CLIENT, fromId: FROM_ID },
    ],
    [
      'no from_id at all',
      { from: CLIENT, from_id: undefined, phone: undefined },
      { number: CLIENT, fromId: null },
    ],
    [
      'false for absent',
      { from: FROM_ID, from_id: 'false', phone: false },
      { number: null, fromId: FROM_ID },
    ],
  ])('%s', (_name, fields, client) => {
    expect(parseCallback({ ...INBOUND, ...fields }, NOW)).toMatchObject({ kind: 'inbound', ...client });
  });

  test('is a recipient by from_id', () => {
    expect(parseCallback({ ...UPDATE, from: FROM_ID }, NOW)).toMatchObject({ recipient: FROM_ID });
  });

  test('is a recipient by number where the number is told', () => {
    const update = { ...UPDATE, from: FROM_ID, phone: RECIPIENT };
    expect(parseCallback(update, NOW)).toMatchObject({ recipient: RECIPIENT });
  });
});

describe('leniency', () => {
  test('takes numbers for text and text for numbers', () => {
    const timestamp = Number(INBOUND.timestamp);
    const message = { ...INBOUND, to: Number(ACCOUNT), timestamp, conversationTimeLeft: 600 };
    expect(parseCallback(message, NOW)).toEqual(parseCallback(INBOUND, NOW));
    expect(parseCallback({ ...UPDATE, ack: '3' }, NOW)).toMatchObject({ receipt: 'read' });
    expect(parseCallback({ ...UPDATE, unique: 12345 }, NOW)).toMatchObject({ unique: '12345' });
  });

  test('removes what people put into numbers', () => {
    expect(parseCallback({ ...UPDATE, to: '+972-55 333 3333' }, NOW)).toMatchObject({
      account: OTHER_ACCOUNT,
    });
  });

  test.each([
    ['seconds as text', `${WRITTEN_AT / 1000}`, WRITTEN_AT],
    ['milliseconds', WRITTEN_AT + 123, WRITTEN_AT + 123],
    ['milliseconds as text', `${WRITTEN_AT + 123}`, WRITTEN_AT + 123],
    ['fractions of a second', `${WRITTEN_AT / 1000}.5`, WRITTEN_AT + 500],
    ['nothing', undefined, null],
    ['zero', 0, null],
    ['a word', 'yesterday', null],
    ['nine minutes ahead of our clock', NOW / 1000 + 540, NOW + 9 * MINUTE],
  ])('reads a timestamp given as %s', (_name, timestamp, expected) => {
    expect(parseCallback({ ...FAILED_MESSAGE, timestamp }, NOW)).toMatchObject({ timestamp: expected });
  });

  test.each([
    ['30 days ago', -30 * DAY, 'receipt'],
    ['longer ago', -30 * DAY - 1000, 'receipt_too_old'],
    ['ten minutes ahead of our clock', 10 * MINUTE, 'receipt'],
    ['further ahead than clocks differ', 10 * MINUTE + 1000, 'receipt_in_future'],
  ])('takes a receipt from %s for what it is', (_name, offset, expected) => {
    const callback = parseCallback({ ...FAILED_MESSAGE, timestamp: (NOW + offset) / 1000 }, NOW);
    expect(callback.kind === 'other' ? callback.name : callback.kind).toBe(expected);
  });

  test('takes no message that was written 30 days ago: somebody recorded it', () => {
    const timestamp = (NOW - 30 * DAY - 1000) / 1000;
    expect(parseCallback({ ...INBOUND, timestamp }, NOW)).toMatchObject({ name: 'inbound_too_old' });
  });

  test('takes a message from the future for one of now', () => {
    const timestamp = (NOW + DAY) / 1000;
    expect(parseCallback({ ...INBOUND, timestamp }, NOW)).toMatchObject({ kind: 'inbound', timestamp: null });
  });

  test.each([
    ['a unique', UNIQUE, UNIQUE],
    ['false', false, null],
    ['"false"', 'false', null],
    ['an empty text', '', null],
  ])('reads a quote given as %s', (_name, quoteUnique, quotedUnique) => {
    expect(parseCallback({ ...INBOUND, quoteUnique }, NOW)).toMatchObject({ quotedUnique });
  });

  test.each([[-1], ['-5'], [1441], ['soon'], [null]])(
    'is not told by %p how long the window is open',
    (left) => {
      expect(parseCallback({ ...INBOUND, conversationTimeLeft: left }, NOW)).toMatchObject({
        windowLeftMs: null,
      });
    },
  );
});

test.each<[unknown, string]>([
  [null, 'not_an_object'],
  ['text', 'not_an_object'],
  [[INBOUND], 'not_an_object'],
  [{}, 'hook_missing'],
  [{ ...INBOUND, hook: 'edited' }, 'hook_unlisted'],
  [{ ...INBOUND, unique: undefined }, 'inbound_incomplete'],
  [{ ...INBOUND, from: 'a group', from_id: null, phone: null }, 'inbound_incomplete'],
  [{ ...INBOUND, to: 'ours' }, 'inbound_incomplete'],
  [{ ...UPDATE, unique: 'two words' }, 'receipt_incomplete'],
  [{ ...UPDATE, ack: 7 }, 'ack_7'],
  [{ ...UPDATE, ack: 4711 }, 'ack_unlisted'],
  [{ ...UPDATE, ack: undefined }, 'ack_unlisted'],
  [{ ...UPDATE, ack: false }, 'ack_unlisted'],
  [{ ...FAILED_MESSAGE, unique: undefined }, 'receipt_incomplete'],
  [{ ...SYSTEM, type: 'holiday' }, 'system_unlisted'],
])('what is not understood has a name (%#: %j)', (value, name) => {
  expect(parseCallback(value, NOW)).toMatchObject({ kind: 'other', name });
});

test('inherited and poisoned fields are not read', () => {
  const poisoned: unknown = JSON.parse(
    `{"__proto__":{"unique":"${UNIQUE}","to":"${ACCOUNT}"},"constructor":{"prototype":{"ack":1}},"hook":"update","ack":1}`,
  );
  expect(parseCallback(poisoned, NOW)).toEqual({ kind: 'other', account: null, name: 'receipt_incomplete' });
  const inherited: unknown = Object.create(UPDATE);
  expect(parseCallback(inherited, NOW)).toMatchObject({ name: 'hook_missing' });
});

describe('for any JSON', () => {
  const mutation = fc.dictionary(
    fc.constantFrom(...Object.keys(INBOUND), ...Object.keys(FAILED_MESSAGE), 'ack', '__proto__'),
    fc.oneof(fc.jsonValue(), fc.constantFrom(UNIQUE, ACCOUNT, FROM_ID, '0', '3', 'false', 1e21, -1)),
  );
  const nearMiss = fc
    .tuple(fc.constantFrom(INBOUND, UPDATE, FAILED_MESSAGE, SYSTEM), mutation)
    .map(([sample, fields]): unknown => ({ ...sample, ...fields }));

  test('a legal callback comes out, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearMiss), (value) => {
        expect(faultsOf(parseCallback(value, NOW))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What the types promise of a callback, and what they cannot say. */
function faultsOf(callback: Callback): string[] {
  const legal: Record<string, boolean> = { account: callback.account === null || isNumber(callback.account) };
  if (callback.kind === 'other') {
    legal.name = /^[a-z0-9_]{1,32}$/.test(callback.name);
  } else {
    legal.unique = /^[\x21-\x7e]{1,256}$/.test(callback.unique);
    legal.known = callback.account !== null;
    legal.timestamp = callback.timestamp === null || isPast(callback.timestamp);
  }
  if (callback.kind === 'receipt') {
    legal.receipt = RECEIPTS.includes(callback.receipt);
    legal.recipient = callback.recipient === null || isClient(callback.recipient);
    legal.code = callback.code === null || /^[\w.-]{1,32}$/.test(callback.code);
  }
  if (callback.kind === 'inbound') {
    const clients = [callback.number, callback.fromId].filter((client) => client !== null);
    legal.client = clients.length > 0 && clients.every(isClient);
    legal.window = callback.windowLeftMs === null || isWindow(callback.windowLeftMs);
    legal.quoted = callback.quotedUnique === null || /^[\x21-\x7e]{1,256}$/.test(callback.quotedUnique);
  }
  return Object.keys(legal).filter((name) => !legal[name]);
}

function isNumber(text: string): boolean {
  return /^\d{8,15}$/.test(text);
}

function isClient(text: string): boolean {
  return isNumber(text) || /^[A-Z]{2}\.\d+$/.test(text);
}

function isPast(time: number): boolean {
  return Number.isInteger(time) && time > Date.UTC(2008, 0) && time <= NOW + 10 * MINUTE;
}

function isWindow(ms: number): boolean {
  return Number.isInteger(ms) && ms >= 0 && ms <= 24 * HOUR;
}
