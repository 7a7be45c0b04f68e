import { runCli } from '../cli/cli-in-process.js';
import { startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP, type Stack, startStack } from '../support/stack.js';

const TO = '972501234567';
const redis = withRedis();
let stack: Stack;
let api: TestApi;

beforeEach(async () => {
  stack = await startStack(redis.url);
  api = await startApi(redis.url);
  await call('POST', '/v1/accounts/shop/pause');
});
afterEach(async () => {
  await api.close();
  await stack.close();
});

const call = async (method: string, path: string, body?: unknown) =>
  (await api.call(method, path, body === undefined ? {} : { body })).json;
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(args, { REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]), ...env });
const enqueue = (id: string) => stack.waybill.enqueue(requestTo(TO, { id }));
const operationsOf = async (id: string) => (await stack.waybill.get(id)).operations;
/** The API's lines about what was done by hand, after the pause of every test. */
const logged = () =>
  api.lines
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
    .filter(({ msg }) => msg === 'operation done')
    .slice(1);
const record = (id: string) => `waybill:{${FROM}}:d:${id}`;

async function lose(id: string): Promise<void> {
  await call('POST', '/v1/accounts/shop/resume', { reason: 'it is mended' });
  stack.sandbox.reply(TO, 'hi');
  await stack.sandbox.idle();
  stack.sandbox.fault({ kind: 'reset_after_reading' });
  await enqueue(id);
  await stack.waybill.wait(id, 'unknown', { timeoutMs: 20_000 });
  await redis.client.hset(record(id), 'horizonAt', Date.now() - 1);
}

describe('over HTTP', () => {
  const said = { who: 'boss', source: 'API' };

  it('says in timeline and log who cancelled, and why', async () => {
    await enqueue('inv-1');
    await call('POST', '/v1/deliveries/inv-1/cancel', { reason: 'wrong file' });
    const done = { verb: 'cancel', ...said, reason: 'wrong file' };
    expect(await operationsOf('inv-1')).toEqual([{ at: expect.any(String), ...done }]);
    expect(await call('GET', '/v1/deliveries/inv-1')).toMatchObject({ operations: [done] });
    expect(logged()).toEqual([
      expect.objectContaining({
        ...done,
        level: 'info',
        account: 'shop',
        deliveryId: 'inv-1',
        address: '127.0.0.1',
      }),
    ]);
    await call('POST', '/v1/deliveries/inv-1/cancel', { reason: 'said again' });
    expect(await operationsOf('inv-1')).toHaveLength(1);
    const { stdout } = await cli(['status', 'inv-1']);
    expect(stdout).toContain('cancelled: by boss from the API: wrong file');
    expect((await cli(['explain', 'inv-1'])).stdout).toMatch(
      /It was cancelled at .* by boss from the API: wrong file\. Nothing is sent for it\./,
    );
  });

  it('says who changed it, who resolved it, and who made a new delivery of it', async () => {
    await enqueue('inv-1');
    await call('PATCH', '/v1/deliveries/inv-1', { caption: 'new', reason: 'a typo' });
    expect(await operationsOf('inv-1')).toMatchObject([{ verb: 'amend', ...said, reason: 'a typo' }]);
    await lose('inv-2');
    const body = { outcome: 'not_sent', next: 'close', reason: 'the client says so' };
    await call('POST', '/v1/deliveries/inv-2/resolve', body);
    await call('POST', '/v1/deliveries/inv-2/resend', { id: 'inv-3', reason: 'once more' });
    await call('POST', '/v1/deliveries/inv-2/resend', { id: 'inv-3', reason: 'and again' });
    expect(await operationsOf('inv-2')).toMatchObject([
      { verb: 'resolve', ...said, reason: 'the client says so' },
      { verb: 'resend', ...said, reason: 'once more' },
    ]);
    expect(logged().map(({ verb, deliveryId }) => [verb, deliveryId])).toEqual([
      ['amend', 'inv-1'],
      ['resume', undefined],
      ['resolve', 'inv-2'],
      ['resend', 'inv-2'],
    ]);
    const { stdout } = await cli(['status', 'inv-2']);
    expect(stdout).toContain('resolved by boss from the API: the client says so');
    expect(stdout).toContain('resent as a new delivery by boss from the API: once more');
  });

  it('says who erased a recipient, whose number the log does not show', async () => {
    await enqueue('inv-1');
    await call('DELETE', `/v1/recipients/shop/${TO}?reason=asked+for+it`);
    expect(logged()).toMatchObject([
      { verb: 'erase', account: 'shop', recipient: '972…67', ...said, reason: 'asked for it' },
    ]);
    expect(api.lines.join('')).not.toContain(TO);
  });

  it('says in gate, event and log who paused and resumed, and why', async () => {
    const paused = await call('POST', '/v1/accounts/shop/pause', { reason: 'price list' });
    expect(paused).toMatchObject({ gate: { state: 'paused', ...said, reason: 'price list' } });
    await call('POST', '/v1/accounts/shop/resume', { reason: 'it is right now' });
    const events = [];
    for await (const event of stack.waybill.events({ after: '0', types: ['account.resumed'] })) {
      events.push(event);
      break;
    }
    expect(events).toMatchObject([{ data: { by: 'operator', ...said, reason: 'it is right now' } }]);
    expect(logged()).toMatchObject([
      { verb: 'pause', account: 'shop', ...said, reason: 'price list' },
      { verb: 'resume', account: 'shop', ...said, reason: 'it is right now' },
    ]);
  });

  it('logs nothing of what was refused', async () => {
    await enqueue('inv-1');
    await call('POST', '/v1/deliveries/inv-1/resend');
    await call('POST', '/v1/deliveries/none/cancel');
    expect(logged()).toEqual([]);
  });

  it.each([
    ['of no text', 7, 'must be a string of 1 to 200 characters'],
    ['too long', 'x'.repeat(201), 'must be a string of 1 to 200 characters'],
    ['with a control character', 'a\u0000b', expect.stringContaining('control character')],
    ['with half an emoji', 'a\ud83d', expect.stringContaining('half of a character')],
  ])('refuses a reason %s, with all else that is wrong', async (_what, reason, detail) => {
    await enqueue('inv-1');
    const about = { errors: expect.arrayContaining([{ pointer: '/reason', detail }]) };
    expect(await call('POST', '/v1/deliveries/inv-1/cancel', { reason })).toMatchObject(about);
    expect(await call('POST', '/v1/accounts/shop/resume', { reason })).toMatchObject(about);
    const amended = await call('PATCH', '/v1/deliveries/inv-1', { reason, sendAt: 'soon' });
    expect(amended).toMatchObject(about);
    expect(amended).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/sendAt' })]),
    });
    expect(await operationsOf('inv-1')).toEqual([]);
  });
});

describe('at the command line', () => {
  const source = 'command line on desk-1';

  it('says who did it by --by, else the user, and why', async () => {
    await enqueue('inv-1');
    await enqueue('inv-2');
    await cli(['cancel', 'inv-1', '--by', 'Dana', '--why', 'wrong\tfile']);
    await cli(['cancel', '--to', TO, '--yes', '--why', 'all of them']);
    expect(await operationsOf('inv-1')).toMatchObject([{ who: 'Dana', source, reason: 'wrong file' }]);
    expect(await operationsOf('inv-2')).toMatchObject([{ who: 'anna', source, reason: 'all of them' }]);
  });

  it('says who resolved and made anew, one and many', async () => {
    await lose('inv-1');
    await cli(['resolve', 'inv-1', '--not-sent', '--close', '--why', 'asked the client']);
    await cli(['resend', '--status', 'failed', '--yes', '--by', 'Dana']);
    expect(await operationsOf('inv-1')).toMatchObject([
      { verb: 'resolve', who: 'anna', source, reason: 'asked the client' },
      { verb: 'resend', who: 'Dana', source, reason: null },
    ]);
  });

  it('says who paused an account, and writes a line of the log where that is JSON', async () => {
    const { stderr } = await cli(['accounts', 'pause', 'shop', '--reason', 'fire'], {
      WAYBILL_LOG_FORMAT: 'json',
    });
    const line: unknown = JSON.parse(stderr);
    expect(line).toMatchObject({
      msg: 'operation done',
      verb: 'pause',
      account: 'shop',
      who: 'anna',
      source,
      reason: 'fire',
    });
    const { stdout } = await cli(['accounts']);
    expect(stdout).toContain(`by anna from the ${source}: fire`);
    expect((await cli(['accounts', 'resume', 'shop'])).stderr).toBe('');
  });

  it.each([
    [['cancel', 'inv-1', '--by', ' '], '--by: must be a string of 1 to 64 characters'],
    [['erase', TO, '--why', 'x'.repeat(201)], '--why: must be a string of 1 to 200 characters'],
    [['accounts', 'resume', 'shop', '--reason', 'a\u0007b'], 'control character'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await cli(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('in the library', () => {
  it('says what the app says, else this process and its host', async () => {
    await enqueue('inv-1');
    await enqueue('inv-2');
    await stack.waybill.amend('inv-1', { caption: 'new' }, { who: 'crm', reason: 'a typo' });
    await stack.waybill.cancel('inv-1', { who: 'crm', source: 'back office' });
    await stack.waybill.cancel('inv-2');
    const library = expect.stringMatching(/^library on ./);
    expect(await operationsOf('inv-1')).toMatchObject([
      { verb: 'amend', who: 'crm', source: library, reason: 'a typo' },
      { verb: 'cancel', who: 'crm', source: 'back office', reason: null },
    ]);
    expect(await operationsOf('inv-2')).toMatchObject([{ source: library, reason: null }]);
  });

  it('refuses what is no signature, each fault under its name', async () => {
    await enqueue('inv-1');
    const asking = { who: '', source: 5, reason: 'x'.repeat(201) } as unknown as { who: string };
    await expect(stack.waybill.cancel('inv-1', asking)).rejects.toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '/who' }, { pointer: '/source' }, { pointer: '/reason' }],
    });
  });
});

it('reads what an earlier version wrote, which said a name at most', async () => {
  await enqueue('inv-1');
  await call('POST', '/v1/deliveries/inv-1/cancel');
  const lines = await redis.client.hgetall(record('inv-1'));
  const [field] = Object.entries(lines).find(([, line]) => line.startsWith('operation\t')) ?? [''];
  await redis.client.hset(record('inv-1'), field, 'attempt\t1\t1\tfile\tnot_sent\toperator\tDana');
  const { stdout } = await cli(['status', 'inv-1']);
  expect(stdout).toContain('cancelled: by an operator');
  expect(stdout).toContain('resolved by Dana');
});
