import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';

const TO = '972501234567';
const template = { name: 'your_file', language: 2, variables: ['{caption}', 'for {metadata.client}'] };
const redis = withRedis();
let stack: Stack;

beforeEach(async () => {
  stack = await startStack(redis.url, {
    account: { onClosedWindow: 'template', template },
  });
  stack.sandbox.windowLeft(TO, 0);
});
afterEach(() => stack.close());

async function send(id: string, more: Readonly<Record<string, unknown>> = {}) {
  await stack.waybill.enqueue(requestTo(TO, { id, caption: id, metadata: { client: 'Ada' }, ...more }));
  return stack.waybill.wait(id, 'accepted', { timeoutMs: 15_000 });
}

const accepted = () => stack.sandbox.accepted().map(({ kind, caption }) => [kind, caption]);

it('sends templates until the client replies, then files', async () => {
  // The provider refuses the first file; from then on the window is known to be closed.
  await send('one');
  await send('two');
  stack.sandbox.reply(TO, 'hi');
  await stack.sandbox.idle();
  await send('three');
  expect(stack.sandbox.accepted().map(({ kind }) => kind)).toEqual(['template', 'template', 'file']);
  expect(stack.sandbox.bill()).toMatchObject([{ to: TO, messages: 3 }]);
});

it('carries the file in the header and fills in the variables', async () => {
  await send('one', { fileUrl: 'https://files.example.com/ticket.jpg' });
  const call = stack.sandbox.requests().find(({ endpoint }) => endpoint === 'sendTemplate');
  expect(call?.fields).toMatchObject({
    name: 'your_file',
    language: 2,
    headerType: 3,
    headerLink: 'https://files.example.com/ticket.jpg',
    bodyVariable1: 'one',
    bodyVariable2: 'for Ada',
  });
});

it('never sends the file too, when nobody can say what became of the template', async () => {
  stack.sandbox.fault({ kind: 'reset_after_accepting', on: ['sendTemplate'] });
  stack.sandbox.fault({ kind: 'http', status: 503, on: ['getHistory'], times: 'always' });
  await stack.waybill.enqueue(requestTo(TO, { id: 'one', caption: 'one' }));
  await stack.waybill.wait('one', 'unknown', { timeoutMs: 15_000 });
  stack.sandbox.reply(TO, 'hi');
  await stack.sandbox.idle();
  stack.sandbox.clearFaults();
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 30_000 });
  expect(accepted()).toHaveLength(1);
  expect(stack.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile')).toHaveLength(1);
});

it('refuses audio when it is enqueued', async () => {
  const audio = stack.waybill.enqueue(requestTo(TO, { fileUrl: 'https://files.example.com/voice.mp3' }));
  await expect(audio).rejects.toMatchObject({ code: 'VALIDATION', errors: [{ pointer: '/onClosedWindow' }] });
});
