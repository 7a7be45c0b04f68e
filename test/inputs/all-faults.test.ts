import { runCli } from '../cli/cli-in-process.js';
import { startApi } from '../support/api.js';
import { type Faces, JSON_FACES, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { SHOP, type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

beforeEach(async () => {
  stack = await startStack(redis.url);
  faces = await openFaces({ url: redis.url, waybill: stack.waybill });
});
afterEach(async () => {
  await faces.close();
  await stack.close();
});

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';

type Wrong = readonly [fact: string, fields: Readonly<Record<string, unknown>>, pointers: readonly string[]];

/** Each has faults of several kinds, which different steps find. */
const WRONG: readonly Wrong[] = [
  [
    'an unknown field beside a recipient, a link and a time',
    { to: '050', fileUrl: 'http://files.example.com/a.pdf', expiresAt: 1, color: 'red' },
    ['/color', '/expiresAt', '/fileUrl', '/to'],
  ],
  [
    'a mistyped field beside a size and a template',
    { to: TO, fileUrl: FILE, caption: 7, fileSizeBytes: 1e9, onClosedWindow: 'template', template: 'x' },
    ['/caption', '/fileSizeBytes', '/template'],
  ],
  [
    'missing fields beside wrong ones',
    { priority: 'urgent', metadata: { a: 7 }, replyTo: '' },
    ['/fileUrl', '/metadata/a', '/priority', '/replyTo', '/to'],
  ],
  [
    'a template without what it needs beside a recipient',
    {
      to: 'somebody',
      fileUrl: FILE,
      onClosedWindow: 'template',
      template: { name: 'x', variables: ['{caption}'] },
    },
    ['/template/variables/0', '/to'],
  ],
  [
    'times in the wrong order beside a type that is none',
    { to: TO, fileUrl: 'https://files.example.com/a', mediaType: 'pdf', sendAt: 2e12, expiresAt: 1.9e12 },
    ['/expiresAt', '/mediaType'],
  ],
];

it.each(JSON_FACES)('tells every fault of a request at once, by %s', async (face) => {
  for (const [fact, fields, pointers] of WRONG) {
    const answer = await faces.enqueue(
      face,
      fields.to === undefined ? { to: undefined, fileUrl: undefined, ...fields } : fields,
    );
    const told = answer.taken ? [] : answer.errors.map(({ pointer }) => pointer).sort();
    expect({ fact, told }).toEqual({ fact, told: pointers });
  }
});

it('tells every fault of a sheet’s row at once', async () => {
  const answer = await faces.enqueue('csv file', {
    to: '050',
    fileUrl: 'http://x.example/a.pdf',
    priority: 'urgent',
    fileSizeBytes: 'big',
  });
  expect(answer).toMatchObject({
    taken: false,
    errors: expect.arrayContaining(
      ['/to', '/fileUrl', '/priority', '/fileSizeBytes'].map((pointer) =>
        expect.objectContaining({ pointer }),
      ),
    ),
  });
});

describe('the account and the id', () => {
  const pointersOf = (json: unknown) =>
    Object(json)
      .errors.map(({ pointer }: { pointer: string }) => pointer)
      .sort();

  it('are told with the rest by HTTP', async () => {
    const body = { from: 'nobody', to: '050', fileUrl: FILE, id: 'a b', colour: 'red' };
    const headers = { 'idempotency-key': 'not one' };
    const { status, json } = await faces.api.call('POST', '/v1/deliveries?dry=1', { body, headers });
    expect({ status, json }).toMatchObject({ status: 422, json: { code: 'validation' } });
    expect(pointersOf(json)).toEqual([
      '/colour',
      '/from',
      '/headers/idempotency-key',
      '/id',
      '/query/dry',
      '/to',
    ]);
  });

  it('are told by their own code where nothing else is wrong', async () => {
    const { json } = await faces.api.call('POST', '/v1/deliveries', {
      body: { from: 'nobody', to: TO, fileUrl: FILE },
    });
    expect(json).toMatchObject({
      code: 'unknown_account',
      detail: expect.stringMatching(/^\/from is no account/),
    });
  });

  it.each([
    ['unknown', { from: 'nobody' }],
    ['mistyped', { from: 7 }],
    ['missing', {}],
  ])('are told with the rest of a line where the account is %s', async (_what, named) => {
    const two = [SHOP, { ...SHOP, from: '972770000000', name: 'desk' }];
    const api = await startApi(redis.url, { env: { WAYBILL_ACCOUNTS: JSON.stringify(two) } });
    const body = [{ ...named, to: '050', fileUrl: FILE, caption: 7 }];
    const { json } = await api.call('POST', '/v1/deliveries/batch', { body });
    await api.close();
    expect(pointersOf(Object(json)[0].error)).toEqual(['/caption', '/from', '/to']);
  });

  it.each([
    ['unknown', 'nobody'],
    ['missing', undefined],
  ])('are told with the rest by the library where the account is %s', async (_what, from) => {
    const enqueued = stack.waybill.enqueue(Object({ from, to: '050', fileUrl: FILE, colour: 'red' }));
    await expect(enqueued).rejects.toMatchObject({ code: 'VALIDATION' });
    const errors = await enqueued.catch((error: unknown) => Object(error).errors);
    expect(pointersOf({ errors })).toEqual(['/colour', '/from', '/to']);
    const [answer] = await stack.waybill.enqueueMany([Object({ from, to: '050', fileUrl: 7 })]);
    expect(pointersOf(Object(answer).error)).toEqual(['/fileUrl', '/from', '/to']);
  });

  it.each([null, undefined, 'text', 7, []])('tell the library that %j is no request', async (nothing) => {
    const enqueue: (request: never) => Promise<unknown> = stack.waybill.enqueue;
    await expect(Reflect.apply(enqueue, null, [nothing])).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('are told with the rest by a job', async () => {
    const answer = await faces.enqueue('job', { id: 'one', from: 'desk', to: '050', fileUrl: 7 });
    expect(pointersOf(answer)).toEqual(['/fileUrl', '/from', '/to']);
  });
});

it('names every option of a command that is wrong, its account too', async () => {
  const env = { REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) };
  const args = [
    '--to',
    '050',
    '--media-type',
    'pdf',
    '--priority',
    'urgent',
    '--template-language',
    'he',
    '--template',
    'x',
    '--metadata',
    'order',
    '--from',
    'nobody',
    '--id',
    'a b',
  ];
  const { code, stderr } = await runCli(['enqueue', ...args], env);
  expect(code).toBe(2);
  const named = [
    '--to',
    '--file',
    '--media-type',
    '--priority',
    '--template-language',
    '--metadata',
    '--from',
    '--id',
  ];
  for (const option of named) expect(stderr).toMatch(new RegExp(`(^|\\s)${option} (is|must|begins)`));
  expect(stderr).toContain('--metadata must be name=value');
});

it('tells every fault of a change at once', async () => {
  await faces.enqueue('http', { id: 'one', to: TO, fileUrl: FILE, sendAt: Date.now() + 3_600_000 });
  const body = { fileUrl: 'https://files.example.com/a.exe', caption: '\ud83d', expiresAt: 'soon', to: TO };
  const { json } = await faces.api.call('PATCH', '/v1/deliveries/one', { body });
  expect(
    Object(json)
      .errors.map(({ pointer }: { pointer: string }) => pointer)
      .sort(),
  ).toEqual(['/caption', '/expiresAt', '/fileUrl', '/to']);
});

it.each([
  [
    'resolve',
    { outcome: 'maybe', unique: 7, next: 'later', why: 'x' },
    ['/next', '/outcome', '/unique', '/why'],
  ],
  ['resolve', { outcome: 'sent', unique: '', next: 'close' }, ['/next', '/unique']],
  ['resolve', { outcome: 'not_sent', unique: 'x', colour: 'red' }, ['/colour', '/next', '/unique']],
  ['resend', { id: 'a b', localStorage: 1, colour: 'red' }, ['/colour', '/id', '/localStorage']],
] as const)('tells every fault of the body of %s at once: %j', async (verb, body, pointers) => {
  const { status, json } = await faces.api.call('POST', `/v1/deliveries/one/${verb}`, { body });
  expect(status).toBe(422);
  expect(
    Object(json)
      .errors.map(({ pointer }: { pointer: string }) => pointer)
      .sort(),
  ).toEqual(pointers);
});

it('says the first fault in the words of the problem, and how many more there are', async () => {
  const detailOf = async (body: unknown) =>
    Object((await faces.api.call('POST', '/v1/deliveries', { body })).json).detail;
  await expect(detailOf({ to: '050', fileUrl: FILE })).resolves.toEqual(
    expect.stringMatching(/^\/to begins with 0: give the country code instead, for example 972501234567/),
  );
  await expect(detailOf({ to: '050', fileUrl: 7, colour: 'red' })).resolves.toMatch(
    /^\/fileUrl must be a string: .*; 2 more in errors$/,
  );
  await expect(detailOf([])).resolves.toMatch(/^must be an object of id, from, to/);
});
