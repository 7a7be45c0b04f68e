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
    [-1, 'failed'],
    [0, 'unconfirmed'],
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
    [4, 'read'],
  ])('a status update with ack %i means %s, from the recipient to our account', (ack, receipt) => {
    expect(parseCallback({ ...UPDATE, ack }, NOW)).toEqual({
      kind: 'receipt',
      account: OTHER_ACCOUNT,
      recipient: RECIPIENT,
      unique: UNIQUE,
      receipt,
      code: null,
      reason: null,
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
      reason: null,
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
    ['less than zero', -5, null],
    ['a word', 'yesterday', null],
    ['microseconds', WRITTEN_AT * 1000 + 123_456, WRITTEN_AT + 123],
    ['microseconds as text', `${WRITTEN_AT * 1000}`, WRITTEN_AT],
    ['ISO 8601', new Date(WRITTEN_AT).toISOString(), WRITTEN_AT],
    ['ISO 8601 in another zone', isoIn('+02:00', 2 * HOUR), WRITTEN_AT],
    ['ISO 8601 with a blank, and its zone without a colon', isoIn(' -0330', -3.5 * HOUR, ' '), WRITTEN_AT],
    ['ISO 8601 without a zone', isoIn('', 0), null],
    ['a day that there is not', '2026-02-31T25:00:00Z', null],
    ['more than a number can be', 1e300, null],
    ['nine minutes ahead of our clock', NOW / 1000 + 540, NOW + 9 * MINUTE],
  ])('reads a timestamp given as %s', (_name, timestamp, expected) => {
    expect(parseCallback({ ...FAILED_MESSAGE, timestamp }, NOW)).toMatchObject({ timestamp: expected });
  });

  test.each([
    ['30 days ago', -30 * DAY, true],
    ['longer ago', -30 * DAY - 1000, false],
    ['ten minutes ahead of our clock', 10 * MINUTE, true],
    ['further ahead than clocks differ', 10 * MINUTE + 1000, false],
    ['in another century', 100 * 365 * DAY, false],
  ])(
    'takes a receipt from %s, with its time only where a right clock may have said so',
    (_name, offset, told) => {
      const timestamp = NOW + offset;
      expect(parseCallback({ ...FAILED_MESSAGE, timestamp: timestamp / 1000 }, NOW)).toMatchObject({
        kind: 'receipt',
        timestamp: told ? timestamp : null,
      });
    },
  );

  test.each([
    ['says that its window is open: a clock is wrong', '600', { kind: 'inbound', timestamp: null }],
    ['says that its window is closed', '0', { name: 'inbound_too_old' }],
    ['says nothing: somebody recorded it', undefined, { name: 'inbound_too_old' }],
  ])('of a message that was written 30 days ago and %s', (_name, conversationTimeLeft, expected) => {
    const timestamp = (NOW - 30 * DAY - 1000) / 1000;
    expect(parseCallback({ ...INBOUND, timestamp, conversationTimeLeft }, NOW)).toMatchObject(expected);
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
  [{ ...UPDATE, ack: 5 }, 'ack_5'],
  [{ ...UPDATE, ack: -2 }, 'ack_unlisted'],
  [{ ...UPDATE, ack: 2.5 }, 'ack_unlisted'],
  [{ ...UPDATE, ack: 'delivered' }, 'ack_unlisted'],
  [{ ...UPDATE, ack: [3] }, 'ack_unlisted'],
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

function isoIn(zone: string, offsetMs: number, between = 'T'): string {
  return `${new Date(WRITTEN_AT + offsetMs).toISOString().slice(0, 19).replace('T', between)}${zone}`;
}

describe('why a message failed', () => {
  const failure = (fields: object) =>
    parseCallback({ ...FAILED_MESSAGE, messageUpdate: undefined, ...fields }, NOW);

  test.each<[string, object, string | null, string | null]>([
    ['a number', { messageUpdate: 7 }, '7', null],
    ['a number as text', { messageUpdate: '131026' }, '131026', null],
    ['a word', { messageUpdate: 'undeliverable' }, 'undeliverable', null],
    [
      'text behind a code',
      { messageUpdate: '131026: Message undeliverable' },
      '131026',
      'Message undeliverable',
    ],
    [
      'a dash between',
      { messageUpdate: '131047 - Re-engagement message' },
      '131047',
      'Re-engagement message',
    ],
    ['WhatsApp’s own spelling', { messageUpdate: '(#131049) Not delivered' }, '131049', 'Not delivered'],
    ['a code in brackets', { messageUpdate: '[470] Outside the window' }, '470', 'Outside the window'],
    [
      'a word before the code',
      { messageUpdate: 'Error 1013: User is not valid' },
      '1013',
      'User is not valid',
    ],
    ['text alone', { messageUpdate: 'Message undeliverable' }, null, 'Message undeliverable'],
    [
      'text that begins with a number',
      { messageUpdate: '24 hours have passed' },
      null,
      '24 hours have passed',
    ],
    [
      'an object',
      { messageUpdate: { code: 131026, title: 'Undeliverable now' } },
      '131026',
      'Undeliverable now',
    ],
    [
      'WhatsApp’s list',
      { errors: [{ code: 131053, error_data: { details: 'Media upload error' } }] },
      '131053',
      'Media upload error',
    ],
    ['a list of texts', { errors: ['131026: Message undeliverable'] }, '131026', 'Message undeliverable'],
    [
      'a code here, words there',
      { messageUpdate: 7, reason: 'the app is too old' },
      '7',
      'the app is too old',
    ],
    ['a field of another name', { description: 'Number not on WhatsApp' }, null, 'Number not on WhatsApp'],
    ['an object of another name', { error: { id: '5', message: 'daily limit' } }, '5', 'daily limit'],
    ['a number that may be a client’s', { messageUpdate: '972507654321' }, null, '972…21'],
    [
      'a number and a link in the text',
      { messageUpdate: '5: to 972507654321, see https://x.example/a?sig=secret' },
      '5',
      'to 972…21, see https://x.example/a',
    ],
    [
      'what steers a terminal or turns the line around',
      { messageUpdate: '5: \u001b[31mred\u202e\r\nblue\ud83d' },
      '5',
      '[31mred blue',
    ],
    ['nothing', {}, null, null],
    [
      'nothing that can be read',
      { messageUpdate: true, errors: [null, [[[['deep']]]]], error: 1.5 },
      null,
      null,
    ],
  ])('%s', (_name, fields, ...said) => {
    const [code, reason] = said;
    expect(failure(fields)).toMatchObject({ kind: 'receipt', receipt: 'failed', code, reason });
  });

  test('is cut at 200 characters', () => {
    const callback = failure({ messageUpdate: `5: ${'\u{1F600}'.repeat(5000)}` });
    expect(callback).toMatchObject({ code: '5', reason: '\u{1F600}'.repeat(200) });
  });

  test.each<[object, string]>([
    [{ messageUpdate: 7 }, 'failed'],
    [{ reason: 'Message undeliverable' }, 'failed'],
    [{ messageUpdate: 0 }, 'unconfirmed'],
    [{ messageUpdate: null }, 'unconfirmed'],
    [{}, 'unconfirmed'],
  ])('with ack 0 and %j it is %s', (fields, receipt) => {
    expect(parseCallback({ ...UPDATE, ack: 0, ...fields }, NOW)).toMatchObject({ receipt });
  });
});

describe('for any JSON', () => {
  const mutation = fc.dictionary(
    fc.constantFrom(
      ...Object.keys(INBOUND),
      ...Object.keys(FAILED_MESSAGE),
      'ack',
      'errors',
      'reason',
      '__proto__',
    ),
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
    legal.reason = callback.reason === null || isReason(callback.reason);
    legal.whole = !/\d{8}/.test(`${callback.code} ${callback.reason}`);
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

function isReason(text: string): boolean {
  return text !== '' && [...text].length <= 200 && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

function isPast(time: number): boolean {
  return Number.isInteger(time) && time > Date.UTC(2008, 0) && time <= NOW + 10 * MINUTE;
}

function isWindow(ms: number): boolean {
  return Number.isInteger(ms) && ms >= 0 && ms <= 24 * HOUR;
}
