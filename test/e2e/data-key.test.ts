import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { createWaybill, type Waybill } from '../../src/index.js';
import { accountKeys } from '../../src/redis/keys.js';
import { runCli } from '../cli/cli-in-process.js';
import { startReceiver } from '../push/receiver.js';
import { dump } from '../redis/dump.js';
import { startApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { dataKeyText } from '../support/sealing.js';
import { FROM, requestTo, SHOP, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

const [K1, K2] = [dataKeyText('k1', 1), dataKeyText('k2', 2)];
const TO = '972501234567';
/** What nobody may read in Redis. */
const HIDDEN = ['canary-file', 'canary caption', 'canary-variable', 'canary-order', 'signature-canary'];
const FILE = 'https://files.example.com/canary-file.pdf?sig=signature-canary';
const told = {
  fileUrl: FILE,
  caption: 'canary caption',
  template: { name: 'your_file', variables: ['canary-variable'] },
  metadata: { order: 'canary-order' },
  showRequest: true,
};
const redis = withRedis();
const keys = accountKeys('waybill', FROM);

async function shown(): Promise<readonly string[]> {
  const text = JSON.stringify(await dump(redis.client));
  return HIDDEN.filter((each) => text.includes(each));
}

describe('with a data key', () => {
  let stack: Stack;
  let api: Awaited<ReturnType<typeof startApi>>;
  let queue: Queue;
  beforeEach(async () => {
    stack = await startStack(redis.url, { env: { WAYBILL_DATA_KEY: K1 } });
    api = await startApi(redis.url, { env: { WAYBILL_DATA_KEY: K1 } });
    queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: 'waybill:queue' });
  });
  afterEach(async () => {
    await queue.close();
    await api.close();
    await stack.close();
  });

  const enqueue = (id: string, more: object = {}) =>
    stack.waybill.enqueue(requestTo(TO, { ...told, id, ...more }));
  const isNow = (id: string, status: string) =>
    eventually(async () => (await stack.waybill.get(id)).status === status, {
      timeoutMs: 20_000,
      what: `${id} being ${status}`,
    });

  const isSent = (id: string) => stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });

  it('shows nothing in Redis of what is held, cancelled, scheduled, failed and delivered, and sends it all', async () => {
    stack.sandbox.windowLeft(TO, 0);
    await enqueue('held');
    await isNow('held', 'held');
    await enqueue('cancelled');
    await stack.waybill.cancel('cancelled');
    await enqueue('later', { sendAt: Date.now() + 3_600_000 });
    expect(await shown()).toEqual([]);

    stack.sandbox.reply(TO, 'hi');
    await isSent('held');
    stack.sandbox.fault({ kind: 'fail', reason: 5, on: ['sendFile'] });
    await enqueue('failed');
    await isNow('failed', 'failed');
    expect(await shown()).toEqual([]);
    const [sent] = stack.sandbox.requests({ endpoint: 'sendFile' }).slice(-1);
    expect(sent?.fields).toMatchObject({ body: FILE, caption: 'canary caption' });
    const view = await stack.waybill.get('held');
    expect(view).toMatchObject({ locked: null, metadata: told.metadata, request: told });
    expect(view.originalRequest).toContain('canary caption');
  });

  it('takes the same again for the same, with a link that is signed anew, and refuses another', async () => {
    stack.sandbox.windowLeft(TO, 0);
    await enqueue('one');
    await isNow('one', 'held');
    const fileUrl = FILE.replace('signature-canary', 'signature-canary-2');
    await expect(enqueue('one', { fileUrl })).resolves.toMatchObject({ duplicate: true });
    await expect(enqueue('one', { caption: 'canary caption, another' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(stack.waybill.get('one')).resolves.toMatchObject({ request: { fileUrl } });
    expect(await shown()).toEqual([]);
  });

  it('amends what is held, and makes what failed anew', async () => {
    stack.sandbox.windowLeft(TO, 0);
    await enqueue('one');
    await isNow('one', 'held');
    const changed = await api.call('PATCH', '/v1/deliveries/one', { body: { caption: 'canary caption 2' } });
    expect(changed.status).toBe(200);
    expect(await shown()).toEqual([]);
    stack.sandbox.fault({ kind: 'fail', reason: 4, on: ['sendFile'] });
    stack.sandbox.reply(TO, 'hi');
    await isNow('one', 'failed');
    const { json } = await api.call('POST', '/v1/deliveries/one/resend', { body: {} });
    const { id } = Object(json);
    await isSent(id);
    expect(stack.sandbox.accepted().map(({ caption }) => caption)).toEqual(['canary caption 2']);
    expect(await shown()).toEqual([]);
  });

  it('takes another client’s job in clear, and keeps it sealed from when a worker has seen it', async () => {
    stack.sandbox.windowLeft(TO, 0);
    await queue.add('send-file', { to: TO, ...told }, { jobId: 'd-foreign' });
    await isNow('foreign', 'held');
    expect(await shown()).toEqual([]);
    stack.sandbox.reply(TO, 'hi');
    await isSent('foreign');
    expect(await shown()).toEqual([]);
  });

  it('finds an unknown outcome in the history by its caption', async () => {
    stack.sandbox.reply(TO, 'hi');
    await stack.sandbox.idle();
    stack.sandbox.fault({ kind: 'reset_after_accepting' });
    await enqueue('one');
    await isNow('one', 'unknown');
    await eventually(async () => (await stack.waybill.get('one')).acceptedAt !== null, { timeoutMs: 30_000 });
    expect(stack.sandbox.acceptedTimes({ caption: told.caption })).toBe(1);
    expect(await shown()).toEqual([]);
  });
});

describe('events', () => {
  it('tell metadata to readers and endpoints that have the key, dead letters as well', async () => {
    const receiver = await startReceiver(() => ({ status: 410, headers: {} }));
    const endpoint = {
      url: receiver.url,
      name: 'app',
      secrets: [`whsec_${'a'.repeat(32)}`],
      allowPrivate: true,
    };
    const env = { WAYBILL_DATA_KEY: K1, WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]) };
    const stack = await startStack(redis.url, { env, sandbox: { windowsOpen: true } });
    try {
      await stack.waybill.enqueue(requestTo(TO, { ...told, id: 'one' }));
      const pushed = await eventually(() => receiver.all.find(({ event }) => event.data.deliveryId), {
        timeoutMs: 30_000,
      });
      expect(pushed.event.data).toMatchObject({ metadata: told.metadata });
      for await (const event of stack.waybill.events({ from: 'shop', after: '0' })) {
        expect(event.data).toMatchObject({ metadata: told.metadata });
        break;
      }
      expect(await shown()).toEqual([]);
    } finally {
      await stack.close();
      await receiver.close();
    }
  });
});

describe('a key that is replaced', () => {
  const [folder, file] = [mkdtempSync(join(tmpdir(), 'waybill-data-key-')), 'data-key'];
  let line: Line;
  let waybill: Waybill;
  let current: string;
  beforeEach(async () => {
    turnTo(K1);
    line = await openLine(redis.url, { env: { WAYBILL_DATA_KEY_FILE: join(folder, file) } });
    const accounts = [{ from: FROM, name: 'shop' }];
    waybill = createWaybill({ redis: redis.url, accounts, dataKey: () => parsed(current) });
  });
  afterEach(async () => {
    await waybill.close();
    await line.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function turnTo(text: string): void {
    current = text;
    writeFileSync(join(folder, file), text);
  }

  it('leaves what it sealed readable and the same, until it is taken away', async () => {
    const request = (id: string) => requestTo(TO, { ...told, id });
    const data = (id: string) => redis.client.hget(keys.job(`d-${id}`), 'data');
    await waybill.enqueue(request('old'));
    turnTo(`${K2},${K1}`);
    await expect(waybill.enqueue(request('old'))).resolves.toMatchObject({ duplicate: true });
    await waybill.enqueue(request('new'));
    await expect(data('old')).resolves.toContain('wb1.k1.');
    await expect(data('new')).resolves.toContain('wb1.k2.');
    await line.work();
    for (const id of ['old', 'new']) await waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
    expect(line.sandbox.acceptedTimes({ caption: told.caption })).toBe(2);
    // Also when nothing but its id is remembered.
    await redis.client.del(keys.record('old'));
    await expect(waybill.enqueue(request('old'))).resolves.toMatchObject({ duplicate: true });
    turnTo(K2);
    await expect(waybill.get('new')).resolves.toMatchObject({ locked: null, metadata: told.metadata });
    await expect(waybill.enqueue(request('old'))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is read again from its file by a worker that runs', async () => {
    await line.work();
    turnTo(`${K2},${K1}`);
    await waybill.enqueue(requestTo(TO, { ...told, id: 'new' }));
    await waybill.wait('new', 'accepted', { timeoutMs: 20_000 });
    expect(line.sandbox.acceptedTimes({ caption: told.caption })).toBe(1);
  });
});

describe('a process without the key', () => {
  let line: Line;
  let waybill: Waybill;
  beforeEach(async () => {
    line = await openLine(redis.url);
    waybill = createWaybill({ redis: redis.url, dataKey: K1, accounts: [{ from: FROM, name: 'shop' }] });
  });
  afterEach(async () => {
    await waybill.close();
    await line.close();
  });

  const isNow = (id: string, status: string, reason: string) =>
    eventually(
      async () => {
        const view = await waybill.get(id);
        return view.status === status && view.reason === reason;
      },
      { timeoutMs: 20_000, what: `${id} being ${status} (${reason})` },
    );

  it('lets a delivery wait and says why, until a worker comes that has it', async () => {
    await waybill.enqueue(requestTo(TO, { ...told, id: 'one' }));
    await line.work();
    await isNow('one', 'waiting', 'data_key');
    await eventually(() =>
      line.lines().some((each) => each.includes('"flag":"locked"') && each.includes('WAYBILL_DATA_KEY')),
    );
    expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
    const other = await openLine(redis.url, { env: { WAYBILL_DATA_KEY: `${K2},${K1}` } });
    try {
      await line.rest();
      await other.work();
      await waybill.wait('one', 'accepted', { timeoutMs: 20_000 });
      expect(other.sandbox.acceptedTimes({ caption: told.caption })).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('still ends what is cancelled and what runs out of time', async () => {
    const job = (id: string) => redis.client.zscore(`${keys.fixed.bullJobPrefix}completed`, `d-${id}`);
    await waybill.enqueue(requestTo(TO, { ...told, id: 'cancelled' }));
    await waybill.enqueue(requestTo('972501234568', { ...told, id: 'brief', expiresAt: Date.now() + 3000 }));
    await line.work();
    await isNow('cancelled', 'waiting', 'data_key');
    await waybill.cancel('cancelled');
    await eventually(async () => (await job('cancelled')) !== null, { timeoutMs: 20_000 });
    await isNow('brief', 'expired', 'expired');
    expect(line.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
  });

  it('tells the rest of the delivery, and names the setting where the request is needed', async () => {
    await waybill.enqueue(requestTo(TO, { ...told, id: 'one' }));
    const view = await line.waybill.get('one');
    const why = expect.stringContaining('the data key k1, and WAYBILL_DATA_KEY is not set here');
    expect(view).toMatchObject({ status: 'queued', locked: why, metadata: {}, originalRequest: null });
    expect(view.request).toMatchObject({ to: TO });
    expect(JSON.stringify(view)).not.toContain('wb1.');
    const reading = line.waybill.events({ from: 'shop', after: '0' })[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({ code: 'DATA_KEY' });
    const api = await startApi(redis.url);
    try {
      const amended = await api.call('PATCH', '/v1/deliveries/one', { body: { caption: 'x' } });
      expect(amended).toMatchObject({ status: 500, json: { code: 'data_key', detail: why } });
      const page = await api.call('GET', '/v1/deliveries/one');
      expect(page).toMatchObject({ status: 200, json: { locked: why, request: { to: TO } } });
    } finally {
      await api.close();
    }
    const env = { REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) };
    await expect(runCli(['status', 'one'], env)).resolves.toMatchObject({
      code: 0,
      stdout: expect.stringContaining('WAYBILL_DATA_KEY is not set here'),
    });
    await waybill.cancel('one');
  });
});

it('refuses a key that is none when it starts, and shows nothing of it', () => {
  expect(() => createWaybill({ redis: redis.url, dataKey: 'k1:not-a-key-canary' })).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.not.stringContaining('canary') }),
  );
});

function parsed(text: string) {
  return text.split(',').map((each) => {
    const [id = '', key = ''] = each.split(':');
    return { id, key: Buffer.from(key, 'base64') };
  });
}
