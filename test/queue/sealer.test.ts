import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openRequest, type SealedPart, sealRequest } from '../../src/domain/seal.js';
import { createSealer } from '../../src/queue/sealer.js';
import { PLAIN } from '../support/sealing.js';

const K1 = { id: 'k1', key: Buffer.alloc(32, 1) };
const K2 = { id: 'k2', key: Buffer.alloc(32, 2) };
const OWNER = { from: '972771234567', id: 'invoice-7' };
const byK1 = createSealer(() => [K1]);
const parts: readonly SealedPart[] = ['request', 'metadata', 'original_request'];
const anyOwner = fc.record({ from: fc.string(), id: fc.string() });
const bytesOf = (sealed: string) => Buffer.from(sealed.split('.')[2] ?? '', 'base64url');

it('opens whatever it has sealed, and shows none of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), anyOwner, fc.constantFrom(...parts), (text, owner, part) => {
      const keys = [{ id: 'k', key: randomBytes(32) }];
      const sealer = createSealer(() => keys);
      const sealed = sealer.seal(text, owner, part);
      expect(sealed).toMatch(/^wb1\.k\.[\w-]{38,}$/);
      expect(bytesOf(sealed)).toHaveLength(12 + Buffer.byteLength(text) + 16);
      // A half of a pair of surrogates is no character, and is written as none.
      expect(sealer.open(sealed, owner, part)).toBe(Buffer.from(text).toString());
    }),
  );
});

it('never seals the same text in the same way', () => {
  const sealed = Array.from({ length: 1000 }, () => byK1.seal('hello', OWNER, 'request'));
  const ivs = sealed.map((text) => bytesOf(text).subarray(0, 12).toString('hex'));
  expect(new Set(ivs).size).toBe(1000);
});

it('opens for no other delivery, account or part', () => {
  const sealed = byK1.seal('hello', OWNER, 'request');
  expect(byK1.open(sealed, OWNER, 'request')).toBe('hello');
  for (const [owner, part] of [
    [{ ...OWNER, id: 'invoice-8' }, 'request'],
    [{ ...OWNER, from: '972771234568' }, 'request'],
    [{ from: `${OWNER.from}","`, id: OWNER.id }, 'request'],
    [OWNER, 'metadata'],
  ] as const) {
    expect(() => byK1.open(sealed, owner, part)).toThrow('does not open with the data key k1');
  }
});

it('does not open once a single bit of it has changed', () => {
  const sealed = byK1.seal('a caption', OWNER, 'request');
  const bytes = bytesOf(sealed);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const text = `wb1.k1.${changed.toString('base64url')}`;
    expect(() => byK1.open(text, OWNER, 'request')).toThrow('WAYBILL_DATA_KEY');
  }
});

it('opens with every key that it has, and seals with the first', () => {
  const old = byK1.seal('hello', OWNER, 'request');
  const both = createSealer(() => [K2, K1]);
  expect(both.open(old, OWNER, 'request')).toBe('hello');
  expect(both.seal('hello', OWNER, 'request')).toMatch(/^wb1\.k2\./);
});

it('names the key that is missing, and the setting', () => {
  const sealed = byK1.seal('hello', OWNER, 'request');
  const error = { code: 'DATA_KEY' };
  expect(() => PLAIN.open(sealed, OWNER, 'request')).toThrow(expect.objectContaining(error));
  expect(() => PLAIN.open(sealed, OWNER, 'request')).toThrow('key k1, and WAYBILL_DATA_KEY is not set here');
  const byK2 = createSealer(() => [K2]);
  expect(() => byK2.open(sealed, OWNER, 'request')).toThrow(
    'key k1, which WAYBILL_DATA_KEY does not have here',
  );
});

it('takes keys as they are at each moment', () => {
  let keys = [K1];
  const sealer = createSealer(() => keys);
  const sealed = sealer.seal('hello', OWNER, 'request');
  keys = [K2, K1];
  expect(sealer.open(sealed, OWNER, 'request')).toBe('hello');
  keys = [K2];
  expect(() => sealer.open(sealed, OWNER, 'request')).toThrow('k1');
});

describe('marks', () => {
  it('are the same under the same key, and another under each', () => {
    const [mark, ...others] = byK1.marks('text');
    expect(createSealer(() => [K1]).marks('text')[0]).toBe(mark);
    expect(byK1.marks('other')[0]).not.toBe(mark);
    expect(others).toEqual(PLAIN.marks('text'));
    const both = createSealer(() => [K2, K1]).marks('text');
    expect(both.slice(1)).toEqual([mark, ...others]);
    expect(new Set(both).size).toBe(3);
  });

  it('are those of the versions before it where there is no key', () => {
    // SHA-256 of "text", which records are known by.
    expect(PLAIN.marks('text')).toEqual(['mC2ePrmW9VnmM_TRlN7zdh']);
  });
});

describe('a request', () => {
  const request = {
    to: '972501234567',
    priority: 'high',
    sendAt: 1,
    fileUrl: 'https://files.example.com/a.pdf?s=1',
    caption: 'hi',
    template: { name: 't', variables: ['Ann'] },
    metadata: { order: '7' },
  };

  it('keeps in clear what scripts and other clients go by, and opens as it was', () => {
    const sealed = sealRequest(request, OWNER, byK1);
    expect(sealed).toEqual({ to: '972501234567', priority: 'high', sendAt: 1, sealed: expect.any(String) });
    expect(openRequest(sealed, OWNER, byK1)).toEqual(request);
  });

  it('is the very same where there is no key, or it is sealed already', () => {
    expect(sealRequest(request, OWNER, PLAIN)).toBe(request);
    expect(openRequest(request, OWNER, byK1)).toBe(request);
    const sealed = sealRequest(request, OWNER, byK1);
    expect(sealRequest(sealed, OWNER, byK1)).toBe(sealed);
  });

  it.each([null, 'text', 7, [], { sealed: 7 }, { sealed: 'of somebody else' }])(
    'that is none of ours stays as it is: %j',
    (data) => {
      expect(openRequest(data, OWNER, byK1)).toBe(data);
    },
  );
});
