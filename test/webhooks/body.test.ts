import fc from 'fast-check';
import { readBody } from '../../src/webhooks/body.js';
import { FAILED_MESSAGE, INBOUND, UPDATE, WRITTEN_AT } from './samples.js';

const NOW = WRITTEN_AT;

function namesIn(text: string): string[] {
  const body = readBody(text, NOW);
  if (body.kind === 'not_json') return [body.kind];
  return body.callbacks.map(({ callback }) => (callback.kind === 'other' ? callback.name : callback.kind));
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

test('one object is one callback, kept with its own text', () => {
  const text = ` ${JSON.stringify(UPDATE)} `;
  expect(readBody(text, NOW)).toMatchObject({ callbacks: [{ callback: { kind: 'receipt' }, raw: text }] });
});

test('an array is one callback per element, each kept with its own text', () => {
  const body = readBody(JSON.stringify([INBOUND, FAILED_MESSAGE, 'text']), NOW);
  expect(body).toMatchObject({
    callbacks: [
      { callback: { kind: 'inbound' }, raw: JSON.stringify(INBOUND) },
      { callback: { kind: 'receipt' }, raw: JSON.stringify(FAILED_MESSAGE) },
      { callback: { kind: 'other', name: 'not_an_object' }, raw: '"text"' },
    ],
  });
});

test.each([
  ['an empty array', '[]', ['batch_empty']],
  ['more elements than callbacks can be', `[${'0,'.repeat(1000)}0]`, ['batch_too_large']],
  ['20 levels', nested(20), ['not_an_object']],
  ['21 levels', nested(21), ['too_deep']],
  ['10,000 levels', nested(10_000), ['too_deep']],
  ['as many levels as a body can hold', nested(131_072), ['too_deep']],
  ['depth inside one field', `{"hook":"new","body":${nested(30)}}`, ['too_deep']],
  ['levels that are never closed', '['.repeat(10_000), ['not_json']],
  ['brackets inside strings', JSON.stringify({ ...UPDATE, note: '[{"\\'.repeat(50) }), ['receipt']],
  ['one long string', JSON.stringify('\\"'.repeat(60_000)), ['not_an_object']],
  [
    'the last of duplicate keys',
    '{"hook":"update","hook":"none of ours"}',
    ['hook_unlisted', 'keys_repeated'],
  ],
  ['duplicate keys spelt in two ways', '{"hook":"a","h\\u006fok":"b"}', ['hook_unlisted', 'keys_repeated']],
  [
    'duplicate keys deep inside',
    '{"hook":"a","x":[{"y":{"z":1,"z":2}}]}',
    ['hook_unlisted', 'keys_repeated'],
  ],
  ['one key in two objects', '{"hook":"a","x":{"hook":1},"y":[{"hook":1},{"hook":2}]}', ['hook_unlisted']],
  ['a key that is a value too', '{"hook":"a","x":"hook","y":["hook","hook"]}', ['hook_unlisted']],
  ['a byte order mark', `\uFEFF${JSON.stringify(UPDATE)}`, ['receipt']],
  ['nothing', '', ['not_json']],
  ['a form', 'data=%7B%7D', ['not_json']],
  ['half an object', '{"hook":', ['not_json']],
])('reads %s', (_name, text, expected) => {
  expect(namesIn(text)).toEqual(expected);
});

test('takes the last of duplicate keys', () => {
  const text = JSON.stringify(UPDATE).replace('"ack":1', '"ack":1,"ack":3');
  expect(readBody(text, NOW)).toMatchObject({
    callbacks: [{ callback: { receipt: 'read' } }, { callback: { name: 'keys_repeated' }, raw: text }],
  });
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 25 })), (text) => {
      expect(['not_json', 'callbacks']).toContain(readBody(text, NOW).kind);
    }),
  );
});
