import fc from 'fast-check';
import { isPrivateHost, LINK_LIMIT, linkExpiresAt, parseFileLink } from '../../src/domain/file-link.js';
import { MEDIA_TYPES, type MediaType } from '../../src/domain/media.js';

describe('parseFileLink', () => {
  it.each<[string, MediaType | undefined, MediaType]>([
    ['https://files.example/a.pdf', undefined, 'document'],
    ['HTTPS://Files.Example/A.PDF', undefined, 'document'],
    ['https://files.example/a.pdf', 'document', 'document'],
    ['https://files.example/download?id=7', 'image', 'image'],
    ['https://files.example/download.php', 'video', 'video'],
    ['https://files.example/a.jpg?name=x.pdf', undefined, 'image'],
    ['https://files.example/a.jpg#page=2.pdf', undefined, 'image'],
    ['https://files.example:8443/a%20b.mp3', undefined, 'audio'],
    ['https://files.example/חשבונית.pdf', undefined, 'document'],
    ['https://files.example/', 'document', 'document'],
  ])('takes %s (%s) as %s', (text, declared, mediaType) => {
    expect(parseFileLink(text, declared)).toEqual({ ok: true, url: new URL(text), mediaType });
  });

  it.each<[string, MediaType | undefined, RegExp]>([
    ['', undefined, /^is not an https link: it must begin with https:\/\//],
    ['files.example/a.pdf', undefined, /^is not an https link/],
    ['http://files.example/a.pdf', undefined, /^is not an https link/],
    ['https:/files.example/a.pdf', undefined, /^is not an https link/],
    ['https:///a.pdf', undefined, /^is not an https link/],
    [' https://files.example/a.pdf', undefined, /^is not an https link/],
    ['https://files.example/a b.pdf', undefined, /^holds a space.*percent-encode it/],
    ['https://files.example/a.pdf ', undefined, /^holds a space/],
    ['https://files.example/a.pdf\n', undefined, /^holds a space/],
    ['https://files.example/\u00a0a.pdf', undefined, /^holds a space/],
    ['https://files.example/a\u200b.pdf', undefined, /^holds a space.*invisible/],
    ['https://files.example/a\u202efdp.jpg', undefined, /^holds a space/],
    ['https://files.example\\@other.example/a.pdf', undefined, /^holds a space, a backslash/],
    ['https://files.example/a\u0000.pdf', undefined, /^holds/],
    ['https://files.example/a\u007f.pdf', undefined, /^holds/],
    ['https://files.example:port/a.pdf', undefined, /^is not a URL: give an https link/],
    ['https://?a.pdf', undefined, /^is not a URL/],
    [
      'https://user@files.example/a.pdf',
      undefined,
      /^holds a user name or password: give a link that needs none/,
    ],
    ['https://user:secret@files.example/a.pdf', undefined, /^holds a user name/],
    ['https://:secret@files.example/a.pdf', undefined, /^holds a user name/],
    ['https://files.example/a', undefined, /^does not tell what it is: .* png .* rar, or give mediaType$/],
    ['https://files.example/a.exe', undefined, /^does not tell what it is/],
    ['https://files.example/?file=a.pdf', undefined, /^does not tell what it is/],
    ['https://files.pdf', undefined, /^does not tell what it is/],
    [
      'https://files.example/a.jpg',
      'document',
      /^ends in .jpg, which is image, but mediaType says document: /,
    ],
  ])('refuses %j (%s): %s', (text, declared, detail) => {
    expect(parseFileLink(text, declared)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });

  it('takes a link of 2048 characters and no more', () => {
    const start = 'https://files.example/a.pdf?';
    expect(parseFileLink(start.padEnd(LINK_LIMIT, 'x'), undefined)).toMatchObject({ ok: true });
    expect(parseFileLink(start.padEnd(2049, 'x'), undefined)).toEqual({
      ok: false,
      detail: 'has 2049 characters: at most 2048 are taken',
    });
  });

  it('takes any string, and repeats nothing of it but its extension', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('https://', 'a.example/', '.jpg', '@', '?', 'S3CRET'),
    );
    const text = fc.array(piece).map((pieces) => `https://${pieces.join('')}`);
    const declared = fc.option(fc.constantFrom(...MEDIA_TYPES), { nil: undefined });
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), declared, (link, mediaType) => {
        const parsed = parseFileLink(link, mediaType);
        if (parsed.ok) expect(parsed.url.protocol).toBe('https:');
        else expect(parsed.detail).not.toMatch(/S3CRET/i);
      }),
    );
  });
});

describe('linkExpiresAt', () => {
  const half = Date.parse('2026-11-22T10:30:00Z');

  it.each([
    ['X-Amz-Date=20261122T093000Z&X-Amz-Expires=3600', half],
    ['x-amz-date=20261122T093000Z&x-amz-expires=3600', half],
    ['X-AMZ-EXPIRES=3600&X-AMZ-DATE=20261122T093000Z', half],
    ['X-Goog-Date=20261122T093000Z&X-Goog-Expires=3600', half],
    ['x-goog-date=20261122T093000Z&x-goog-expires=3600', half],
    ['sv=2024-11-04&se=2026-11-22T10%3A30%3A00Z&sig=x', half],
    ['se=2026-11-22', Date.parse('2026-11-22T00:00:00Z')],
    ['AWSAccessKeyId=x&Expires=1795343400&Signature=y', half],
    ['expires=1795343400', half],
    ['X-Amz-Date=20261122T093000Z&X-Amz-Expires=3600&Expires=1', half],
    ['X-Amz-Expires=3600', null],
    ['X-Amz-Date=20261122T093000Z', null],
    ['X-Amz-Date=20261122T093000Z&X-Goog-Expires=3600', null],
    ['X-Amz-Date=yesterday&X-Amz-Expires=3600', null],
    ['X-Amz-Date=20261322T093000Z&X-Amz-Expires=3600', null],
    ['X-Amz-Date=20261122T093000Z&X-Amz-Expires=-1', null],
    ['X-Amz-Date=20261122T093000Z&X-Amz-Expires=', null],
    ['se=1', null],
    ['se=2026-13-45', null],
    ['se=', null],
    ['Expires=3600', null],
    ['Expires=never', null],
    ['Expires=17953434000000', null],
    ['other=1', null],
    ['', null],
  ])('?%s: %s', (query, time) => {
    expect(linkExpiresAt(new URL(`https://files.example/a.pdf?${query}`))).toBe(time);
  });

  it('is a whole number or null for any query', () => {
    const name = fc.constantFrom(
      'X-Amz-Date',
      'x-amz-expires',
      'X-Goog-Date',
      'X-Goog-Expires',
      'se',
      'Expires',
    );
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('20261122T093000Z', '3600', '1795343400', '2026-11-22'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (parameters) => {
        const url = new URL('https://files.example/a.pdf');
        for (const [key, text] of parameters) url.searchParams.append(key, text);
        const time = linkExpiresAt(url);
        expect(time === null || Number.isSafeInteger(time)).toBe(true);
      }),
    );
  });
});

describe('isPrivateHost', () => {
  it.each([
    'localhost',
    'LOCALHOST.',
    'files.localhost',
    'nas',
    'nas.',
    'nas.local',
    'metadata.google.internal',
    'files.lan',
    'files.corp',
    'expyuzz4wqqyqhjn.onion',
    '203.0.113.1',
    '[64:ff9b::7f00:1]',
    '[3fff::1]',
    'printer.home.arpa',
    'files.default.svc',
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd12:3456::1]',
    '[fc00::1]',
    '[::ffff:127.0.0.1]',
    '[2::1]',
  ])('%s is one', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/a.pdf`))).toBe(true);
  });

  it.each([
    'files.example',
    'files.example.',
    'localhost.example',
    '10.example',
    'local.example',
    'x.127.0.0.example',
    '11.0.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '169.253.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '8.8.8.8',
    '[2001:4860:4860::8888]',
    '[3ffe::1]',
  ])('%s is none', (host) => {
    expect(isPrivateHost(new URL(`https://${host}/a.pdf`))).toBe(false);
  });
});
