import { runCli } from '../cli/cli-in-process.js';
import { FACES, type Faces, JSON_FACES, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { SHOP, type Stack, type StackOptions, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

async function open(options: StackOptions = {}): Promise<void> {
  stack = await startStack(redis.url, options);
  const { account = {} } = options;
  faces = await openFaces({ url: redis.url, waybill: stack.waybill, account });
}
afterEach(async () => {
  await faces.close();
  await stack.close();
});

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';
const OWN = { name: 'document_ready', variables: ['{caption}'] };
const asTemplate = { onClosedWindow: 'template', template: OWN };

const variablesOf = async (id: string) => {
  await stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
  return stack.sandbox.accepted({ to: TO }).map(({ template }) => template?.variables);
};

// WhatsApp Cloud API, error 132018: no line breaks, no tabs, at most four spaces in a row.
it.each(FACES)('sends a caption of several lines as one line of a template, by %s', async (face) => {
  await open();
  const fields = { to: TO, fileUrl: FILE, id: 'one', caption: 'Hi,\nyour invoice', ...asTemplate };
  await expect(faces.enqueue(face, fields)).resolves.toMatchObject({ taken: true });
  await expect(variablesOf('one')).resolves.toEqual([['Hi, your invoice']]);
});

it.each([
  ['Windows line ends', 'Hi,\r\n\r\nyour invoice', 'Hi, your invoice'],
  ['tabs of a sheet', 'Sum:\t100', 'Sum: 100'],
  ['five spaces', 'a     b', 'a b'],
  ['line breaks of other kinds', 'a\u2028b\u0085c', 'a b c'],
  ['blanks around it', ' \n a \n', 'a'],
])('puts %s on one line in variables, and leaves them in captions', async (_what, caption, variable) => {
  await open();
  await faces.enqueue('http', { to: TO, fileUrl: FILE, id: 'one', caption, ...asTemplate });
  await expect(variablesOf('one')).resolves.toEqual([[variable]]);
  stack.sandbox.reply('972507654321', 'hi');
  await faces.enqueue('http', { to: '972507654321', fileUrl: FILE, id: 'two', caption, ...asTemplate });
  await stack.waybill.wait('two', 'accepted', { timeoutMs: 20_000 });
  expect(stack.sandbox.accepted({ to: '972507654321' })).toMatchObject([{ kind: 'file', caption }]);
});

it.each([
  ['no caption', {}, '/template/variables/0'],
  ['a caption of blanks', { caption: ' \n\t' }, '/template/variables/0'],
  ['an empty variable', { template: { name: 'x', variables: ['a', ''] } }, '/template/variables/1'],
  ['a name that is none', { template: { name: 'x', variables: ['{name}'] } }, '/template/variables/0'],
  [
    'metadata that is not there',
    { template: { name: 'x', variables: ['{metadata.order}'] }, metadata: { Order: '7' } },
    '/template/variables/0',
  ],
])('refuses a variable that comes out empty on every face: %s', async (_what, fields, pointer) => {
  await open();
  for (const face of JSON_FACES) {
    const answer = await faces.enqueue(face, { to: TO, fileUrl: FILE, ...asTemplate, ...fields });
    expect({ face, answer }).toEqual({
      face,
      answer: { taken: false, errors: [{ pointer, detail: expect.stringMatching(/^comes out empty/) }] },
    });
  }
  expect(stack.sandbox.accepted({ to: TO })).toEqual([]);
});

describe('an account with a template of its own', () => {
  const withTemplate = { template: { name: 'bill', variables: ['{metadata.order}', '{caption}'] } };
  const always = { account: { ...withTemplate, onClosedWindow: 'template' } };

  it.each([
    [{ metadata: { order: '7' } }, ['/caption']],
    [{ caption: 'x' }, ['/metadata/order']],
    [{}, ['/metadata/order', '/caption']],
  ])('points to what it is filled with: %j', async (fields, pointers) => {
    await open(always);
    const answer = await faces.enqueue('http', { to: TO, fileUrl: FILE, ...fields });
    const errors = pointers.map((pointer) => ({
      pointer,
      detail: expect.stringMatching(/^must not be empty/),
    }));
    expect(answer).toEqual({ taken: false, errors });
  });

  it('is not asked where the delivery never goes as a template', async () => {
    await open(always);
    const answer = await faces.enqueue('http', { to: TO, fileUrl: FILE, onClosedWindow: 'hold' });
    expect(answer).toMatchObject({ taken: true });
  });

  it('is asked where the delivery wants a template and the account would not', async () => {
    await open({ account: withTemplate });
    const answer = await faces.enqueue('http', { to: TO, fileUrl: FILE, onClosedWindow: 'template' });
    expect(answer).toMatchObject({
      taken: false,
      errors: [{ pointer: '/metadata/order' }, { pointer: '/caption' }],
    });
  });

  it('keeps the caption that it needs from being taken away', async () => {
    await open({ account: withTemplate });
    const fields = {
      caption: 'x',
      metadata: { order: '7' },
      onClosedWindow: 'template',
      sendAt: Date.now() + 3_600_000,
    };
    await faces.enqueue('http', { to: TO, fileUrl: FILE, id: 'one', ...fields });
    const changed = await faces.api.call('PATCH', '/v1/deliveries/one', { body: { caption: null } });
    expect(changed).toMatchObject({ status: 422, json: { errors: [{ pointer: '/caption' }] } });
  });
});

it.each([
  ['is empty', ''],
  ['is of blanks', ' \n'],
  ['names what is never filled in', '{name}'],
  ['is too long', 'x'.repeat(1025)],
  ['holds half of a character', 'x\ud83d'],
])('refuses at start an account whose variable %s', async (_what, variable) => {
  const account = { ...SHOP, template: { name: 'bill', variables: ['{caption}', variable] } };
  const { code, stderr } = await runCli(['config'], { WAYBILL_ACCOUNTS: JSON.stringify([account]) });
  expect(code).toBe(2);
  expect(stderr).toMatch(/\/0\/template\/variables\/1 .*cannot come out empty/);
});

describe('the sandbox', () => {
  const call = (variable: string) =>
    fetch(`${stack.sandbox.url}/sendTemplate`, {
      method: 'POST',
      body: JSON.stringify({
        apiKey: SHOP.apiKey,
        from: SHOP.from,
        to: TO,
        name: 'x',
        headerType: 5,
        headerLink: FILE,
        bodyVariable1: variable,
      }),
    }).then((answer) => answer.json());

  it.each(['a\nb', 'a\rb', 'a\tb', 'a     b', '', ' '])(
    'refuses the variable %j, as WhatsApp does',
    async (variable) => {
      await open();
      await expect(call(variable)).resolves.toMatchObject({ status: 'FAIL' });
    },
  );

  it('takes four spaces in a row, and everything where it is told to', async () => {
    await open();
    await expect(call('a    b')).resolves.toMatchObject({ status: 'OK' });
    await faces.close();
    await stack.close();
    await open({ sandbox: { strictVariables: false } });
    await expect(call('a\nb')).resolves.toMatchObject({ status: 'OK' });
  });
});
