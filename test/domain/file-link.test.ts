import fc from 'fast-check';
import {
  isPrivateHost,
  LINK_LIMIT,
  linkExpiresAt,
  parseFileLink,
  trimLink,
} from '../../src/domain/file-link.js';
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
    ['https://files.example/v1.2/file', 'image', 'image'],
    ['https://files.example/v1.2', 'audio', 'audio'],
    ['https://files.example/report.aspx', 'document', 'document'],
    ['https://files.example/voice.m4a', 'audio', 'audio'],
    ['https://files.example/a.pdf/download', 'image', 'image'],
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
    ['https://files.example/a.exe', undefined, /^ends in .exe, which .*: send it inside a zip$/],
    ['https://files.example/a.exe', 'document', /^ends in .exe/],
    ['https://files.example/a.heic', 'image', /^ends in .heic, .*: convert it to jpg or png$/],
    ['https://files.example/a.HEIF?x=.jpg', 'image', /^ends in .heif/],
    ['https://files.example/a.jpg.webp', 'image', /^ends in .webp/],
    ['https://files.example/a%2Emov', 'video', /^ends in .mov, .*: convert it to mp4$/],
    ['https://files.example/a.wav', 'audio', /: convert it to mp3$/],
    ['https://files.example/report.html', 'document', /: convert it to pdf, or send it inside a zip$/],
    ['https://files.example/a\ud83d.pdf', undefined, /^holds half of a character, U\+D83D as character 24/],
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

  it('takes a link of 4096 characters, once it is percent-encoded, and no more', () => {
    const start = 'https://files.example/a.pdf?';
    expect(LINK_LIMIT).toBe(4096);
    expect(parseFileLink(start.padEnd(LINK_LIMIT, 'x'), undefined)).toMatchObject({ ok: true });
    const detail = (length: number) =>
      `has ${length} characters: at most 4096 are taken, counted after percent-encoding`;
    expect(parseFileLink(start.padEnd(4097, 'x'), undefined)).toEqual({ ok: false, detail: detail(4097) });
    const hebrew = `https://files.example/${'ש'.repeat(1000)}.pdf`;
    expect(parseFileLink(hebrew, undefined)).toEqual({ ok: false, detail: detail(6026) });
  });

  it.each([
    [
      'https://files.example/חשבונית.pdf',
      'https://files.example/%D7%97%D7%A9%D7%91%D7%95%D7%A0%D7%99%D7%AA.pdf',
    ],
    ['https://מסמכים.example/a.pdf', 'https://xn--eebdhbar.example/a.pdf'],
    ['HTTPS://Files.Example:443/A.pdf', 'https://files.example/A.pdf'],
    ['https://files.example/a.pdf?name=דוח', 'https://files.example/a.pdf?name=%D7%93%D7%95%D7%97'],
    ['https://files.example/x/../a.pdf', 'https://files.example/a.pdf'],
  ])('has one form of %s', (text, href) => {
    const parsed = parseFileLink(text, undefined);
    expect(parsed.ok && parsed.url.href).toBe(href);
  });

  it.each([
    '?X-Amz-Signature=ab%2Fcd%2bef&X-Amz-Date=20261122T093000Z',
    '?sig=a+b%20c%2B/=&se=2026-11-22T10%3A30%3A00Z',
    '?x=%d7%a9&y=%D7%A9&z=%7e~!*()',
    '?empty=&=&&a=b=c',
    '?Policy=eyJ_~-&Signature=a~b_&Key-Pair-Id=K',
    '?path=a%2F..%2Fb&percent=100%',
  ])('keeps %s byte for byte', (query) => {
    const link = `https://files.example/a%20b/%7Ec%2Fd.pdf${query}`;
    const parsed = parseFileLink(link, undefined);
    expect(parsed.ok && parsed.url.href).toBe(link);
  });

  it('leaves what is encoded as it is, and makes the same of its own form again', () => {
    const encoded = fc.stringMatching(/^([\w.~!*()+=:@$,;/-]|%[0-9a-fA-F]{2}){0,40}$/);
    fc.assert(
      fc.property(encoded, fc.string({ unit: 'grapheme' }), (query, name) => {
        const kept = `https://files.example/f.pdf?${query}`;
        const parsed = parseFileLink(kept, undefined);
        expect(parsed.ok && parsed.url.href).toBe(kept);
        const free = parseFileLink(`https://files.example/${name}/f.pdf`, undefined);
        if (!free.ok) return;
        const again = parseFileLink(free.url.href, undefined);
        expect(again.ok && again.url.href).toBe(free.url.href);
        expect(free.url.href).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });
});

describe('trimLink', () => {
  it.each([
    ' https://a.example/b.pdf',
    'https://a.example/b.pdf\r\n',
    '\ufeffhttps://a.example/b.pdf\u200b\u00a0',
  ])('takes what is around %j away', (text) => {
    expect(trimLink(text)).toBe('https://a.example/b.pdf');
  });

  it('takes nothing out of the middle', () => {
    expect(trimLink('https://a.example/b c.pdf')).toBe('https://a.example/b c.pdf');
  });
});

describe('any text', () => {
  it('is taken or refused, and nothing of it is repeated but its extension', () => {
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
