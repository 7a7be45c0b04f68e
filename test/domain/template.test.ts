import fc from 'fast-check';
import type { AccountTemplate } from '../../src/domain/account.js';
import type { Delivery } from '../../src/domain/delivery.js';
import { MEDIA_TYPES } from '../../src/domain/media.js';
import { fillVariables, TEMPLATE_HEADER_TYPES, templateProblem } from '../../src/domain/template.js';
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

  it('fills any name of any metadata with that field, or with nothing', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/),
      fc.constantFrom('valueOf', '__proto__', 'a'),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), name, (metadata, key) => {
        const expected = Object.hasOwn(metadata, key) ? metadata[key] : '';
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

describe('templateProblem', () => {
  it('has an end where no template is named', () => {
    expect(templateProblem(null, DELIVERY)).toMatch(
      /no template is named: give one, or hold or fail instead$/,
    );
  });

  it.each<[AccountTemplate, Partial<Delivery>, RegExp]>([
    [named(), { mediaType: 'audio' }, /cannot carry audio: hold or fail instead$/],
    [named('{caption}'), { caption: 'x'.repeat(1025) }, /1025 characters: at most 1024/],
    [named('ab', '{caption}'), { caption: 'x'.repeat(1023) }, /1025 characters: at most 1024/],
  ])('refuses what a template could never carry (%#)', (template, change, problem) => {
    expect(templateProblem(template, { ...DELIVERY, ...change })).toMatch(problem);
  });

  it.each<[AccountTemplate, Partial<Delivery>]>([
    [named(), {}],
    [named('{caption}'), { caption: 'x'.repeat(1024) }],
    [named('{caption}'), { caption: '😀'.repeat(1024) }],
    [named(), { mediaType: 'image' }],
    [named(), { mediaType: 'video' }],
  ])('finds nothing wrong with what it can (%#)', (template, change) => {
    expect(templateProblem(template, { ...DELIVERY, ...change })).toBeNull();
  });
});
