import fc from 'fast-check';
import type { AccountTemplate } from '../../src/domain/account.js';
import type { Delivery } from '../../src/domain/delivery.js';
import { MEDIA_TYPES } from '../../src/domain/media.js';
import {
  fillVariables,
  isUsableVariable,
  TEMPLATE_HEADER_TYPES,
  templateFaults,
} from '../../src/domain/template.js';
import { DELIVERY } from './samples.js';

function named(...variables: readonly string[]): AccountTemplate {
  return { name: 'document_ready', variables };
}

describe('fillVariables', () => {
  it.each<[string, string]>([
    ['{caption}', 'Your invoice'],
    ['Order {metadata.order}: {caption}', 'Order 4711: Your invoice'],
    ['{caption}, {caption}', 'Your invoice, Your invoice'],
    ['plain', 'plain'],
    ['', ''],
    ['{metadata.nothing}', ''],
    ['{nothing}', ''],
    ['{order}', ''],
    ['{metadata.}', ''],
    ['{metadata.constructor}', ''],
    ['{metadata.__proto__}', ''],
    ['{constructor}', ''],
    ['{not a name} {}', '{not a name} {}'],
    ['{{caption}}', '{Your invoice}'],
    ['Hi,\nyour\tinvoice', 'Hi, your invoice'],
    ['  a \r\n\u00a0 b\u2028c\u0085d ', 'a b c d'],
  ])('fills %j to %j', (variable, filled) => {
    expect(fillVariables(named(variable), DELIVERY)).toEqual([filled]);
  });

  it('keeps their order and number', () => {
    expect(fillVariables(named('{metadata.order}', '', '{caption}'), DELIVERY)).toEqual([
      '4711',
      '',
      'Your invoice',
    ]);
  });

  it('has nothing for a caption that is not there', () => {
    expect(fillVariables(named('{caption}'), { ...DELIVERY, caption: null })).toEqual(['']);
  });

  it('puts values in as they are, never as instructions', () => {
    const delivery = { ...DELIVERY, caption: '$& {metadata.order} $1', metadata: { order: '{caption}' } };
    expect(fillVariables(named('{caption}', '{metadata.order}'), delivery)).toEqual([
      '$& {metadata.order} $1',
      '{caption}',
    ]);
  });

  it('puts what it fills in on one line', () => {
    const delivery = { ...DELIVERY, caption: 'Hi,\n\nyour\tinvoice     7\n' };
    expect(fillVariables(named('{caption}'), delivery)).toEqual(['Hi, your invoice 7']);
  });

  it('never makes what WhatsApp refuses, but for nothing at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (caption, variable) => {
        const [filled = ''] = fillVariables(named(`${variable}{caption}`), { ...DELIVERY, caption });
        expect(filled).not.toMatch(/[\n\r\t]| {2}|^ | $/);
      }),
    );
  });

  it('fills any name of any metadata with that field, or with nothing', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/),
      fc.constantFrom('valueOf', '__proto__', 'a'),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), name, (metadata, key) => {
        const value = Object.hasOwn(metadata, key) ? String(metadata[key]) : '';
        const expected = value.replace(/\s+/g, ' ').trim();
        expect(fillVariables(named(`{metadata.${key}}`), { ...DELIVERY, metadata })).toEqual([expected]);
      }),
    );
  });
});

describe('TEMPLATE_HEADER_TYPES', () => {
  it('are the provider’s numbers; audio has none', () => {
    expect(TEMPLATE_HEADER_TYPES).toEqual({ image: 3, video: 4, document: 5, audio: null });
    expect(Object.keys(TEMPLATE_HEADER_TYPES).sort()).toEqual([...MEDIA_TYPES].sort());
  });
});

describe('templateFaults', () => {
  const faultsOf = (template: AccountTemplate | null, change: Partial<Delivery> = {}, isOwn = false) =>
    templateFaults({ ...DELIVERY, ...change, template, isOwn });

  it('has an end where no template is named', () => {
    const detail = expect.stringMatching(/no template is named: give one, or hold or fail instead$/);
    expect(faultsOf(null)).toEqual([{ pointer: '/onClosedWindow', detail }]);
  });

  it.each<[AccountTemplate, Partial<Delivery>, string, RegExp]>([
    [named(), { mediaType: 'audio' }, '/onClosedWindow', /cannot carry audio: hold or fail instead$/],
    [named('{caption}'), { caption: 'x'.repeat(1025) }, '/onClosedWindow', /1025 characters.*at most 1024/],
    [named('ab', '{caption}'), { caption: 'x'.repeat(1023) }, '/onClosedWindow', /1025 characters/],
    [named('{caption}'), { caption: null }, '/caption', /^must not be empty: variable 1 of the account/],
    [named('x', 'Re: {caption}', '{caption}'), { caption: ' \n ' }, '/caption', /variable 3/],
    [named('{metadata.order}'), { metadata: {} }, '/metadata/order', /^must not be empty/],
    [named('{metadata.a.b}'), {}, '/metadata/a.b', /^must not be empty/],
    [named('{name}'), {}, '/onClosedWindow', /variable 1 .* comes out empty/],
    [named(''), {}, '/onClosedWindow', /variable 1 .* comes out empty/],
  ])(
    'refuses what an account’s template could never carry (%#)',
    (...[template, change, pointer, detail]) => {
      expect(faultsOf(template, change)).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
    },
  );

  it.each<[AccountTemplate, Partial<Delivery>, string, RegExp]>([
    [named('x', ''), {}, '/template/variables/1', /^comes out empty, .*: give it a text$/],
    [named(' \t'), {}, '/template/variables/0', /give it a text$/],
    [named('{caption}'), { caption: '' }, '/template/variables/0', /give caption, or another text$/],
    [named('{metadata.a}{caption}'), { caption: '' }, '/template/variables/0', /metadata.a or caption/],
    [named('{caption}'), { caption: 'x'.repeat(1025) }, '/template/variables', /^come to 1025 characters/],
  ])('points into the delivery’s own template (%#)', (...[template, change, pointer, detail]) => {
    expect(faultsOf(template, change, true)).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it('tells of a missing caption once, however many variables want it', () => {
    expect(faultsOf(named('{caption}', '{caption}'), { caption: null })).toHaveLength(1);
  });

  it.each<[AccountTemplate, Partial<Delivery>]>([
    [named(), {}],
    [named('{caption}'), { caption: 'x'.repeat(1024) }],
    [named('{caption}'), { caption: `x${' '.repeat(2000)}y` }],
    [named('{caption}'), { caption: '😀'.repeat(1024) }],
    [named(), { mediaType: 'image' }],
    [named(), { mediaType: 'video' }],
  ])('finds nothing wrong with what it can (%#)', (template, change) => {
    expect(faultsOf(template, change)).toEqual([]);
  });
});

describe('isUsableVariable', () => {
  it.each([
    ['{caption}', true],
    ['Order {metadata.order}', true],
    ['plain', true],
    ['{metadata.order}', true],
    ['', false],
    [' \n', false],
    ['{name}', false],
    ['{metadata.}', false],
    ['half \ud83d', false],
    ['x'.repeat(1025), false],
  ])('%j: %s', (variable, usable) => {
    expect(isUsableVariable(variable)).toBe(usable);
  });
});
