import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { FROM, type Stack, startStack } from '../../support/stack.js';
import { eventually } from '../../support/wait.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';

const redis = withRedis();
let api: TestApi;
let stack: Stack | undefined;

beforeEach(async () => {
  api = await startApi(redis.url);
});
afterEach(async () => {
  await api.close();
  await stack?.close();
  stack = undefined;
});

const work = async (options: Parameters<typeof startStack>[1] = {}): Promise<Stack> => {
  stack = await startStack(redis.url, options);
  return stack;
};
const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  api.call('POST', '/v1/deliveries', { body, headers });

/** How often records have been read; it only grows. */
const readings = async (): Promise<number> => {
  const [, calls = '0'] = /cmdstat_hgetall:calls=(\d+)/.exec(await redis.client.info('commandstats')) ?? [];
  return Number(calls);
};

describe('POST /v1/deliveries', () => {
  it('takes a delivery and tells where it will be found', async () => {
    const { status, headers, json } = await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    expect({ status, json }).toEqual({
      status: 202,
      json: { id: 'inv-1', from: FROM, status: 'queued', duplicate: false, warnings: [] },
    });
    const found = await api.call('GET', headers.get('location') ?? '');
    expect(found).toMatchObject({ status: 200, json: { id: 'inv-1', to: TO, status: 'queued' } });
  });

  it('counts what it takes in as queued, by one and by many, each once', async () => {
    const queued = async () => {
      const { values } = await api.metrics.counters.deliveryTransitions.get();
      return values.find(({ labels }) => labels.status === 'queued' && labels.account === 'shop')?.value;
    };
    const one = { from: FROM, to: TO, fileUrl: FILE, id: 'inv-1' };
    await post(one);
    await post(one);
    await expect(queued()).resolves.toBe(1);
    const batch = [one, { ...one, id: 'inv-2' }, { ...one, from: 'shop', id: 'inv-3' }, { from: 'shop' }, 7];
    await api.call('POST', '/v1/deliveries/batch', { body: batch });
    await expect(queued()).resolves.toBe(3);
    await api.call('POST', '/v1/deliveries/inv-1/cancel');
    await api.call('POST', '/v1/deliveries/inv-1/resend', { body: {} });
    await expect(queued()).resolves.toBe(3);
  });

  it('answers 200 for the same again, and adds nothing', async () => {
    await post({ from: 'shop', to: TO, fileUrl: FILE }, { 'idempotency-key': 'inv-1' });
    const again = await post({ from: 'shop', to: TO, fileUrl: FILE }, { 'idempotency-key': '"inv-1"' });
    expect(again).toMatchObject({ status: 200, json: { id: 'inv-1', duplicate: true } });
  });

  it('refuses an id that belongs to another payload', async () => {
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const other = await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1', caption: 'other' });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused', status: 422 } });
  });

  it('wants body and header to agree on the id', async () => {
    const two = await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'a' }, { 'idempotency-key': 'b' });
    expect(two).toMatchObject({ status: 422, json: { code: 'validation', errors: [{ pointer: '/id' }] } });
  });

  it('tells all that is wrong at once, each with what would be right', async () => {
    const { status, headers, json } = await post({ from: 'shop', fileUrl: FILE, caption: 7, color: 'red' });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(json).toMatchObject({
      type: 'urn:waybill:problem:validation',
      code: 'validation',
      errors: expect.arrayContaining([
        { pointer: '/to', detail: expect.stringContaining('972501234567') },
        { pointer: '/caption', detail: 'must be a string of 0 to 1024 characters' },
        { pointer: '/color', detail: expect.stringContaining('the fields are') },
      ]),
    });
  });

  it('tells of an account that is none', async () => {
    const { status, json } = await post({ from: 'nobody', to: TO, fileUrl: FILE });
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { code: 'unknown_account', errors: [{ pointer: '/from' }] },
    });
  });

  it('takes the only account of the key where none is named', async () => {
    await expect(post({ to: TO, fileUrl: FILE })).resolves.toMatchObject({
      status: 202,
      json: { from: FROM },
    });
  });

  it('passes warnings on', async () => {
    const { json } = await post({ from: 'shop', to: TO, fileUrl: 'https://192.168.0.1/a.pdf' });
    expect(json).toMatchObject({ warnings: [{ pointer: '/fileUrl' }] });
  });
});

describe('GET /v1/deliveries/{id}', () => {
  it('holds its answer until the delivery has arrived', async () => {
    await work({ sandbox: { windowsOpen: true } });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1', metadata: { order: '7' } });
    const { json } = await api.call('GET', '/v1/deliveries/inv-1?wait=30&until=delivered');
    expect(json).toMatchObject({
      id: 'inv-1',
      unique: expect.any(String),
      acceptedAt: expect.stringMatching(ISO),
      attempts: [{ number: 1, outcome: 'accepted' }],
      receipts: { delivered: expect.stringMatching(ISO) },
      request: { metadata: { order: '7' } },
    });
  });

  it('answers at once when it ends otherwise', async () => {
    const { sandbox } = await work({ sandbox: { windowsOpen: true } });
    sandbox.fault({ kind: 'fail', reason: 4 });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const { json } = await api.call('GET', '/v1/deliveries/inv-1?wait=60');
    expect(json).toMatchObject({ status: 'failed', reason: '4' });
  });

  it('tells why it is held, and since when', async () => {
    await work();
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const { json } = await api.call('GET', '/v1/deliveries/inv-1?wait=30&until=held');
    expect(json).toMatchObject({
      status: 'held',
      hold: { reason: 'window', since: expect.stringMatching(ISO) },
    });
  });

  it('keeps a link’s query to itself', async () => {
    await post({ from: 'shop', to: TO, fileUrl: `${FILE}?signature=canary`, id: 'inv-1' });
    const { text, json } = await api.call('GET', '/v1/deliveries/inv-1');
    expect(json).toMatchObject({ request: { fileUrl: FILE } });
    expect(text).not.toContain('canary');
  });

  it('ends a held answer when the process is about to end', async () => {
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const before = await readings();
    const waiting = api.call('GET', '/v1/deliveries/inv-1?wait=60');
    // Whoever looks again is waiting.
    await eventually(async () => (await readings()) > before + 1);
    await api.close();
    await expect(waiting).resolves.toMatchObject({ status: 200, json: { status: 'queued' } });
  });

  it('knows nothing of an id that nobody has used, however long', async () => {
    const { status, json } = await api.call('GET', `/v1/deliveries/${'x'.repeat(1000)}`);
    expect({ status, json }).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  it.each(['wait=forever', 'wait=61', 'until=soon', 'color=red'])('refuses ?%s', async (query) => {
    const { status, json } = await api.call('GET', `/v1/deliveries/x?${query}`);
    const pointer = `/query/${query.split('=')[0]}`;
    expect({ status, json }).toMatchObject({ status: 422, json: { errors: [{ pointer }] } });
  });
});

describe('the verbs', () => {
  it('cancel what is not being sent, once', async () => {
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const cancelled = await api.call('POST', '/v1/deliveries/inv-1/cancel');
    expect(cancelled).toMatchObject({ status: 200, json: { id: 'inv-1', status: 'cancelled' } });
    await expect(api.call('POST', '/v1/deliveries/none/cancel')).resolves.toMatchObject({ status: 404 });
  });

  it('refuse to cancel what has been accepted', async () => {
    await work({ sandbox: { windowsOpen: true } });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    await api.call('GET', '/v1/deliveries/inv-1?wait=30&until=accepted');
    const { status, json } = await api.call('POST', '/v1/deliveries/inv-1/cancel');
    expect({ status, json }).toMatchObject({ status: 409, json: { code: 'illegal_state' } });
  });

  it('make a failed delivery anew, one and the same however often', async () => {
    const { sandbox } = await work({ sandbox: { windowsOpen: true } });
    sandbox.fault({ kind: 'fail', reason: 4 });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    await api.call('GET', '/v1/deliveries/inv-1?wait=30');
    const body = { id: 'inv-2', localStorage: true };
    const made = await api.call('POST', '/v1/deliveries/inv-1/resend', { body });
    expect(made).toMatchObject({ status: 202, json: { id: 'inv-2', resendOf: 'inv-1' } });
    const again = await api.call('POST', '/v1/deliveries/inv-1/resend');
    expect(again).toMatchObject({ status: 200, json: { id: 'inv-2', duplicate: true } });
  });

  it('refuse to resolve what is not unknown, and to be told half of it', async () => {
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    const resolve = (body: unknown) => api.call('POST', '/v1/deliveries/inv-1/resolve', { body });
    await expect(resolve({ outcome: 'sent' })).resolves.toMatchObject({ status: 409 });
    await expect(resolve({ outcome: 'not_sent' })).resolves.toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/next', detail: 'must be one of resend, close' }] },
    });
    await expect(resolve({})).resolves.toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/outcome' }] },
    });
  });

  it('take an operator’s word for what became of an unknown one', async () => {
    const { sandbox } = await work({ sandbox: { windowsOpen: true } });
    sandbox.fault({ kind: 'reset_after_reading' });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    await api.call('GET', '/v1/deliveries/inv-1?wait=30&until=unknown');
    await redis.client.hset(`waybill:{${FROM}}:d:inv-1`, 'horizonAt', Date.now() - 1);
    const body = { outcome: 'not_sent', next: 'close' };
    const resolved = await api.call('POST', '/v1/deliveries/inv-1/resolve', { body });
    expect(resolved).toMatchObject({ status: 200, json: { id: 'inv-1', from: FROM, status: 'failed' } });
  });
});

describe('accounts and ledger', () => {
  it('pause and resume an account, and tell its gate', async () => {
    const paused = await api.call('POST', '/v1/accounts/shop/pause', { body: { reason: 'holiday' } });
    expect(paused).toMatchObject({
      status: 200,
      json: { gate: { state: 'paused', reason: 'holiday', who: 'boss' } },
    });
    const { json } = await api.call('GET', '/v1/accounts');
    expect(json).toMatchObject({ accounts: [{ from: FROM, name: 'shop', queuePaused: true }] });
    const resumed = await api.call('POST', `/v1/accounts/${FROM}/resume`);
    expect(resumed).toMatchObject({ json: { gate: { state: 'open' }, queuePaused: false } });
    await expect(api.call('POST', '/v1/accounts/none/pause')).resolves.toMatchObject({
      status: 404,
      json: { code: 'account_not_found' },
    });
  });

  it('list a month’s paid sessions as JSON or CSV', async () => {
    await work({ sandbox: { windowsOpen: true } });
    await post({ from: 'shop', to: TO, fileUrl: FILE, id: 'inv-1' });
    await api.call('GET', '/v1/deliveries/inv-1?wait=30&until=accepted');
    const path = `/v1/ledger/shop/${new Date().toISOString().slice(0, 7)}`;
    const { json } = await api.call('GET', path);
    expect(json).toMatchObject({
      account: { from: FROM, name: 'shop' },
      timeZone: 'UTC',
      sessions: [{ to: TO, openedBy: 'inv-1', messages: 1, sender: 'waybill' }],
    });
    const line = new RegExp(`^openedAt,to,openedBy,messages,sender\r\n\\S+Z,${TO},inv-1,1,waybill\r\n$`);
    const asked = await api.call('GET', path, { headers: { accept: 'text/csv' } });
    expect(asked.text).toMatch(line);
    expect(asked.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    await expect(api.call('GET', `${path}?format=csv`)).resolves.toMatchObject({ text: asked.text });
    await expect(api.call('GET', '/v1/ledger/shop/2026-13')).resolves.toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/path/month', detail: 'must be a month such as 2026-11' }] },
    });
  });
});
