import { randomBytes } from 'node:crypto';
import { fileOfLink, hostAndName, isSignedInPath, withoutQuery } from '../../src/domain/link-identity.js';
import { OPAQUE_TOKENS, SIGNED_PAYLOADS } from '../support/signed-links.js';

const HOST = 'https://files.example.com';

describe('fileOfLink', () => {
  it.each(Object.entries({ ...SIGNED_PAYLOADS, ...OPAQUE_TOKENS }))(
    'is the same after signing anew: %s',
    (_what, sign) => {
      for (let round = 0; round < 200; round += 1) {
        expect(fileOfLink(sign(7, 'invoice.pdf'))).toBe(fileOfLink(sign(7, 'invoice.pdf')));
        expect(isSignedInPath(sign(7, 'invoice.pdf'))).toBe(true);
      }
    },
  );

  it.each(Object.entries(SIGNED_PAYLOADS))('tells two files of one name apart: %s', (_what, sign) => {
    expect(fileOfLink(sign(7, 'invoice.pdf'))).not.toBe(fileOfLink(sign(8, 'invoice.pdf')));
  });

  it.each(Object.entries({ ...SIGNED_PAYLOADS, ...OPAQUE_TOKENS }))('keeps the name: %s', (_what, sign) => {
    expect(fileOfLink(sign(7, 'invoice.pdf'))).not.toBe(fileOfLink(sign(7, 'receipt.pdf')));
  });

  it.each([
    ['a number', '/7'],
    ['a UUID', '/550e8400-e29b-41d4-a716-446655440000'],
    ['a ULID', '/01HQ3K4N5M6P7R8S9TABCDEFGH'],
    ['an ObjectId', '/507f1f77bcf86cd799439011'],
    ['a short id', '/NffrFeUfNV2Hib'],
    ['words', '/invoices-for-the-second-quarter-2026'],
    ['words with capitals', '/Quarterly-Report-2026-Final-Version'],
    ['words run together', '/OurBestInvoiceTemplates2026'],
    ['quarters and letters', '/reports-2026q3-for-client-A'],
    ['another script, percent-encoded', '/%D7%97%D7%A9%D7%91%D7%95%D7%A0%D7%99%D7%95%D7%AA'],
    ['a long number', '/customer-1234567890123456789'],
    ['a time that stands alone', '/1466614620'],
    ['a partition by date', '/year=2026/month=11'],
    ['nothing', ''],
  ])('leaves a path alone that holds %s', (_what, path) => {
    expect(fileOfLink(`${HOST}${path}/invoice.pdf?sig=1`)).toBe(`${HOST}${path}/invoice.pdf`);
  });

  it.each([
    ['the token', `${HOST}/file/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/view`],
    ['the name', `${HOST}/d/${randomBytes(32).toString('base64url')}.pdf`],
    ['the name without an extension', `${HOST}/d/${randomBytes(32).toString('base64url')}`],
    ['a long host', `https://${'x'.repeat(40)}.example.com/7/invoice.pdf`],
    ['what is no payload', `${HOST}/eyJ.x/invoice.pdf`],
    ['a path that is not percent-encoded as it should be', `${HOST}/%E0%A4%A/invoice.pdf`],
  ])('leaves %s where nothing else tells the file', (_what, link) => {
    expect(fileOfLink(link)).toBe(link);
    expect(isSignedInPath(link)).toBe(false);
  });
});

it('takes host and name of a link, whatever is between', () => {
  expect(hostAndName(`${HOST}/7/a/invoice.pdf?x=/y.pdf`)).toBe(hostAndName(`${HOST}/invoice.pdf#8`));
  expect(hostAndName(`${HOST}/7/invoice.pdf`)).not.toBe(hostAndName('https://x.example/7/invoice.pdf'));
  expect(withoutQuery(`${HOST}/a.pdf?b#c`)).toBe(`${HOST}/a.pdf`);
});
