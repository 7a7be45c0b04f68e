import fc from 'fast-check';
import { type Delivery, identityOf, isPriority } from '../../src/domain/delivery.js';
import { DELIVERY, NOW } from './samples.js';

describe('identityOf', () => {
  it('reads as it stands in stored records', () => {
    expect(identityOf(DELIVERY)).toBe(
      '["972501234567","https://files.example/a/invoice.pdf","Your invoice","document",null]',
    );
  });

  it.each<[string, Partial<Delivery>]>([
    ['the link’s query', { fileUrl: 'https://files.example/a/invoice.pdf?sig=xyz' }],
    ['the link’s fragment', { fileUrl: 'https://files.example/a/invoice.pdf#page=2' }],
    ['the id', { id: 'another' }],
    ['times', { sendAt: NOW + 1, expiresAt: NOW + 2 }],
    ['priority, order and policies', { priority: 'high', strictOrder: true, onUnknown: 'hold' }],
    ['metadata', { metadata: {} }],
    ['how it is sent', { localStorage: true, showRequest: true }],
  ])('does not depend on %s', (_name, change) => {
    expect(identityOf({ ...DELIVERY, ...change })).toBe(identityOf(DELIVERY));
  });

  it.each<[string, Partial<Delivery>]>([
    ['recipient', { to: '972501234568' }],
    ['path', { fileUrl: 'https://files.example/b/invoice.pdf?sig=abc' }],
    ['caption', { caption: 'Your Invoice' }],
    ['caption left out', { caption: null }],
    ['media type', { mediaType: 'image' }],
    ['quoted message', { replyTo: '92E0' }],
  ])('depends on: %s', (_name, change) => {
    expect(identityOf({ ...DELIVERY, ...change })).not.toBe(identityOf(DELIVERY));
  });

  it('stays the same whatever comes after the path', () => {
    const cut = fc.constantFrom('?', '#');
    fc.assert(
      fc.property(fc.webUrl(), cut, fc.string({ unit: 'binary' }), (link, mark, query) => {
        const signed = { ...DELIVERY, fileUrl: `${link}${mark}${query}` };
        expect(identityOf(signed)).toBe(identityOf({ ...DELIVERY, fileUrl: link }));
      }),
    );
  });

  it('never takes two texts for one, whatever separators they hold', () => {
    const text = fc.string({ unit: fc.constantFrom('"', ',', '\\', 'a', '[', '\u0000') });
    const texts = fc.record({ caption: text, replyTo: text });
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const same = one.caption === other.caption && one.replyTo === other.replyTo;
        expect(identityOf({ ...DELIVERY, ...one }) === identityOf({ ...DELIVERY, ...other })).toBe(same);
      }),
    );
  });
});

describe('isPriority', () => {
  it.each([
    ['high', true],
    ['normal', true],
    ['low', true],
    ['urgent', false],
    [10, false],
    [undefined, false],
  ])('%j: %s', (word, known) => {
    expect(isPriority(word)).toBe(known);
  });
});
