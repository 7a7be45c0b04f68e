import { FACES, type Faces, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { type Stack, startStack } from '../support/stack.js';

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

const FINE = { to: '972501234567', fileUrl: 'https://files.example.com/invoice.pdf', caption: 'Invoice 7' };

it.each(FACES)('delivers what comes by %s', async (face) => {
  const answer = await faces.enqueue(face, FINE);
  expect(answer).toEqual({ taken: true, id: expect.any(String), warnings: [] });
  if (answer.taken) await stack.waybill.wait(answer.id, 'delivered', { timeoutMs: 20_000 });
  expect(stack.sandbox.accepted()).toMatchObject([{ to: FINE.to, caption: FINE.caption }]);
});

it.each(FACES)('says what is wrong with what comes by %s', async (face) => {
  const answer = await faces.enqueue(face, { ...FINE, to: '12' });
  expect(answer).toMatchObject({ taken: false, errors: [{ detail: expect.stringMatching(/\w/) }] });
  expect(stack.sandbox.accepted()).toEqual([]);
});
