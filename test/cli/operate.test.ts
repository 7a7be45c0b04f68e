import { withRedis } from '../support/redis.js';
import { FROM, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { runCli } from './cli-in-process.js';

const TO = '972501234567';
const OTHER = '972509999999';
const FILE = 'https://files.example.com/invoice.pdf';

const redis = withRedis();
let stack: Stack;

beforeEach(async () => {
  stack = await startStack(redis.url, { account: { budget: { perDay: 2 } } });
  for (const client of [TO, OTHER]) stack.sandbox.reply(client, 'hi');
  await stack.sandbox.idle();
});
afterEach(() => stack.close());

const run = (...args: readonly string[]) => runCli(args, { REDIS_URL: redis.url });
const record = (id: string) => `waybill:{${FROM}}:d:${id}`;
const pastHorizon = (id: string) => redis.client.hset(record(id), 'horizonAt', Date.now() - 1);

async function lose(id: string, to = TO): Promise<void> {
  stack.sandbox.fault({ kind: 'reset_after_reading' });
  await run('enqueue', '--to', to, '--file', FILE, '--id', id);
  await stack.waybill.wait(id, 'unknown', { timeoutMs: 10_000 });
}

async function fail(id: string): Promise<void> {
  stack.sandbox.fault({ kind: 'fail', reason: 4 });
  await run('enqueue', '--to', TO, '--file', FILE, '--id', id);
  await stack.waybill.wait(id, 'failed', { timeoutMs: 10_000 });
}

describe('waybill resolve', () => {
  it('settles one by its id, with who said so in its status', async () => {
    await lose('inv-1');
    await pastHorizon('inv-1');
    const resolved = await run('resolve', 'inv-1', '--sent', '--unique', 'u-77', '--by', 'Anna');
    expect(resolved).toEqual({ code: 0, stdout: 'inv-1 accepted\n', stderr: '' });
    const { stdout } = await run('status', 'inv-1');
    expect(stdout).toContain('attempt 1 (file): accepted, operator: Anna');
    expect(stdout).toMatch(/unique +u-77/);
  });

  it('has one sent again that was not sent', async () => {
    await lose('inv-1');
    await pastHorizon('inv-1');
    const resolved = await run('resolve', 'inv-1', '--not-sent', '--resend', '--json');
    expect(resolved.code).toBe(0);
    expect(JSON.parse(resolved.stdout)).toEqual({ id: 'inv-1', status: 'waiting' });
    await stack.waybill.wait('inv-1', 'delivered', { timeoutMs: 10_000 });
    expect(stack.sandbox.accepted()).toHaveLength(1);
  });

  it('exits 1 before the horizon and tells until when; 3 for an id that nobody knows', async () => {
    await lose('inv-1');
    const early = await run('resolve', 'inv-1', '--not-sent', '--close');
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toMatch(/until \d{4}-\d\d-\d\dT/);
    expect(await run('resolve', 'nothing', '--sent')).toMatchObject({ code: 3, stdout: '' });
  });

  it('counts those that the filters leave, and wants --yes to settle them', async () => {
    await lose('inv-1');
    await lose('inv-2', OTHER);
    await pastHorizon('inv-1');
    const counted = await run('resolve', '--not-sent', '--close', '--from', 'shop');
    expect(counted).toMatchObject({ code: 2, stdout: '1 to resolve; 1 more may still be on their way\n' });
    expect(counted.stderr).toContain('--yes');
    expect((await stack.waybill.get('inv-1')).status).toBe('unknown');
    await pastHorizon('inv-2');
    const none = await run('resolve', '--sent', '--until', '2020-01-01T00:00:00Z', '--json');
    expect(none).toEqual({ code: 0, stdout: '{"ready":0,"early":0}\n', stderr: '' });
    const closed = await run('resolve', '--not-sent', '--close', '--to', '+972-50-999-9999', '--yes');
    expect(closed).toMatchObject({ code: 0, stdout: 'inv-2 failed\n' });
    expect((await run('resolve', '--sent', '--yes')).stdout).toBe('inv-1 accepted\n');
  });

  it('says how many of many it leaves, since they may still be on their way', async () => {
    await lose('inv-1');
    await lose('inv-2', OTHER);
    await pastHorizon('inv-2');
    const { code, stdout, stderr } = await run('resolve', '--sent', '--yes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'inv-2 accepted\n' });
    expect(stderr).toContain('1 more may still be on their way');
  });

  it.each([
    ['nothing', []],
    ['both', ['--sent', '--not-sent', '--close']],
    ['no end', ['--not-sent']],
    ['two ends', ['--not-sent', '--resend', '--close']],
    ['an end of what was sent', ['--sent', '--close']],
    ['a message that was not sent', ['--not-sent', '--close', '--unique', 'u']],
    ['one message for many', ['--sent', '--unique', 'u', '--yes']],
    ['a filter beside an id', ['inv-1', '--sent', '--to', TO]],
    ['no recipient', ['--sent', '--to', 'nobody']],
    ['no time', ['--sent', '--since', 'yesterday']],
  ])('exits 2 when it is told %s', async (_what, args) => {
    expect(await run('resolve', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('waybill status of an unknown outcome', () => {
  it('tells what the history showed, when it is asked next, and until when to wait', async () => {
    await lose('inv-1');
    await noteAsked('inv-1', Date.now(), 'absent');
    const { stdout } = await run('status', 'inv-1');
    expect(stdout).toContain('history: does not show the message');
    expect(stdout).toMatch(/history +is asked next \d{4}-/);
    expect(stdout).toMatch(/horizon +may still be on its way until \d{4}-/);
    await pastHorizon('inv-1');
    expect((await run('status', 'inv-1')).stdout).toMatch(/horizon +cannot be on its way any more/);
  });

  it('has the same for programs', async () => {
    await lose('inv-1');
    await noteAsked('inv-1', 1763800000000, 'incomplete');
    const { horizonAt } = await redis.client.hgetall(record('inv-1'));
    const view: unknown = JSON.parse((await run('status', 'inv-1', '--json')).stdout);
    expect(view).toMatchObject({
      status: 'unknown',
      asked: [{ at: new Date(1763800000000).toISOString(), found: 'incomplete' }],
      horizonAt: new Date(Number(horizonAt)).toISOString(),
      nextReadAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  async function noteAsked(id: string, at: number, found: string): Promise<void> {
    const line = await redis.client.hincrby(record(id), 'lines', 1);
    await redis.client.hset(record(id), `t${line}`, `asked\t${at}\t${found}`);
  }
});

describe('waybill resend', () => {
  it('makes a new delivery of a failed one; both tell of each other', async () => {
    await fail('inv-1');
    expect(await run('resend', 'inv-1', '--id', 'inv-2', '--local-storage')).toMatchObject({
      code: 0,
      stdout: 'inv-2 queued\n',
    });
    await stack.waybill.wait('inv-2', 'accepted', { timeoutMs: 10_000 });
    expect((await run('status', 'inv-1')).stdout).toMatch(/made anew +as inv-2/);
    expect((await run('status', 'inv-2')).stdout).toMatch(/made of +inv-1/);
    const again = await run('resend', 'inv-1', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ id: 'inv-2', duplicate: true, resendOf: 'inv-1' });
  });

  it('exits 1 for one that may have been sent, and 3 for one that nobody knows', async () => {
    await lose('inv-1');
    const refused = await run('resend', 'inv-1');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('unknown');
    expect(await run('resend', 'nothing')).toMatchObject({ code: 3 });
  });

  it('exits 1 when the request is not kept any more, and says what to do', async () => {
    await fail('inv-1');
    const queue = `waybill:queue:{${FROM}}:`;
    await eventually(() => redis.client.zscore(`${queue}failed`, 'd-inv-1'));
    await redis.client.del(`${queue}d-inv-1`);
    const gone = await run('resend', 'inv-1');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('enqueue it anew');
  });
});

describe('waybill list', () => {
  it('lists unknown outcomes, numbers masked unless asked for', async () => {
    await lose('inv-1');
    const { code, stdout } = await run('list', '--status', 'unknown');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^inv-1 +shop +972…67 +\d.* ago\) +unknown: .*not to be resolved before/m);
    expect(stdout).not.toContain(TO);
    const json = await run('list', '--status', 'unknown', '--json', '--full-numbers');
    expect(JSON.parse(json.stdout)).toMatchObject({
      account: 'shop',
      id: 'inv-1',
      to: TO,
      status: 'unknown',
    });
    expect(await run('list', '--status', 'unknown', '--to', OTHER)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'None.\n',
    });
  });

  it('lists what the budget holds', async () => {
    for (const [id, to] of [
      ['a', TO],
      ['b', OTHER],
      ['c', '972508888888'],
    ] as const) {
      stack.sandbox.reply(to, 'hi');
      await stack.sandbox.idle();
      await run('enqueue', '--to', to, '--file', FILE, '--id', id);
      await stack.waybill.wait(id, id === 'c' ? 'held' : 'accepted', { timeoutMs: 10_000 });
    }
    const { stdout } = await run('list', '--status', 'held', '--reason', 'budget');
    expect(stdout).toMatch(/^c +.*972…88 .*held: the budget for new sessions is used up$/m);
    expect(stdout).not.toMatch(/^a /m);
  });

  it('goes through pages, newest first, whose cursor is told on stderr', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    for (const id of ['one', 'two', 'three']) {
      await run('enqueue', '--to', TO, '--file', FILE, '--id', id, '--send-at', later);
    }
    const first = await run('list', '--limit', '2', '--json');
    const ids = ({ stdout }: { readonly stdout: string }) =>
      [...stdout.matchAll(/"id":"(\w+)"/g)].map(([, id]) => id);
    expect(ids(first)).toEqual(['three', 'two']);
    const [, cursor = ''] = /--cursor (\S+)\n$/.exec(first.stderr) ?? [];
    const second = await run('list', '--limit', '2', '--json', '--cursor', cursor);
    expect(ids(second)).toEqual(['one']);
    expect(second.stderr).toBe('');
  });

  it.each([
    ['no status', ['--status', 'lost']],
    ['no limit', ['--limit', '501']],
    ['no cursor of ours', ['--cursor', 'zzz']],
    ['no recipient', ['--to', 'nobody']],
  ])('exits 2 for %s', async (_what, args) => {
    expect(await run('list', ...args)).toMatchObject({ code: 2, stdout: '' });
  });

  it('exits 3 for an account that nobody knows', async () => {
    expect(await run('list', '--from', 'nobody')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('changes by filters', () => {
  const later = () => new Date(Date.now() + 3_600_000).toISOString();
  const schedule = (id: string, to = TO) =>
    run('enqueue', '--to', to, '--file', FILE, '--id', id, '--send-at', later());

  it('cancel counts what it would cancel, and cancels it when told so', async () => {
    for (const id of ['one', 'two']) await schedule(id);
    await schedule('three', OTHER);
    const counted = await run('cancel', '--to', TO);
    expect(counted).toMatchObject({ code: 2, stdout: '2 to cancel\n' });
    expect(counted.stderr).toContain('--yes');
    expect((await stack.waybill.get('one')).status).toBe('waiting');
    const cancelled = await run('cancel', '--to', TO, '--yes', '--json');
    expect(cancelled).toMatchObject({ code: 0, stderr: '' });
    expect(cancelled.stdout).toBe('{"id":"two","status":"cancelled"}\n{"id":"one","status":"cancelled"}\n');
    expect((await stack.waybill.get('three')).status).toBe('waiting');
    expect(await run('cancel', '--to', TO, '--yes')).toEqual({ code: 0, stdout: '', stderr: 'None.\n' });
  });

  it('resend makes anew what failed, once', async () => {
    await fail('one');
    await fail('two');
    expect(await run('resend', '--status', 'failed')).toMatchObject({ code: 2, stdout: '2 to make anew\n' });
    const made = await run('resend', '--status', 'failed', '--yes');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /^two made anew as dlv_\w+ (queued|waiting)\none made anew as dlv_\w+ \w+\n$/,
    );
    const again = await run('resend', '--to', TO, '--yes');
    expect(again.stdout).toMatch(/^two made anew as \S+ \w+ \(made before\)\none .* \(made before\)\n$/);
  });

  it('go on past what is refused, and exit 1', async () => {
    await fail('one');
    await fail('two');
    await eventually(async () => (await redis.client.zcard(`waybill:queue:{${FROM}}:failed`)) === 2);
    await redis.client.del(`waybill:queue:{${FROM}}:d-two`);
    const made = await run('resend', '--to', TO, '--yes');
    expect(made.code).toBe(1);
    expect(made.stderr).toContain('two: The request is kept for 24 h');
    expect(made.stdout).toMatch(/^one made anew as /);
  });

  it.each([
    ['cancel without a word', ['cancel', '--yes']],
    ['resend without a word', ['resend', '--yes']],
    ['a filter beside an id', ['cancel', 'one', '--status', 'waiting']],
    ['a new id for many', ['resend', '--id', 'x', '--to', TO]],
    ['cancel what was sent', ['cancel', '--status', 'sent']],
    ['resend what waits', ['resend', '--status', 'waiting']],
    ['resolve what failed', ['resolve', '--sent', '--status', 'failed']],
  ])('exit 2 for %s', async (_what, args) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('waybill erase', () => {
  it('tells how much there is, and erases it when told so', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await run('enqueue', '--to', TO, '--file', FILE, '--id', 'one', '--send-at', later);
    const counted = await run('erase', TO, '--from', 'shop');
    expect(counted).toMatchObject({ code: 2, stdout: '1 deliveries to erase\n' });
    expect((await run('status', 'one')).code).toBe(0);
    const erased = await run('erase', '+972-50-123-4567', '--yes', '--json');
    expect(erased).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(erased.stdout)).toMatchObject({ deliveries: 1, jobs: 1, sessions: 0 });
    expect((await run('status', 'one')).code).toBe(3);
    expect((await run('erase', TO, '--yes')).stdout).toMatch(/^erased: 0 deliveries, 0 jobs, /);
  });

  it('exits 1 while something may be on its way, 2 for no recipient', async () => {
    await lose('one');
    const refused = await run('erase', TO, '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/may still be on its way until \d{4}-/);
    expect(await run('erase', 'nobody', '--yes')).toMatchObject({ code: 2, stdout: '' });
  });
});
