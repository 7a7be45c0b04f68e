import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultInput } from '../../sandbox/faults/fault.js';
import { createQueues } from '../../src/queue/queues.js';
import { readGate, setGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, type LineOptions, openLine } from '../worker/line.js';

// The gate through two workers, on a provider that fails and then does not.
const redis = withRedis();
const KEY = 'key-of-shop';
let line: Line;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-gate-'));
});
afterEach(async () => {
  await line.close();
  await rm(folder, { recursive: true });
});

const gate = () => readGate(redis.client, 'waybill', FROM);
const clients = (count: number) => Array.from({ length: count }, (_, index) => `9725000${10_000 + index}`);
const sends = () => line.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile');

async function start(options: LineOptions = {}): Promise<void> {
  line = await openLine(redis.url, options);
  await line.work();
  await line.work();
  // A worker looks at the webhook's settings once at boot, with the call that probes are made with.
  await eventually(() => asked().some(({ answer }) => answer !== 'open'));
}

const asked = () => line.sandbox.requests().filter(({ endpoint }) => endpoint === 'getWebhook');

async function enqueue(ids: readonly string[]): Promise<void> {
  await line.waybill.enqueueMany(ids.map((to) => requestTo(to, { id: to })));
}

const statusOf = async (id: string) => (await line.waybill.get(id)).status;
const statuses = (ids: readonly string[]) => Promise.all(ids.map(statusOf));

describe('a provider that fails', () => {
  const CONCURRENCY = 5;
  const FAILS: FaultInput = { kind: 'http', status: 503, times: 'always' };

  it('is left alone but for one probe at a time, and gets everything when it is back', async () => {
    await start({
      env: { WAYBILL_CONCURRENCY: `${CONCURRENCY}` },
      sandbox: { callbacks: { lossProbability: 1 } },
    });
    line.sandbox.fault(FAILS);
    const ids = clients(60);
    await enqueue(ids);
    await eventually(async () => (await gate()).state === 'until');
    const inFlightThen = 2 * CONCURRENCY + 5;
    // Two probes more have failed: the breaker has closed three times.
    await eventually(async () => (await trips()) >= 3, { timeoutMs: 20_000 });
    expect(sends().length).toBeLessThanOrEqual(inFlightThen + 3);
    line.sandbox.clearFaults();
    const unknown = async () => (await statuses(ids)).filter((status) => status === 'unknown').length;
    await eventually(async () => line.sandbox.accepted().length === ids.length - (await unknown()), {
      timeoutMs: 30_000,
    });
    await expect(unknown()).resolves.toBeLessThanOrEqual(inFlightThen + 3);
    await expect(gate()).resolves.toEqual({ state: 'open' });
    const told = (state: string) =>
      line.lines().some((text) => text.includes('"msg":"gate ') && text.includes(`"state":"${state}"`));
    await eventually(() => told('breaker') && told('open'));
  });

  it('is probed by one worker at a time', async () => {
    await start({ env: { WAYBILL_CONCURRENCY: `${CONCURRENCY}` } });
    line.sandbox.fault(FAILS);
    await enqueue(clients(30));
    await eventually(async () => (await trips()) >= 1);
    await settled();
    line.sandbox.clearFaults();
    // The probe hangs: while it does, nobody else may send.
    line.sandbox.fault({ kind: 'slow', latencyMs: 2500, times: 1 });
    const before = sends().length;
    await eventually(() => sends().length > before, { timeoutMs: 20_000 });
    const refused = () => line.lines().filter((text) => text.includes('"verdict":"gate_until"')).length;
    const refusedThen = refused();
    await eventually(() => refused() > refusedThen, { timeoutMs: 20_000 });
    expect(sends()).toHaveLength(before + 1);
    await eventually(async () => (await gate()).state === 'open', { timeoutMs: 20_000 });
    await eventually(() => sends().length > before + 1, { timeoutMs: 20_000 });
  });

  const trips = async () => Number((await redis.client.hget(`waybill:{${FROM}}:gate`, 'trips')) ?? 0);

  /** What was in flight when the gate closed has ended. */
  async function settled(): Promise<void> {
    await eventually(async () => {
      const all = await statuses(clients(30));
      return !all.includes('sending');
    });
  }
});

it('retries a tenth of its sends and a little, however many have failed', async () => {
  await start();
  const ids = clients(120);
  const failing = ids.filter((_, index) => index % 4 === 0);
  for (const to of failing) line.sandbox.fault({ kind: 'fail', reason: 6, to });
  const begun = performance.now();
  await enqueue(ids);
  await eventually(() => sends().length === ids.length + failing.length, { timeoutMs: 40_000 });
  const seconds = (performance.now() - begun) / 1000;
  // Ten that are kept, a tenth of the others, and one a second.
  expect(failing.length).toBeLessThanOrEqual(10 + ids.length / 10 + seconds + 1);
  for (const id of failing) await line.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
});

describe('an account that a worker has paused', () => {
  const soon = { timings: { firstProbeMs: 300 } };

  it('is opened by a good probe once its key is right, and everything held goes out', async () => {
    const apiKeyFile = join(folder, 'key');
    await writeFile(apiKeyFile, 'a-wrong-key');
    await start({ ...soon, account: { apiKey: undefined, apiKeyFile } });
    const ids = clients(8);
    await enqueue(ids);
    await eventually(async () => (await gate()).state === 'paused');
    await probed(2);
    await expect(gate()).resolves.toMatchObject({ state: 'paused', reason: '3' });
    await writeFile(apiKeyFile, KEY);
    for (const id of ids) await line.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
    expect(line.sandbox.accepted()).toHaveLength(ids.length);
    await expect(gate()).resolves.toEqual({ state: 'open' });
    await eventually(() => line.lines().some((text) => text.includes('"by":"probe"')));
  });

  it('rejects only the delivery that met FAIL 2 when the account is well', async () => {
    await start(soon);
    line.sandbox.fault({ kind: 'fail', reason: 2 });
    await enqueue(['972500000001']);
    await eventually(async () => (await gate()).state === 'paused');
    await enqueue(['972500000002', '972500000003']);
    const ended = line.waybill.wait('972500000001', 'accepted', { timeoutMs: 20_000 });
    await expect(ended).rejects.toMatchObject({ status: 'failed' });
    await expect(line.waybill.get('972500000001')).resolves.toMatchObject({ reason: '2' });
    for (const id of ['972500000002', '972500000003']) {
      await line.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
    }
    expect(sends()).toHaveLength(3);
  });

  it('rejects nothing when the account itself was the fault', async () => {
    await start(soon);
    line.sandbox.fault({ kind: 'fail', reason: 2 });
    line.sandbox.fault({ kind: 'fail', reason: 2, on: ['getWebhook'] });
    await enqueue(['972500000001']);
    await line.waybill.wait('972500000001', 'accepted', { timeoutMs: 20_000 });
    expect(sends()).toHaveLength(2);
    expect(probes()).toBe(2);
  });

  it('stays paused when an operator has taken over', async () => {
    await start(soon);
    line.sandbox.fault({ kind: 'fail', reason: 3, on: ['sendFile', 'getWebhook'], times: 'always' });
    await enqueue(['972500000001']);
    await probed(1);
    await setGate(redis.client, 'waybill', { from: FROM, state: 'paused', reason: 'holiday' });
    line.sandbox.clearFaults();
    const probesThen = probes();
    await sweptOnce();
    await expect(gate()).resolves.toMatchObject({ state: 'paused', reason: 'holiday' });
    expect(probes()).toBeLessThanOrEqual(probesThen + 1);
    await expect(statusOf('972500000001')).resolves.toBe('held');
  });

  it('has its queue resumed when whoever opened it died before it could', async () => {
    const queues = createQueues({
      connection: { url: redis.url },
      prefix: 'waybill',
      onError: () => undefined,
    });
    try {
      await queues.pause(FROM);
      await redis.client.hset(`waybill:{${FROM}}:gate`, 'resume', 1);
      await start(soon);
      await enqueue(['972500000001']);
      await line.waybill.wait('972500000001', 'accepted', { timeoutMs: 20_000 });
      await expect(redis.client.exists(`waybill:{${FROM}}:gate`)).resolves.toBe(0);
    } finally {
      await queues.close();
    }
  });

  /** Without the look at the webhook's settings that comes first. */
  const probes = () => asked().length - 1;
  const probed = (count: number) => eventually(() => probes() >= count, { timeoutMs: 20_000 });

  /** The sweeper has been round since: it has looked at a wake entry that was due. */
  async function sweptOnce(): Promise<void> {
    await redis.client.zadd(`waybill:{${FROM}}:wake`, 1, 'nobody');
    await eventually(async () => (await redis.client.zscore(`waybill:{${FROM}}:wake`, 'nobody')) === null);
  }
});
