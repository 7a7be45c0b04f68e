import fc from 'fast-check';
import { maskNumber, maskText, maskUrl } from '../../src/domain/mask.js';

const LONG_RUN = /\d{8,}/;

describe('maskNumber', () => {
  it.each([
    ['972501234567', '972…67'],
    ['+972501234567', '+972…67'],
    ['IL.1605856887361213', 'IL.160…13'],
    ['12345678', '…78'],
    ['IL.12345', 'IL.…45'],
    ['IL.ENT.11815799212886844830', 'IL.ENT.118…30'],
    ['US.somebodyElse', 'US.som…se'],
    ['US.x', '…'],
    ['1234', '…'],
    ['', '…'],
    ['Dana Levi', '…'],
  ])('shows %j as %j', (number, masked) => {
    expect(maskNumber(number)).toBe(masked);
  });

  it('never shows a run of 8 digits, whatever it is given', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), digits(0, 40)), (text) => !LONG_RUN.test(maskNumber(text))));
  });

  it('hides at least five digits of a number, or three of a short one', () => {
    fc.assert(
      fc.property(digits(8, 15), (number) => {
        const shown = maskNumber(number).replace('…', '').length;
        return number.length - shown >= (number.length >= 10 ? 5 : 3);
      }),
    );
  });
});

describe('maskUrl', () => {
  it.each([
    ['https://files.example/a/b.pdf?X-Amz-Signature=abc', 'https://files.example/a/b.pdf'],
    ['https://files.example/a.pdf#page=2', 'https://files.example/a.pdf'],
    ['https://user:pass@files.example:8443/a.pdf', 'https://files.example:8443/a.pdf'],
    ['rediss://default:pa@ss@redis.example:6380/2', 'rediss://redis.example:6380/2'],
    ['redis://[::1]:6379/0', 'redis://[::1]:6379/0'],
    ['redis://:pa?ss@redis.example', 'redis://…'],
    ['https://files.example/972501234567/a.pdf', 'https://files.example/972…67/a.pdf'],
    ['https://hooks.example/webhooks/s3cret-token', 'https://hooks.example/webhooks/…'],
    ['not a link?really', 'not a link'],
    ['', ''],
  ])('shows %j as %j', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });

  it('drops user, password, query and fragment of any link', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.uuid(), fc.constantFrom('?', '#'), (url, secret, cut) => {
        const masked = maskUrl(`${url.replace('://', `://u:${secret}@`)}${cut}${secret}`);
        expect(masked).not.toContain(secret);
        expect(masked).not.toMatch(/[?#]/);
      }),
    );
  });
});

describe('maskText', () => {
  it.each([
    ['to 972501234567 failed', 'to 972…67 failed'],
    ['to +972 50-123 4567 failed', 'to +972…67 failed'],
    ['to 050-1234567 failed', 'to 050…67 failed'],
    ['to (050) 123 4567 failed', 'to 050…67 failed'],
    ['to +49 30/1234567 failed', 'to +493…67 failed'],
    ['to 972.50.123.4567 failed', 'to 972…67 failed'],
    [
      'to \uff19\uff17\uff12\uff15\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17 failed',
      'to \uff19\uff17\uff12…\uff16\uff17 failed',
    ],
    ['to 97250\u200e1234567 failed', 'to 972…67 failed'],
    ['from IL.ENT.aBcDeFgHiJ', 'from IL.ENT.aBc…iJ'],
    ['from US.a1B2c3D4e5', 'from US.a1B…e5'],
    [
      'HTTP 503 at 2026-11-22 09:30, 192.168.100.200, 1234.56789 s',
      'HTTP 503 at 2026-11-22 09:30, 192.168.100.200, 1234.56789 s',
    ],
    ['503 2026-11-22 0501234567', '503 2026-11-22 050…67'],
    ['invoice-2026-000123 of 2026-000123', 'invoice-2026-000123 of 2026-000123'],
    ['to=972-50-123-4567', 'to=972…67'],
    ['GET https://a.example/x?sig=1 (timeout)', 'GET https://a.example/x (timeout)'],
    ['{"url":"https://a.example/x?sig=1","n":1}', '{"url":"https://a.example/x","n":1}'],
    ['POST /webhooks/t0ken-t0ken?x=1', 'POST /webhooks/…'],
    ['route /v1/deliveries?to=IL.1605856887361213', 'route /v1/deliveries'],
    ['redis://:hunter2@redis:6379 is away', 'redis://redis:6379 is away'],
    ['from https://a.example/p,https://u:p@b.example/q', 'from https://a.example/p,https://b.example/q'],
    ['2025-11-22T10:00:00.000Z took 1234567 ms', '2025-11-22T10:00:00.000Z took 1234567 ms'],
    ['really? yes', 'really? yes'],
  ])('shows %j as %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it('lets no run of 8 digits of its input survive', () => {
    const piece = fc.oneof(fc.string(), digits(1, 20), fc.constantFrom('+', ' ', '-', '://', '?', '/', '@'));
    fc.assert(fc.property(fc.array(piece), (pieces) => !LONG_RUN.test(maskText(pieces.join('')))));
  });

  it('changes nothing the second time', () => {
    const piece = fc.oneof(fc.string(), digits(1, 20), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = maskText(pieces.join(' '));
        expect(maskText(once)).toBe(once);
      }),
    );
  });

  it('cuts the query of every link among other words', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.uuid(), (url, secret) => {
        expect(maskText(`fetch of ${url}?token=${secret} failed`)).not.toContain(secret);
      }),
    );
  });
});

function digits(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
}
