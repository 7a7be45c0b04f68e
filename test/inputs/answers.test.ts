import type { FaultInput } from '../../sandbox/faults/fault.js';
import { readGate } from '../../src/redis/gate.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, type LineOptions, openLine } from '../worker/line.js';

// Answers that stop an account, where only one delivery is to blame for them, and where it is not.
const redis = withRedis();
let line: Line;

afterEach(() => line.close());

async function start(options: LineOptions = {}): Promise<void> {
  line = await openLine(redis.url, { timings: { firstProbeMs: 500 }, ...options });
  await line.work();
  // A worker looks at the webhook's settings once at boot, with the call that probes are made with.
  await eventually(() => asked().length > 0);
}

const asked = () => line.sandbox.requests().filter(({ endpoint }) => endpoint === 'getWebhook');
const probes = () => asked().length - 1;
const sends = () => line.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile');
const gate = () => readGate(redis.client, 'waybill', FROM);
const statusOf = async (id: string) => (await line.waybill.get(id)).status;

/** One delivery for each caption, each to a client of its own; its id is its place. */
async function enqueue(captions: readonly string[], more: object = {}): Promise<readonly string[]> {
  const ids = captions.map((_, index) => `${captions.length}-${index}`);
  const requests = captions.map((caption, index) =>
    requestTo(`9725000${10_000 + 100 * captions.length + index}`, { id: ids[index], caption, ...more }),
  );
  await line.waybill.enqueueMany(requests);
  return ids;
}

const taken = (ids: readonly string[]) =>
  Promise.all(ids.map((id) => line.waybill.wait(id, 'accepted', { timeoutMs: 30_000 })));
const ended = (id: string, reason: string) =>
  eventually(
    async () => {
      const view = await line.waybill.get(id);
      expect(view).toMatchObject({ status: 'failed', reason });
      return view;
    },
    { timeoutMs: 30_000 },
  );

const GOOD = ['Invoice 1', 'Please choose', 'Your results', 'Invoice 2'];

describe('a text that the firewall in front of the provider refuses', () => {
  it.each([
    ['as it was reported: a hospital’s name', 'select specialty hospital'],
    ['in capitals', 'SELECT your doctor'],
    ['over lines', 'You may select a day\nfrom the list'],
    ['behind blanks', '  select one'],
    ['that looks like another attack', 'The union select committee'],
  ])('%s, is rejected, and the others go', async (_, caption) => {
    await start();
    const [poisoned = '', ...good] = await enqueue([caption, ...GOOD]);
    await taken(good);
    expect(probes()).toBeLessThanOrEqual(1);
    const view = await ended(poisoned, 'http_403');
    expect(view.attempts.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'account_error http_403',
      'rejected http_403',
    ]);
    await expect(gate()).resolves.toEqual({ state: 'open' });
    expect(line.sandbox.accepted()).toHaveLength(GOOD.length);
  });

  it('is rejected for each delivery that has it, and costs the others one probe in all', async () => {
    await start();
    const captions = Array.from({ length: 24 }, (_, index) =>
      index % 3 === 2 ? `Invoice ${index}` : `select ${index}`,
    );
    const ids = await enqueue(captions);
    await taken(ids.filter((_, index) => index % 3 === 2));
    expect(probes()).toBe(1);
    for (const id of ids.filter((_, index) => index % 3 !== 2)) await ended(id, 'http_403');
    expect(probes()).toBe(1);
    expect(line.sandbox.accepted()).toHaveLength(8);
  });

  it('is rejected where nothing else is sent at all', async () => {
    await start();
    const [id = ''] = await enqueue(['select specialty hospital']);
    await ended(id, 'http_403');
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });

  it('passes where the sandbox has no firewall', async () => {
    await start({ sandbox: { firewall: { enabled: false } } });
    await taken(await enqueue(['select specialty hospital']));
  });
});

describe('one delivery that is answered', () => {
  it.each<readonly [string, FaultInput, string]>([
    ['401', { kind: 'http', status: 401 }, 'http_401'],
    ['404 by an edge that hides what it refuses', { kind: 'http', status: 404 }, 'http_404'],
    ['405', { kind: 'http', status: 405 }, 'http_405'],
    [
      '302 to a page with a puzzle',
      { kind: 'http', status: 302, headers: { location: '/captcha' } },
      'http_302',
    ],
    ['307', { kind: 'http', status: 307, headers: { location: '/elsewhere' } }, 'http_307'],
    [
      '403 with JSON of a gateway',
      { kind: 'http', status: 403, body: '{"message":"Forbidden"}' },
      'http_403',
    ],
    ['403 without a word', { kind: 'http', status: 403, body: '' }, 'http_403'],
    ['FAIL 2: its JSON', { kind: 'fail', reason: 2 }, '2'],
  ])('%s is rejected, and the others go', async (_, fault, reason) => {
    await start();
    line.sandbox.fault({ ...fault, text: 'poison', times: 'always' });
    const [poisoned = '', ...good] = await enqueue(['a poison', ...GOOD]);
    await taken(good);
    expect(probes()).toBeLessThanOrEqual(1);
    await ended(poisoned, reason);
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });

  it('for its link is rejected, and the next one to the same client goes', async () => {
    await start();
    line.sandbox.fault({ kind: 'http', status: 403, text: 'select.pdf', times: 'always' });
    const to = '972500000001';
    await line.waybill.enqueue(requestTo(to, { id: 'one', fileUrl: 'https://files.example.com/select.pdf' }));
    await line.waybill.enqueue(requestTo(to, { id: 'two' }));
    await taken(['two']);
    await ended('one', 'http_403');
  });

  it('for several reasons at once leaves the others alone', async () => {
    await start();
    for (const status of [401, 403, 404, 405]) {
      line.sandbox.fault({ kind: 'http', status, text: `poison ${status}`, times: 'always' });
    }
    line.sandbox.fault({ kind: 'fail', reason: 2, text: 'poison FAIL', times: 'always' });
    const poisons = ['poison 401', 'poison 403', 'poison 404', 'poison 405', 'poison FAIL'];
    const ids = await enqueue([...poisons, ...GOOD]);
    await taken(ids.slice(poisons.length));
    expect(probes()).toBeLessThanOrEqual(1);
    const reasons = ['http_401', 'http_403', 'http_404', 'http_405', '2'];
    for (const [index, reason] of reasons.entries()) await ended(ids[index] ?? '', reason);
  });

  it('once only is sent when it is tried again', async () => {
    await start();
    line.sandbox.fault({ kind: 'http', status: 403, text: 'blip' });
    await taken(await enqueue(['blip', ...GOOD]));
  });

  it('FAIL 3 is not to blame for it: the key is the same for all', async () => {
    await start();
    line.sandbox.fault({ kind: 'fail', reason: 3, text: 'odd', times: 2 });
    await taken(await enqueue(['odd', ...GOOD]));
  });
});

describe('an account that is at fault', () => {
  it.each<readonly [string, FaultInput]>([
    ['a revoked key, by FAIL 3', { kind: 'fail', reason: 3 }],
    ['a revoked key, by 401', { kind: 'http', status: 401 }],
    ['a blocked address, by 403', { kind: 'http', status: 403 }],
    ['a wrong base URL, by 404', { kind: 'http', status: 404 }],
    ['an unknown number, by FAIL 2', { kind: 'fail', reason: 2 }],
  ])('holds everything and loses nothing: %s', async (_, fault) => {
    await start();
    line.sandbox.fault({ ...fault, on: ['sendFile', 'getWebhook'], times: 'always' });
    const ids = await enqueue(GOOD);
    await eventually(() => probes() >= 3, { timeoutMs: 20_000 });
    await expect(gate()).resolves.toMatchObject({ state: 'paused' });
    expect(await Promise.all(ids.map(statusOf))).not.toContain('failed');
    line.sandbox.clearFaults();
    await taken(ids);
  });

  it('is paused, and nothing of it rejected, where sends alone are refused', async () => {
    await start();
    line.sandbox.fault({ kind: 'http', status: 403, times: 'always' });
    const ids = await enqueue(GOOD);
    await eventually(
      async () => {
        expect(await gate()).toMatchObject({ state: 'paused', reason: 'sends_refused' });
        return true;
      },
      { timeoutMs: 20_000 },
    );
    const probesThen = probes();
    await eventually(() => probes() > probesThen, { timeoutMs: 20_000 });
    expect(await Promise.all(ids.map(statusOf))).not.toContain('failed');
    line.sandbox.clearFaults();
    await taken(ids);
    await expect(gate()).resolves.toEqual({ state: 'open' });
  });

  it('costs no delivery its attempts', async () => {
    await start({ env: { WAYBILL_MAX_ATTEMPTS: '2' }, timings: { firstProbeMs: 50 } });
    line.sandbox.fault({ kind: 'fail', reason: 3, times: 4 });
    await taken(await enqueue(['Invoice 7']));
    expect(sends()).toHaveLength(5);
  });
});
