import fc from 'fast-check';
import type { AccountTemplate } from '../../src/domain/account.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { DELIVERY_ID, parseRequest, type RequestContext, requestSchema } from '../../src/queue/request.js';

const NOW = Date.UTC(2026, 10, 22, 9, 30);
const TEMPLATE: AccountTemplate = { name: 'document_ready', variables: ['{caption}'] };
const CONTEXT: RequestContext = {
  id: 'order-4711',
  from: '972771234567',
  askedAt: NOW,
  account: { onClosedWindow: 'hold', template: null },
};
const REQUEST = { to: '972501234567', fileUrl: 'https://files.example/a/invoice.pdf' };
const EVERYTHING = {
  id: 'order-4711',
  from: 'shop',
  to: '+972-50-123 4567',
  fileUrl: 'https://files.example/download?id=7',
  mediaType: 'document',
  caption: 'Your invoice',
  replyTo: '92E0',
  localStorage: true,
  showRequest: true,
  fileSizeBytes: 120_000,
  sendAt: '2026-11-23T08:00:00+02:00',
  expiresAt: NOW + 2 * DAY,
  priority: 'high',
  strictOrder: true,
  onClosedWindow: 'template',
  onUnknown: 'resend_if_absent',
  template: { name: 'document_ready', language: 1, variables: ['{caption}'] },
  metadata: { order: '4711' },
};

describe('a request', () => {
  it('needs no more than a recipient and a link', () => {
    expect(parseRequest(REQUEST, CONTEXT)).toEqual({
      ok: true,
      warnings: [],
      delivery: {
        id: 'order-4711',
        from: '972771234567',
        to: '972501234567',
        fileUrl: 'https://files.example/a/invoice.pdf',
        mediaType: 'document',
        caption: null,
        replyTo: null,
        localStorage: false,
        showRequest: false,
        sendAt: NOW,
        expiresAt: NOW + DAY,
        priority: 'normal',
        strictOrder: false,
        onClosedWindow: null,
        onUnknown: null,
        template: null,
        metadata: {},
      },
    });
  });

  it('may say everything', () => {
    expect(parseRequest(EVERYTHING, CONTEXT)).toEqual({
      ok: true,
      warnings: [],
      delivery: {
        id: 'order-4711',
        from: '972771234567',
        to: '972501234567',
        fileUrl: 'https://files.example/download?id=7',
        mediaType: 'document',
        caption: 'Your invoice',
        replyTo: '92E0',
        localStorage: true,
        showRequest: true,
        sendAt: Date.UTC(2026, 10, 23, 6),
        expiresAt: NOW + 2 * DAY,
        priority: 'high',
        strictOrder: true,
        onClosedWindow: 'template',
        onUnknown: 'resend_if_absent',
        template: { name: 'document_ready', language: 1, variables: ['{caption}'] },
        metadata: { order: '4711' },
      },
    });
  });

  it('takes its id and account from where it came, not from its own words', () => {
    const parsed = parseRequest({ ...REQUEST, id: 'mine', from: 'desk' }, CONTEXT);
    expect(parsed).toMatchObject({ ok: true, delivery: { id: 'order-4711', from: '972771234567' } });
  });

  it('reads undefined as absent, as JSON does', () => {
    const blank = Object.fromEntries(Object.keys(EVERYTHING).map((name) => [name, undefined]));
    expect(parseRequest({ ...blank, ...REQUEST }, CONTEXT)).toEqual(parseRequest(REQUEST, CONTEXT));
    const parsed = parseRequest({ ...REQUEST, template: { name: 'x', language: undefined } }, CONTEXT);
    expect(parsed).toMatchObject({ ok: true, delivery: { template: { name: 'x', variables: [] } } });
  });

  it('reads null as absent, and the empty forms of PHP as empty', () => {
    const blank = Object.fromEntries(Object.keys(EVERYTHING).map((name) => [name, null]));
    expect(parseRequest({ ...blank, ...REQUEST }, CONTEXT)).toEqual(parseRequest(REQUEST, CONTEXT));
    const template = { name: 'x', language: null, variables: {} };
    const parsed = parseRequest({ ...REQUEST, template, metadata: [] }, CONTEXT);
    expect(parsed).toMatchObject({
      ok: true,
      delivery: { template: { name: 'x', variables: [] }, metadata: {} },
    });
    const gaps = parseRequest({ ...REQUEST, metadata: { order: '7', shop: null } }, CONTEXT);
    expect(gaps).toMatchObject({ ok: true, delivery: { metadata: { order: '7' } } });
    expect(gaps).not.toHaveProperty('delivery.metadata.shop');
  });

  it('has its link in one form, without what is around it', () => {
    const parsed = parseRequest({ ...REQUEST, fileUrl: ' https://Files.example/דוח.pdf\n' }, CONTEXT);
    expect(parsed).toMatchObject({
      ok: true,
      delivery: { fileUrl: 'https://files.example/%D7%93%D7%95%D7%97.pdf' },
      warnings: [{ pointer: '/fileUrl', detail: 'the white space around the link was removed' }],
    });
  });

  it.each([
    ['IL.1605856887361213', 'IL.1605856887361213'],
    ['972501234567@c.us', '972501234567'],
  ])('goes to %s', (to, recipient) => {
    expect(parseRequest({ ...REQUEST, to }, CONTEXT)).toMatchObject({
      ok: true,
      delivery: { to: recipient },
    });
  });

  it.each([
    ['no time: now, and a day', {}, {}, [NOW, NOW + DAY]],
    ['sendAt: from then on a day', { sendAt: NOW + HOUR }, {}, [NOW + HOUR, NOW + HOUR + DAY]],
    ['the job’s delay stands in for sendAt', {}, { sendAt: NOW + HOUR }, [NOW + HOUR, NOW + HOUR + DAY]],
    ['but not against it', { sendAt: NOW + 1 }, { sendAt: NOW + HOUR }, [NOW + 1, NOW + 1 + DAY]],
    ['expiresAt alone', { expiresAt: NOW + 1 }, {}, [NOW, NOW + 1]],
  ] as const)('has its times settled: %s', (...[, times, job, [sendAt, expiresAt]]) => {
    const parsed = parseRequest({ ...REQUEST, ...times }, { ...CONTEXT, ...job });
    expect(parsed).toMatchObject({ ok: true, delivery: { sendAt, expiresAt } });
  });

  it.each([
    ['2026-11-22T09:30:00Z', NOW],
    ['2026-11-22T11:30:00+02:00', NOW],
    ['2026-11-22T09:30:00.123456Z', NOW + 123],
    ['9999-12-31T22:59:59.999Z', Date.UTC(9999, 11, 31, 22, 59, 59, 999)],
    [NOW, NOW],
  ])('reads the time %s', (sendAt, time) => {
    const parsed = parseRequest({ ...REQUEST, sendAt }, CONTEXT);
    expect(parsed).toMatchObject({ ok: true, delivery: { sendAt: time } });
  });

  it('counts a caption’s characters, not its code units', () => {
    expect(parseRequest({ ...REQUEST, caption: 'ש'.repeat(1024) }, CONTEXT)).toMatchObject({ warnings: [] });
    expect(parseRequest({ ...REQUEST, caption: '😀'.repeat(1024) }, CONTEXT)).toMatchObject({ ok: true });
  });

  it('keeps its metadata apart from what every object has', () => {
    const metadata: unknown = JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}');
    const parsed = parseRequest({ ...REQUEST, metadata }, CONTEXT);
    expect(parsed).toMatchObject({ ok: true, delivery: { metadata: { constructor: 'a', toString: 'b' } } });
    expect({}.constructor).toBe(Object);
  });
});

const TIME =
  /^must be epoch milliseconds or ISO 8601 with seconds and zone, for example 2026-11-22T09:30:00Z$/;
const METADATA = /^must be an object of at most 16 strings with names of 1 to 64$/;

describe('a field that is wrong', () => {
  it.each<[string, unknown, RegExp]>([
    ['/id', '', /^must be a string of 1 to 128 characters out of A-Z a-z 0-9 /],
    ['/id', 'a b', /^must be a string of 1 to 128/],
    ['/id', 'a\n', /^must be a string of 1 to 128/],
    ['/id', 'x'.repeat(129), /^must be a string of 1 to 128/],
    ['/id', 4711, /^must be a string of 1 to 128/],
    ['/from', '', /^must be a string of 1 to 64 characters$/],
    ['/from', 972771234567, /^must be a string of 1 to 64 characters$/],
    ['/to', undefined, /^is missing: give the number with its country code, for example "972501234567"$/],
    ['/to', 972501234567, /^must be a string: give the number with its country code/],
    ['/to', null, /^is missing: give the number/],
    ['/to', '0501234567', /^begins with 0: give the country code instead/],
    ['/to', '1203630123456789@g.us', /^is a group: .* one client$/],
    ['/to', 'Dana', /^is neither a number /],
    ['/fileUrl', undefined, /^is missing: give an https link to the file$/],
    ['/fileUrl', null, /^is missing: give an https link/],
    ['/fileUrl', 7, /^must be a string: give an https link/],
    ['/fileUrl', 'http://files.example/a.pdf', /^is not an https link: it must begin with https:\/\/$/],
    ['/fileUrl', 'https://files.example/a', /^does not tell what it is: .* or give mediaType$/],
    ['/mediaType', 'pdf', /^must be one of image, video, audio, document$/],
    ['/fileUrl', 'https://files.example/a.exe', /^ends in .exe, .*: send it inside a zip$/],
    ['/caption', 7, /^must be a string of 0 to 1024 characters$/],
    ['/caption', 'x'.repeat(1025), /^must be a string of 0 to 1024 characters$/],
    ['/caption', '😀'.repeat(1025), /^must be a string of 0 to 1024 characters$/],
    ['/caption', 'smile \ud83d', /^holds half of a character, U\+D83D as character 7: give whole ones/],
    ['/caption', 'a\u0000', /^holds a control character, U\+0000 as character 2: leave it out$/],
    ['/replyTo', '\ude00', /^holds half of a character/],
    ['/from', 'sh\udc00p', /^holds half of a character/],
    ['/template/name', { name: 'a\ud800' }, /^holds half of a character/],
    ['/template/variables/1', { name: 'x', variables: ['y', '\ud83d'] }, /^holds half of a character/],
    ['/metadata/order', { order: '\ud83d' }, /^holds half of a character/],
    ['/metadata/\ud83d', { '\ud83d': 'x' }, /^has a name that holds half of a character/],
    ['/replyTo', '', /^must be a string of 1 to 512 characters$/],
    ['/replyTo', false, /^must be a string of 1 to 512 characters$/],
    ['/replyTo', 'x'.repeat(513), /^must be a string of 1 to 512 characters$/],
    ['/localStorage', 1, /^must be true or false$/],
    ['/showRequest', 'true', /^must be true or false$/],
    ['/fileSizeBytes', 0, /^must be a whole number from 1 to /],
    ['/fileSizeBytes', -1.5, /^must be a whole number from 1 to /],
    ['/fileSizeBytes', '1', /^must be a whole number from 1 to /],
    ['/fileSizeBytes', Number.NaN, /^must be a whole number from 1 to /],
    ['/fileSizeBytes', 104_857_601, /^is over the limit of 100 MB for document: send a smaller file$/],
    ['/sendAt', 'tomorrow', TIME],
    ['/sendAt', '2026-11-22', TIME],
    ['/sendAt', '2026-11-22T09:30:00', TIME],
    ['/sendAt', '2026-02-30T09:30:00Z', TIME],
    ['/sendAt', '1970-01-01T00:00:00Z', TIME],
    ['/sendAt', NOW / 1000, TIME],
    ['/sendAt', NOW + 0.5, TIME],
    ['/sendAt', -1, TIME],
    ['/sendAt', 1e15, TIME],
    ['/sendAt', 1e300, TIME],
    ['/expiresAt', '', TIME],
    ['/expiresAt', NOW, /^must be later than sendAt, or than now where that is absent$/],
    ['/expiresAt', NOW - 1, /^must be later than sendAt/],
    ['/priority', 'urgent', /^must be one of high, normal, low$/],
    ['/priority', 1, /^must be one of high, normal, low$/],
    ['/strictOrder', 'no', /^must be true or false$/],
    ['/onClosedWindow', 'drop', /^must be one of hold, fail, template$/],
    ['/onClosedWindow', 'template', /^is template, but no template is named: give one, or /],
    ['/onUnknown', 'resend', /^must be one of hold, resend_if_absent$/],
    ['/template', 'document_ready', /^must be an object of name, language, variables$/],
    ['/template/name', { name: '' }, /^must be a string of 1 to 512 characters$/],
    ['/template/name', {}, /^is missing: give a string of 1 to 512 characters$/],
    ['/template/name', [], /^is missing/],
    ['/template/name', { name: null }, /^is missing/],
    ['/template/variables/0', { name: 'x', variables: [null] }, /^is missing/],
    ['/template/language', { name: 'x', language: 'he' }, /^must be a whole number from 1 to 99$/],
    ['/template/variables', { name: 'x', variables: 'y' }, /^must be an array of strings$/],
    [
      '/template/variables',
      { name: 'x', variables: Array(11).fill('') },
      /^must be an array of at most 10 strings$/,
    ],
    [
      '/template/variables/1',
      { name: 'x', variables: ['', 1] },
      /^must be a string of 0 to 1024 characters$/,
    ],
    ['/template/header', { name: 'x', header: 3 }, /^is no field; the fields are name, language, variables$/],
    ['/metadata', 'order', METADATA],
    ['/metadata', ['order'], METADATA],
    ['/metadata', Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`field${at}`, ''])), METADATA],
    ['/metadata/', { '': 'x' }, METADATA],
    [`/metadata/${'x'.repeat(65)}`, { ['x'.repeat(65)]: '' }, METADATA],
    ['/metadata/order', { order: 4711 }, /^must be a string of 0 to 256 characters$/],
    ['/metadata/order', { order: 'x'.repeat(257) }, /^must be a string of 0 to 256 characters$/],
    ['/metadata/a~1b~0c', { 'a/b~c': 7 }, /^must be a string of 0 to 256 characters$/],
    [
      '/url',
      'https://files.example/a.pdf',
      /^is no field; the fields are id, from, to, fileUrl, mediaType, caption, /,
    ],
    ['/__proto__', 'x', /^is no field/],
  ])('%s is told what would be right (%#)', (pointer, value, detail) => {
    const name = pointer.split('/')[1] ?? '';
    const request = Object.fromEntries([...Object.entries(REQUEST), [name, value]]);
    expect(parseRequest(request, CONTEXT)).toEqual({
      ok: false,
      errors: [{ pointer, detail: expect.stringMatching(detail) }],
    });
  });

  it.each([null, undefined, 'text', 7, [], [REQUEST]])('%j is no request at all', (input) => {
    expect(parseRequest(input, CONTEXT)).toEqual({
      ok: false,
      errors: [
        { pointer: '', detail: expect.stringMatching(/^must be an object of id, from, to, fileUrl, /) },
      ],
    });
  });

  it('escapes what JSON pointers do', () => {
    expect(parseRequest({ ...REQUEST, 'a/b~c': 1 }, CONTEXT)).toMatchObject({
      errors: [{ pointer: '/a~1b~0c' }],
    });
  });

  it('is told together with all others', () => {
    const shapes = { caption: 7, priority: 'urgent', url: 'x', link: 'y' };
    expect(pointersOf(shapes)).toEqual(['/caption', '/fileUrl', '/link', '/priority', '/to', '/url']);
    const all = { ...shapes, to: '050', fileUrl: 'ftp://files.example', expiresAt: NOW };
    expect(pointersOf(all)).toEqual([
      '/caption',
      '/expiresAt',
      '/fileUrl',
      '/link',
      '/priority',
      '/to',
      '/url',
    ]);
    const more = { ...REQUEST, id: 'a b', fileSizeBytes: 1e9, onClosedWindow: 'template', sendAt: 'soon' };
    expect(pointersOf(more)).toEqual(['/fileSizeBytes', '/id', '/onClosedWindow', '/sendAt']);
    const typed = { ...REQUEST, mediaType: 'pdf', fileUrl: 'https://files.example/a', to: '1' };
    expect(pointersOf(typed)).toEqual(['/mediaType', '/to']);
    const values = { to: '050', fileUrl: 'ftp://files.example', sendAt: NOW, expiresAt: NOW };
    expect(pointersOf(values)).toEqual(['/expiresAt', '/fileUrl', '/to']);
    const together = { ...REQUEST, fileSizeBytes: 1e9, onClosedWindow: 'template' };
    expect(pointersOf(together)).toEqual(['/fileSizeBytes', '/onClosedWindow']);
  });

  function pointersOf(request: unknown): readonly string[] {
    const parsed = parseRequest(request, CONTEXT);
    return parsed.ok ? [] : parsed.errors.map(({ pointer }) => pointer).sort();
  }
});

describe('a template', () => {
  const withTemplate = { ...CONTEXT, account: { onClosedWindow: 'template', template: TEMPLATE } } as const;
  const withoutTemplate = { ...CONTEXT, account: { onClosedWindow: 'template', template: null } } as const;
  const audio = { ...REQUEST, fileUrl: 'https://files.example/a.mp3' };

  it('may come from the account', () => {
    const withCaption = { ...REQUEST, caption: 'Your invoice' };
    expect(parseRequest({ ...withCaption, onClosedWindow: 'template' }, withTemplate)).toMatchObject({
      ok: true,
    });
    expect(parseRequest(withCaption, withTemplate)).toMatchObject({ ok: true, delivery: { template: null } });
  });

  it('may be the delivery’s own', () => {
    expect(parseRequest({ ...REQUEST, template: { name: 'x' } }, withoutTemplate)).toMatchObject({
      ok: true,
    });
  });

  it('must be one that can carry the file', () => {
    expect(parseRequest(audio, withTemplate)).toEqual({
      ok: false,
      errors: [{ pointer: '/onClosedWindow', detail: expect.stringMatching(/audio: hold or fail instead$/) }],
    });
  });

  it.each([
    [{ caption: null }, '/caption'],
    [{ caption: ' \n' }, '/caption'],
    [{ template: { name: 'x', variables: ['{caption}', 'y'] } }, '/template/variables/0'],
    [{ template: { name: 'x', variables: ['y', ''] }, caption: 'x' }, '/template/variables/1'],
    [{ template: { name: 'x', variables: ['{metadata.order}'] }, metadata: {} }, '/template/variables/0'],
  ])('must not have a variable that comes out empty: %j', (change, pointer) => {
    const empty = { ok: false, errors: [{ pointer }] };
    expect(parseRequest({ ...REQUEST, ...change }, withTemplate)).toMatchObject(empty);
    expect(parseRequest({ ...REQUEST, ...change, onClosedWindow: 'hold' }, withTemplate).ok).toBe(true);
  });

  it('is not asked about where the policy is another', () => {
    expect(parseRequest({ ...audio, onClosedWindow: 'hold' }, withTemplate)).toMatchObject({ ok: true });
    expect(parseRequest({ ...audio, template: { name: 'x' } }, CONTEXT)).toMatchObject({ ok: true });
  });
});

describe('a warning', () => {
  const signed = `${REQUEST.fileUrl}?X-Amz-Date=20261122T093000Z&X-Amz-Expires=3600`;

  it.each([
    [
      'a size between the two readings of MB',
      { fileSizeBytes: 100_000_001 },
      '/fileSizeBytes',
      /100 MB for document/,
    ],
    ['a caption whose emoji may count twice', { caption: '😀'.repeat(513) }, '/caption', /1024 characters/],
    ['a link that stops working early', { fileUrl: signed }, '/fileUrl', /stops working before expiresAt/],
    ['a page that shows the file', { fileUrl: 'https://www.dropbox.com/s/x/a.pdf?dl=0' }, '/fileUrl', /dl=1/],
    [
      'a caption under audio',
      { fileUrl: 'https://files.example/a.mp3', caption: 'x' },
      '/caption',
      /not shown/,
    ],
    ['a caption that was read wrongly', { caption: 'caf\ufffd' }, '/caption', /wrong encoding/],
    ['a host that looks private', { fileUrl: 'https://10.0.0.7/a.pdf' }, '/fileUrl', /may not reach it/],
  ] as const)('goes with %s', (...[, change, pointer, detail]) => {
    expect(parseRequest({ ...REQUEST, ...change }, CONTEXT)).toMatchObject({
      ok: true,
      warnings: [{ pointer, detail: expect.stringMatching(detail) }],
    });
  });

  it.each([
    ['a size well below the limit', { fileSizeBytes: 100_000_000 }],
    ['a caption at the limit', { caption: '😀'.repeat(512) }],
    ['a link that outlives the delivery', { fileUrl: signed, expiresAt: NOW + HOUR }],
    ['a public host', { fileUrl: 'https://files.example/a.pdf' }],
  ])('does not go with %s', (_name, change) => {
    expect(parseRequest({ ...REQUEST, ...change }, CONTEXT)).toMatchObject({ ok: true, warnings: [] });
  });

  it('may come with others', () => {
    const request = {
      ...REQUEST,
      fileUrl: signed.replace('files.example', 'nas.local'),
      fileSizeBytes: 104_857_600,
    };
    const parsed = parseRequest(request, CONTEXT);
    expect(parsed.ok && parsed.warnings.map(({ pointer }) => pointer)).toEqual([
      '/fileSizeBytes',
      '/fileUrl',
      '/fileUrl',
    ]);
  });
});

describe('DELIVERY_ID', () => {
  it.each([
    ['a', true],
    ['dlv_01JDAXR4Y0', true],
    ['A-z.0_9~', true],
    ['', false],
    ['a/b', false],
    ['a:b', false],
    ['é', false],
    ['j~17', false],
    ['j-17', true],
    ['~j~17', true],
  ])('%s: %s', (id, right) => {
    expect(DELIVERY_ID.test(id)).toBe(right);
  });

  it('has 128 characters at most', () => {
    expect(DELIVERY_ID.test('x'.repeat(128))).toBe(true);
    expect(DELIVERY_ID.test('x'.repeat(129))).toBe(false);
  });
});

describe('any JSON', () => {
  const nearMiss = fc
    .dictionary(fc.constantFrom(...Object.keys(EVERYTHING), '__proto__', 'a/b~c', ''), fc.jsonValue(), {
      maxKeys: 4,
    })
    .map((changes) => ({ ...EVERYTHING, ...changes }));

  it('is read without throwing; what is refused has pointers into it, and words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearMiss, fc.anything()), (input) => {
        const parsed = parseRequest(input, CONTEXT);
        if (parsed.ok) return;
        expect(parsed.errors.length).toBeGreaterThan(0);
        for (const { pointer, detail } of parsed.errors) {
          expect(pointer).toMatch(/^(\/([^~]|~[01])*)?$/s);
          expect(detail).toMatch(
            /must|give|leave|is no field|is neither|begins|hold or fail|8 to 15|at most|write|encode|agree|convert|send/,
          );
        }
      }),
    );
  });

  it('that is taken has a delivery with whole times in their order', () => {
    fc.assert(
      fc.property(nearMiss, (input) => {
        const parsed = parseRequest(input, CONTEXT);
        if (!parsed.ok) return;
        expect(Number.isSafeInteger(parsed.delivery.sendAt)).toBe(true);
        expect(parsed.delivery.expiresAt).toBeGreaterThan(parsed.delivery.sendAt);
      }),
    );
  });
});

describe('requestSchema', () => {
  it('knows every field of the request', () => {
    expect(Object.keys(requestSchema.shape)).toEqual(Object.keys(EVERYTHING));
  });
});
