import type { Dice } from '../../sandbox/dice.js';
import { FROM } from '../support/stack.js';
import type { Headers } from './poster.js';

const JSON_TYPE: Headers = { 'content-type': 'application/json' };

/** A body that nobody should ever send, or nearly one that somebody does, and how it calls itself. */
export function fuzzedBody(dice: Dice): { readonly body: Buffer; readonly headers: Headers } {
  const { bytes, headers = JSON_TYPE } = pick(KINDS, dice)(dice);
  return { body: Buffer.from(bytes), headers };
}

type Fuzzed = { readonly bytes: string | Buffer; readonly headers?: Headers };

const KINDS: readonly ((dice: Dice) => Fuzzed)[] = [
  (dice) => ({ bytes: noise(dice, 400) }),
  (dice) => ({ bytes: JSON.stringify(mutated(dice)) }),
  (dice) => ({ bytes: JSON.stringify(mutated(dice)) }),
  (dice) => ({ bytes: JSON.stringify(mutated(dice)) }),
  (dice) => ({ bytes: JSON.stringify(anything(dice, 0)) }),
  (dice) => ({ bytes: torn(JSON.stringify(mutated(dice)), dice) }),
  (dice) => ({ bytes: spoilt(Buffer.from(JSON.stringify(mutated(dice))), dice) }),
  (dice) => ({ bytes: JSON.stringify(Array.from({ length: upTo(dice, 30) }, () => mutated(dice))) }),
  (dice) => ({ bytes: repeatedKeys(dice) }),
  (dice) => ({ bytes: nested(dice) }),
  (dice) => ({ bytes: JSON.stringify(mutated(dice)), headers: oddHeaders(dice) }),
  (dice) => (dice.chance(0.05) ? large(dice) : { bytes: JSON.stringify(mutated(dice)) }),
];

const SAMPLES: readonly Readonly<Record<string, unknown>>[] = [
  { status: 'OK', hook: 'new', unique: 'U1', from: '972501234567', to: FROM, type: 'text', body: 'hello' },
  { status: 'OK', hook: 'update', unique: 'U2', from: '972501234567', to: FROM, ack: 2 },
  { status: 'OK', hook: 'system', type: 'messages', unique: 'U3', to: FROM, messageTo: '972501234567' },
  { status: 'OK', hook: 'system', type: 'issues', to: FROM },
];
const NAMES = ['hook', 'unique', 'from', 'to', 'ack', 'type', 'timestamp', 'from_id', 'phone', 'quoteUnique'];
const ODD_NAMES = ['__proto__', 'constructor', 'toString', '', '\u0000', 'hook\u0000', 'ack ', '𝒶ck'];
const ODD_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1e21, 1e308, 2 ** 53, 0.1, Number.MIN_VALUE],
  ...['', ' ', '0', '-1', 'NaN', '1e999', 'IL.1', 'IL.1605856887361213', FROM, '\ud800', '\u202e', '{"a":1}'],
  ...[
    'x'.repeat(5000),
    '9'.repeat(400),
    '../../etc/passwd',
    'https://127.0.0.1/',
    '%00',
    '\r\nset-cookie: a=b',
  ],
  ...[[], {}, [[]], { length: 1e9 }, { toString: 1 }, ['972501234567'], { hook: 'new' }],
];

/** A callback of which a few fields are something else. */
function mutated(dice: Dice): Readonly<Record<string, unknown>> {
  const fields = Array.from({ length: upTo(dice, 4) }, (): [string, unknown] => [
    pick(dice.chance(0.8) ? NAMES : ODD_NAMES, dice),
    dice.chance(0.7) ? pick(ODD_VALUES, dice) : anything(dice, 0),
  ]);
  const unique = dice.chance(0.5) ? { unique: `U${upTo(dice, 1e6)}` } : {};
  // By definition, so that `__proto__` is a field like any other.
  return Object.fromEntries([...Object.entries({ ...pick(SAMPLES, dice), ...unique }), ...fields]);
}

function anything(dice: Dice, depth: number): unknown {
  const kind = upTo(dice, depth > 5 ? 2 : 4);
  if (kind === 0) return pick(ODD_VALUES, dice);
  if (kind === 1) return dice.between({ min: -(2 ** 31), max: 2 ** 31 }) * 10 ** upTo(dice, 12);
  if (kind === 2) return noise(dice, 60).toString();
  const items = Array.from({ length: upTo(dice, 5) }, () => anything(dice, depth + 1));
  return kind === 3
    ? items
    : Object.fromEntries(items.map((item) => [pick([...NAMES, ...ODD_NAMES], dice), item]));
}

function noise(dice: Dice, most: number): Buffer {
  return Buffer.from(Array.from({ length: upTo(dice, most) }, () => dice.between({ min: 0, max: 255 })));
}

function torn(text: string, dice: Dice): string {
  return text.slice(0, upTo(dice, text.length));
}

/** Some of its bytes are others. */
function spoilt(bytes: Buffer, dice: Dice): Buffer {
  for (let times = 0; times <= upTo(dice, 5); times += 1) {
    bytes.writeUInt8(dice.between({ min: 0, max: 255 }), upTo(dice, bytes.length - 1));
  }
  return bytes;
}

function repeatedKeys(dice: Dice): string {
  const fields = Array.from({ length: 2 + upTo(dice, 5) }, () => {
    return `${JSON.stringify(pick(NAMES.slice(0, 4), dice))}:${JSON.stringify(pick(ODD_VALUES, dice) ?? null)}`;
  });
  return `{${fields.join(',')}}`;
}

function nested(dice: Dice): string {
  const depth = 1 + upTo(dice, dice.chance(0.02) ? 60_000 : 60);
  const [open, close] = dice.chance(0.5) ? ['[', ']'] : ['{"a":', '}'];
  return `${open.repeat(depth)}1${close.repeat(dice.chance(0.8) ? depth : upTo(dice, depth))}`;
}

function large(dice: Dice): Fuzzed {
  const text = JSON.stringify({ ...pick(SAMPLES, dice), pad: 'ü'.repeat(upTo(dice, 160_000)) });
  return { bytes: dice.chance(0.5) ? text : JSON.stringify(Array(upTo(dice, 20_000)).fill(0)) };
}

function oddHeaders(dice: Dice): Headers {
  const types = [
    'text/plain',
    'application/json; charset=utf-16',
    'application/x+json',
    'a',
    'multipart/form-data',
  ];
  const length = { 'x-filler': 'x'.repeat(upTo(dice, dice.chance(0.05) ? 20_000 : 500)) };
  return { 'content-type': pick(types, dice), ...length };
}

function pick<T>(from: readonly T[], dice: Dice): T {
  for (const each of from.slice(upTo(dice, from.length - 1))) return each;
  throw new Error('nothing to pick from');
}

/** A whole number from 0 to so many. */
function upTo(dice: Dice, most: number): number {
  return dice.between({ min: 0, max: most });
}
