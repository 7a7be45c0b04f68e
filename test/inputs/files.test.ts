import { FACES, type Faces, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

beforeEach(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  faces = await openFaces({ url: redis.url, waybill: stack.waybill });
});
afterEach(async () => {
  await faces.close();
  await stack.close();
});

const TO = '972501234567';
const HOST = 'https://files.example.com';

type Refused = readonly [fact: string, path: string, mediaType: string | undefined, detail: RegExp];

const REFUSED: readonly Refused[] = [
  ['an iPhone’s photo', '/IMG_0001.HEIC', 'image', /^ends in .heic, .*: convert it to jpg or png$/],
  ['a program', '/setup.exe', 'image', /^ends in .exe, .*: send it inside a zip$/],
  ['a program as a document', '/setup.exe', 'document', /^ends in .exe/],
  ['webp, which WhatsApp has for stickers alone', '/photo.webp', 'image', /convert it to jpg or png/],
  ['an iPhone’s film', '/clip.mov', 'video', /convert it to mp4/],
  ['a recording', '/call.wav', 'audio', /convert it to mp3/],
  ['an export of a sheet', '/report.csv', 'document', /convert it to pdf, or send it inside a zip/],
  ['a page that is no file', '/invoice.html', 'document', /ends in .html/],
  ['two extensions: the last one says it', '/invoice.pdf.exe', undefined, /ends in .exe/],
  ['an extension behind a query', '/photo.heic?name=photo.jpg', 'image', /ends in .heic/],
  [
    'a type that contradicts',
    '/invoice.pdf',
    'image',
    /ends in .pdf, which is document, but mediaType says image/,
  ],
  ['nothing that says what it is', '/download?id=7', undefined, /does not tell what it is/],
];

it.each(FACES)('refuses by %s what WhatsApp does not take, and says what to send', async (face) => {
  const [fact, path, mediaType] = REFUSED[0] ?? [];
  const answer = await faces.enqueue(face, { to: TO, fileUrl: `${HOST}${path}`, mediaType });
  expect({ fact, told: JSON.stringify(answer) }).toEqual({
    fact,
    told: expect.stringMatching(/ends in .heic, which WhatsApp does not take: convert it to jpg or png/),
  });
});

it.each(REFUSED)('refuses %s', async (...[, path, mediaType, detail]) => {
  const answer = await faces.enqueue('http', { to: TO, fileUrl: `${HOST}${path}`, mediaType });
  const errors = [{ pointer: '/fileUrl', detail: expect.stringMatching(detail) }];
  expect(answer).toEqual({ taken: false, errors });
});

it.each([
  ['no extension', '/download?id=7', 'document'],
  ['a version in the path', '/v1.2/file', 'image'],
  ['a version at its end', '/v1.2', 'document'],
  ['a script that serves files', '/download.php?id=7', 'document'],
  ['a page of ASP.NET that does', '/Invoice.aspx', 'document'],
  ['a name that ends in a dot', '/invoice.', 'document'],
  ['sound that WhatsApp lists and the provider does not', '/voice.m4a', 'audio'],
])('leaves to mediaType what the path does not say: %s', async (_what, path, mediaType) => {
  const answer = await faces.enqueue('http', { to: TO, fileUrl: `${HOST}${path}`, mediaType });
  expect(answer).toMatchObject({ taken: true, warnings: [] });
});

type Page = readonly [name: string, fileUrl: string, direct: RegExp];

// As the "Copy link" of each gives them; ids are made up.
const PAGES: readonly Page[] = [
  ['Google Drive', 'https://drive.google.com/file/d/1AbC/view?usp=sharing', /uc\?export=download&id=/],
  ['Google Drive, old', 'https://drive.google.com/open?id=1AbC', /uc\?export=download&id=/],
  ['Google Docs', 'https://docs.google.com/document/d/1AbC/edit', /export\?format=pdf/],
  ['Dropbox', 'https://www.dropbox.com/scl/fi/a1/invoice.pdf?rlkey=S3CRET&dl=0', /dl=1/],
  ['Dropbox, without dl', 'https://dropbox.com/s/a1/invoice.pdf', /dl=1/],
  ['OneDrive', 'https://1drv.ms/b/s!AbC', /no direct form/],
  ['SharePoint', 'https://shop.sharepoint.com/:b:/s/team/AbC?e=S3CRET', /download=1/],
  ['Box', 'https://app.box.com/s/abc123', /shared\/static/],
  ['WeTransfer', 'https://we.tl/t-AbC', /no direct form/],
  ['iCloud', 'https://www.icloud.com/iclouddrive/0AbC#invoice', /no direct form/],
  ['GitHub', 'https://github.com/shop/files/blob/main/invoice.pdf', /raw/],
];

it.each(PAGES)('warns of a page of %s, and names the direct form', async (...[, fileUrl, direct]) => {
  const answer = await faces.enqueue('http', { to: TO, fileUrl, mediaType: 'document' });
  const warnings = [{ pointer: '/fileUrl', detail: expect.stringMatching(direct) }];
  expect(answer).toMatchObject({ taken: true, warnings });
  expect(JSON.stringify(answer)).not.toContain('S3CRET');
});

it.each([
  'https://drive.google.com/uc?export=download&id=1AbC',
  'https://docs.google.com/document/d/1AbC/export?format=pdf',
  'https://www.dropbox.com/scl/fi/a1/invoice.pdf?rlkey=x&dl=1',
  'https://www.dropbox.com/s/a1/invoice.pdf?raw=1',
  'https://shop.sharepoint.com/:b:/s/team/AbC?e=x&download=1',
  'https://app.box.com/shared/static/abc123.pdf',
  'https://raw.githubusercontent.com/shop/files/main/invoice.pdf',
  'https://notdropbox.com/s/a1/invoice.pdf',
])('has nothing to say of %s', async (fileUrl) => {
  const answer = await faces.enqueue('http', { to: TO, fileUrl, mediaType: 'document' });
  expect(answer).toMatchObject({ taken: true, warnings: [] });
});

it('tells in the sandbox what becomes of a share page: taken, and failed later', async () => {
  await faces.enqueue('http', {
    to: TO,
    fileUrl: 'https://1drv.ms/b/s!AbC',
    mediaType: 'document',
    id: 'one',
  });
  await eventually(async () => (await stack.waybill.get('one')).status === 'failed');
  expect(stack.sandbox.accepted()).toHaveLength(1);
});

it.each(['voice.mp3', 'ptt.ogg', 'call.amr'])(
  'warns that the caption of %s is not shown, as it is not',
  async (file) => {
    const fields = { to: TO, fileUrl: `${HOST}/${file}`, caption: 'listen', id: 'one' };
    const answer = await faces.enqueue('http', fields);
    expect(answer).toMatchObject({
      taken: true,
      warnings: [{ pointer: '/caption', detail: /not shown/ }].map((warning) => ({
        ...warning,
        detail: expect.stringMatching(warning.detail),
      })),
    });
    await stack.waybill.wait('one', 'accepted', { timeoutMs: 20_000 });
    expect(stack.sandbox.accepted()).toMatchObject([{ body: fields.fileUrl, caption: null }]);
    expect(stack.sandbox.requests({ endpoint: 'sendFile' })).toMatchObject([
      { fields: { caption: 'listen' } },
    ]);
  },
);

it('finds audio whose reply was lost by its link: the history has no caption', async () => {
  stack.sandbox.fault({ kind: 'lose_reply' });
  await faces.enqueue('http', { to: TO, fileUrl: `${HOST}/voice.mp3`, caption: 'listen', id: 'one' });
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 30_000 });
  expect(stack.sandbox.accepted()).toHaveLength(1);
}, 60_000);

it('has no warning for audio without a caption', async () => {
  for (const caption of [undefined, null, '']) {
    const answer = await faces.enqueue('http', { to: TO, fileUrl: `${HOST}/voice.mp3`, caption });
    expect(answer).toMatchObject({ taken: true, warnings: [] });
  }
});
