import { type Faces, JSON_FACES, openFaces } from '../support/faces.js';
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

const FINE = { to: '972501234567', fileUrl: 'https://files.example.com/invoice.pdf' };

/** As serializers with optional fields write a request: Jackson, System.Text.Json, Go's pointers, pydantic. */
const NULLS = {
  mediaType: null,
  caption: null,
  replyTo: null,
  localStorage: null,
  showRequest: null,
  fileSizeBytes: null,
  sendAt: null,
  expiresAt: null,
  priority: null,
  strictOrder: null,
  onClosedWindow: null,
  onUnknown: null,
  template: null,
  metadata: null,
};

it.each(JSON_FACES)('reads null as an absent field, by %s', async (face) => {
  const answer = await faces.enqueue(face, { ...FINE, ...NULLS, id: 'one' });
  expect(answer).toEqual({ taken: true, id: 'one', warnings: [] });
  await stack.waybill.wait('one', 'accepted', { timeoutMs: 20_000 });
  const [call] = stack.sandbox.requests({ endpoint: 'sendFile' });
  expect(Object.keys(call?.fields ?? {}).sort()).toEqual(['body', 'from', 'to']);
});

type Empty = readonly [fact: string, fields: Readonly<Record<string, unknown>>];

const EMPTY: readonly Empty[] = [
  ['PHP writes an empty array for no metadata', { metadata: [] }],
  ['the same, where it forces objects', { template: { name: 'x', variables: {} } }],
  ['nulls inside', { template: { name: 'x', language: null, variables: null } }],
  ['a value that is not known', { metadata: { order: null, shop: 'main' } }],
];

it.each(JSON_FACES)('reads what is empty as empty, by %s', async (face) => {
  for (const [index, [fact, fields]] of EMPTY.entries()) {
    const answer = await faces.enqueue(face, { ...FINE, id: `empty-${index}`, ...fields });
    expect({ fact, answer }).toMatchObject({ fact, answer: { taken: true, warnings: [] } });
  }
});

it('keeps of metadata what has a value', async () => {
  await faces.enqueue('http', { ...FINE, id: 'one', metadata: { order: null, shop: 'main' } });
  const { metadata } = await stack.waybill.get('one');
  expect(metadata).toEqual({ shop: 'main' });
});

type Wrong = readonly [fields: Readonly<Record<string, unknown>>, pointer: string, detail: RegExp];

const WRONG: readonly Wrong[] = [
  [{ to: null }, '/to', /^is missing: give the number/],
  [{ fileUrl: null }, '/fileUrl', /^is missing: give an https link/],
  [{ template: { name: null } }, '/template/name', /^is missing/],
  [{ template: [] }, '/template/name', /^is missing/],
  [{ template: { name: 'x', variables: [null] } }, '/template/variables/0', /^is missing/],
  [{ metadata: ['order'] }, '/metadata', /^must be an object/],
  [{ template: { name: 'x', variables: { 0: 'a' } } }, '/template/variables', /^must be an array/],
  [{ colour: null }, '/colour', /^is no field/],
  [{ template: { name: 'x', header: null } }, '/template/header', /^is no field/],
];

it.each(JSON_FACES)('still refuses what is wrong, by %s', async (face) => {
  for (const [fields, pointer, detail] of WRONG) {
    const answer = await faces.enqueue(face, { ...FINE, ...fields });
    const errors = [{ pointer, detail: expect.stringMatching(detail) }];
    expect({ fields, answer }).toEqual({ fields, answer: { taken: false, errors } });
  }
});

it('knows the same request with nulls and without as one delivery', async () => {
  await faces.enqueue('http', { ...FINE, id: 'one' });
  const again = await faces.api.call('POST', '/v1/deliveries', {
    body: { from: null, ...FINE, ...NULLS, id: 'one' },
  });
  expect(again).toMatchObject({ status: 200, json: { duplicate: true } });
  const made = await Promise.all([{}, NULLS].map((nulls) => faces.enqueue('ndjson', { ...FINE, ...nulls })));
  expect(Object(made[0]).id).toBe(Object(made[1]).id);
});

it('takes an id and an account of null for none', async () => {
  const { status, json } = await faces.api.call('POST', '/v1/deliveries', {
    body: { ...FINE, id: null, from: null },
    headers: { 'idempotency-key': 'one' },
  });
  expect({ status, json }).toMatchObject({ status: 202, json: { id: 'one' } });
});

describe('other bodies', () => {
  beforeEach(async () => {
    await faces.enqueue('http', { ...FINE, id: 'one', caption: 'old', sendAt: Date.now() + 3_600_000 });
  });

  it('keeps the meaning of a caption of null in a PATCH, and says nothing of other nulls', async () => {
    const body = { caption: null, fileUrl: null, expiresAt: null };
    const changed = await faces.api.call('PATCH', '/v1/deliveries/one', { body });
    expect(changed).toMatchObject({ status: 200 });
    const { request } = await stack.waybill.get('one');
    expect(request).toMatchObject({ fileUrl: FINE.fileUrl });
    expect(request).not.toHaveProperty('caption');
  });

  it('finds nothing to change in nulls alone', async () => {
    const changed = await faces.api.call('PATCH', '/v1/deliveries/one', { body: { fileUrl: null } });
    expect(changed).toMatchObject({
      status: 422,
      json: {
        errors: [{ pointer: '', detail: /must change/ }].map(({ pointer, detail }) => ({
          pointer,
          detail: expect.stringMatching(detail),
        })),
      },
    });
  });

  it.each([null, [], {}, { reason: null }])('pauses an account for %j', async (body) => {
    const paused = await faces.api.call('POST', '/v1/accounts/shop/pause', { body });
    expect(paused).toMatchObject({ status: 200, json: { gate: { state: 'paused', reason: 'operator' } } });
    await faces.api.call('POST', '/v1/accounts/shop/resume');
  });

  it.each([null, [], {}, { id: null, localStorage: null }])('makes a delivery anew for %j', async (body) => {
    const resent = await faces.api.call('POST', '/v1/deliveries/one/resend', { body });
    // It has not failed; its body is fine.
    expect(resent).toMatchObject({ status: 409, json: { code: 'illegal_state' } });
  });

  it('resolves with nulls as without', async () => {
    const resolve = (body: unknown) => faces.api.call('POST', '/v1/deliveries/one/resolve', { body });
    await expect(resolve({ outcome: 'sent', unique: null, next: null })).resolves.toMatchObject({
      status: 409,
    });
    await expect(resolve({ outcome: null })).resolves.toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/outcome' }] },
    });
  });
});
