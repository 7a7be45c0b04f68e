import { createHash } from 'node:crypto';
import { quarantineKeys } from '../../src/redis/keys.js';
import { runCli } from '../cli/cli-in-process.js';
import { CLIENT, delivery, FROM, openBench, PREFIX } from '../redis/bench.js';
import { startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { SHOP } from '../support/stack.js';

const redis = withRedis();
const one = delivery('one');
const env = () => ({ REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) });
const run = (...args: string[]) => runCli(['webhooks', ...args], env());

const UPDATE = { status: 'OK', hook: 'update', unique: 'u1', from: CLIENT, to: FROM };
const FOREIGN = { ...UPDATE, to: '972770000000', ack: 1 };
const SYSTEM = { status: 'OK', hook: 'system', type: 'issues', to: FROM, body: 'words of a client' };

/** As an earlier version has kept it, so long ago. */
async function keep(name: string, raw: string, agoMs = 0): Promise<string> {
  const { quarantine, quarantineRows } = quarantineKeys(PREFIX);
  const row = JSON.stringify({ name, raw });
  const digest = createHash('sha256').update(row).digest();
  const member = digest.toString('base64url');
  await redis.client.zadd(quarantine, Date.now() - agoMs, member);
  await redis.client.hset(quarantineRows, member, row);
  return digest.toString('hex').slice(0, 12);
}

const left = () => redis.client.hlen(quarantineKeys(PREFIX).quarantineRows);
const record = () => openBench(redis.client).record('one');

beforeEach(async () => {
  const bench = openBench(redis.client);
  await bench.accept(one);
  await bench.claim(one);
  await bench.settle(one);
});

describe('on the command line', () => {
  it('lists what was not applied, newest first, with the reason in words', async () => {
    const system = await keep('system_issues', JSON.stringify(SYSTEM), 2000);
    const other = await keep('not_json', '<xml>972501234567</xml>', 1000);
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^id +came +account +why it was not applied$/);
    expect(first).toMatch(new RegExp(`^${other} .*neither JSON nor a form`));
    expect(second).toMatch(new RegExp(`^${system} .*shop +the provider has flagged or blocked the account`));
  });

  it('goes on where a page has ended', async () => {
    for (const ack of [7, 8, 9]) await keep(`ack_${ack}`, JSON.stringify({ ...UPDATE, ack }), 1000 * ack);
    const page = await run('list', '--limit', '2', '--json');
    const rows = page.stdout.trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row).reason)).toEqual(['ack_7', 'ack_8']);
    const [, cursor = ''] = /--cursor (\S+)/.exec(page.stderr) ?? [];
    const next = await run('list', '--cursor', cursor, '--json');
    expect(JSON.parse(next.stdout)).toMatchObject({ reason: 'ack_9' });
  });

  it('shows a body without whole numbers, words of clients and secrets', async () => {
    const raw = JSON.stringify({ ...SYSTEM, from: CLIENT, apiKey: 'key', link: 'https://x.example/a?sig=1' });
    const id = await keep('system_issues', raw);
    const { code, stdout } = await run('show', id);
    expect(code).toBe(0);
    for (const hidden of [CLIENT, FROM, 'words of a client', '"key"', 'sig=1']) {
      expect(stdout).not.toContain(hidden);
    }
    expect(stdout).toContain('"hook":"system","type":"issues"');
  });

  it('says that there is none under an id', async () => {
    const { code, stderr } = await run('show', '0123456789ab');
    expect([code, stderr]).toEqual([3, expect.stringContaining('No callback is kept under this id')]);
  });

  it.each<[what: string, name: string, callback: object, status: string]>([
    ['played', 'ack_4', { ...UPDATE, ack: 4 }, 'read'],
    ['a failure by -1', 'ack_unlisted', { ...UPDATE, ack: -1 }, 'failed'],
    ['a time ahead', 'receipt_in_future', { ...UPDATE, ack: 2, timestamp: 4_000_000_000 }, 'delivered'],
    ['a very old time', 'receipt_too_old', { ...UPDATE, ack: 2, timestamp: 1_500_000_000 }, 'delivered'],
  ])('replays what an earlier version did not take: %s', async (_what, ...kept) => {
    const [name, callback, status] = kept;
    const id = await keep(name, JSON.stringify(callback));
    expect(await run('replay', id)).toMatchObject({ code: 0, stdout: `${id} applied\n` });
    await expect(record()).resolves.toMatchObject({ status });
    expect(await run('replay', id)).toMatchObject({ code: 3 });
    await expect(left()).resolves.toBe(0);
  });

  it('opens the window as of when the message came', async () => {
    const inbound = { hook: 'new', unique: 'in-1', from: CLIENT, to: FROM };
    await keep('unknown_account', JSON.stringify(inbound), 3_600_000);
    expect(await run('replay', '--all', '--yes')).toMatchObject({ code: 0 });
    const { closesAt } = await openBench(redis.client).conversation();
    expect(Math.round((Number(closesAt) - Date.now()) / 3_600_000)).toBe(23);
  });

  it('tells how many there are without --yes, and replays all with it, however often', async () => {
    await keep('ack_4', JSON.stringify({ ...UPDATE, ack: 4 }));
    const kept = await keep('unknown_account', JSON.stringify(FOREIGN));
    await keep('keys_repeated', JSON.stringify({ ...UPDATE, ack: 2 }).replace('"ack":2', '"ack":1,"ack":2'));
    await keep('not_json', JSON.stringify({ ...UPDATE, ack: 4 }));
    expect(await run('replay', '--all')).toMatchObject({ code: 1, stdout: '4 to replay\n' });
    await expect(record()).resolves.toMatchObject({ status: 'accepted' });
    const { code, stdout } = await run('replay', '--all', '--yes', '--json');
    const results = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(results.map(({ result }) => result).sort()).toEqual(['applied', 'applied', 'duplicate', 'kept']);
    await expect(record()).resolves.toMatchObject({ status: 'read' });
    const again = await run('replay', '--all', '--yes', '--json');
    expect(JSON.parse(again.stdout)).toEqual({ id: kept, result: 'kept', reason: 'unknown_account' });
    await expect(left()).resolves.toBe(1);
  });

  it.each([[[]], [['0123456789ab', '--all']]])('refuses %j', async (words) => {
    expect(await run('replay', ...words)).toMatchObject({ code: 2 });
  });
});

describe('over HTTP', () => {
  const KEYS = [
    { name: 'boss', secret: 'secret-of-the-boss' },
    { name: 'looker', secret: 'secret-of-the-looker', roles: ['read'] },
    { name: 'sender', secret: 'secret-of-the-sender', roles: ['send'] },
    { name: 'clinic', secret: 'secret-of-the-clinic', accounts: ['clinic'] },
  ];
  const PATH = '/v1/webhooks/quarantine';
  let api: TestApi;

  beforeEach(async () => {
    api = await startApi(redis.url, { keys: KEYS });
  });
  afterEach(() => api.close());

  const call = (method: string, path: string, who = 'boss') =>
    api.call(method, path, { key: `secret-of-the-${who}` });

  it('lists, shows and replays', async () => {
    const id = await keep('ack_4', JSON.stringify({ ...UPDATE, ack: 4 }));
    const shown = {
      id,
      reason: 'ack_4',
      words: 'its "ack" is 4, which is not known',
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      account: FROM,
      body: expect.stringContaining('"from":"972…67"'),
    };
    expect((await call('GET', PATH)).json).toEqual({ callbacks: [shown], cursor: null });
    expect((await call('GET', `${PATH}/${id}`)).json).toEqual(shown);
    const replayed = await call('POST', `${PATH}/${id}/replay`);
    expect([replayed.status, replayed.json]).toEqual([200, { id, result: 'applied' }]);
    await expect(record()).resolves.toMatchObject({ status: 'read' });
    const again = await call('POST', `${PATH}/${id}/replay`);
    expect([again.status, again.json]).toMatchObject([404, { code: 'callback_not_found' }]);
    expect(api.lines.join()).toContain('"who":"boss"');
  });

  it('replays all', async () => {
    const kept = await keep('hook_missing', '{}');
    const applied = await keep('ack_4', JSON.stringify({ ...UPDATE, ack: 4 }));
    const { json } = await call('POST', `${PATH}/replay`);
    expect(json).toMatchObject({ callbacks: expect.arrayContaining([{ id: applied, result: 'applied' }]) });
    expect(json).toMatchObject({
      callbacks: expect.arrayContaining([{ id: kept, result: 'kept', reason: 'hook_missing' }]),
    });
  });

  it('is for those whose key has the role', async () => {
    const id = await keep('ack_4', JSON.stringify({ ...UPDATE, ack: 4 }));
    const statusOf = async (method: string, path: string, who: string) =>
      (await call(method, path, who)).status;
    expect(await statusOf('GET', PATH, 'looker')).toBe(200);
    expect(await statusOf('POST', `${PATH}/${id}/replay`, 'looker')).toBe(403);
    expect(await statusOf('POST', `${PATH}/replay`, 'looker')).toBe(403);
    expect(await statusOf('GET', PATH, 'sender')).toBe(403);
    await expect(left()).resolves.toBe(1);
  });

  it('shows a key for one account nothing of others, nor what is about none', async () => {
    const id = await keep('ack_4', JSON.stringify({ ...UPDATE, ack: 4 }));
    await keep('not_json', 'nothing');
    expect((await call('GET', PATH, 'clinic')).json).toEqual({ callbacks: [], cursor: null });
    expect((await call('GET', `${PATH}/${id}`, 'clinic')).status).toBe(404);
    expect((await call('POST', `${PATH}/replay`, 'clinic')).json).toEqual({ callbacks: [] });
    await expect(left()).resolves.toBe(2);
  });

  it.each(['limit=0', 'limit=x', 'cursor='])('refuses ?%s', async (query) => {
    expect((await call('GET', `${PATH}?${query}`)).json).toMatchObject({ code: 'validation' });
  });
});
