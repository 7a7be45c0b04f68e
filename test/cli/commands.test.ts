import { withRedis } from '../support/redis.js';
import { FROM, SHOP, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { runCli, startCli } from './cli-in-process.js';

const TO = '972501234567';
const FILE = 'https://files.example.com/invoice.pdf';

const redis = withRedis();
let stack: Stack | undefined;

afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

const start = async (options: Parameters<typeof startStack>[1] = {}): Promise<Stack> => {
  stack = await startStack(redis.url, options);
  return stack;
};
const env = () => ({ REDIS_URL: redis.url });
const run = (...args: readonly string[]) => runCli(args, env());
const enqueue = (...more: readonly string[]) => run('enqueue', '--to', TO, '--file', FILE, ...more);

describe('waybill enqueue', () => {
  it('prints the id and the status', async () => {
    await start();
    const { code, stdout } = await enqueue('--from', 'shop', '--id', 'inv-1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'inv-1 queued\n' });
  });

  it('takes every field of the request', async () => {
    await start();
    const sendAt = Date.now() + 3_600_000;
    const { code, stdout } = await enqueue(
      ...[
        '--caption',
        'Invoice?',
        '--reply-to',
        'u1',
        '--send-at',
        `${sendAt}`,
        '--priority',
        'low',
        '--id',
        'f',
      ],
      ...['--expires-at', '2099-01-01T00:00:00Z', '--on-closed-window', 'fail'],
      ...['--local-storage', '--show-request', '--strict-order', '--media-type', 'document', '--json'],
      ...['--metadata', 'order=7', 'note=a=b'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      id: 'f',
      from: FROM,
      status: 'waiting',
      duplicate: false,
      warnings: [],
    });
    const view = await stack?.waybill.get('f');
    expect(view?.request).toMatchObject({
      to: TO,
      fileUrl: FILE,
      caption: 'Invoice?',
      replyTo: 'u1',
      sendAt: new Date(sendAt).toISOString(),
      expiresAt: '2099-01-01T00:00:00.000Z',
      priority: 'low',
      onClosedWindow: 'fail',
      localStorage: true,
      showRequest: true,
      strictOrder: true,
      mediaType: 'document',
      metadata: { order: '7', note: 'a=b' },
    });
  });

  it('means the template for a closed window', async () => {
    await start();
    await enqueue(
      '--id',
      't',
      '--template',
      'bill',
      '--template-language',
      '2',
      '--template-variable',
      'a',
      'b',
    );
    const view = await stack?.waybill.get('t');
    expect(view?.request).toMatchObject({
      onClosedWindow: 'template',
      template: { name: 'bill', language: 2, variables: ['a', 'b'] },
    });
  });

  it('adds nothing for the same again, and exits 1 for another payload under the id', async () => {
    await start();
    await enqueue('--id', 'inv-1');
    const again = await enqueue('--id', 'inv-1');
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('the same again');
    const other = await enqueue('--id', 'inv-1', '--caption', 'another');
    expect(other.code).toBe(1);
  });

  it('tells what is wrong by the options that were typed', async () => {
    await start();
    const { code, stderr } = await run(
      'enqueue',
      '--to',
      '0501234567',
      '--file',
      'ftp://x.example/a?secret=canary',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--to begins with 0');
    expect(stderr).toContain('--file');
    expect(stderr).not.toMatch(/canary|0501234567/);
  });

  it.each([
    [['--file', `${FILE}x`], 'give --media-type'],
    [['--send-at', '2099-01-02T00:00:00Z', '--expires-at', '2099-01-01T00:00:00Z'], 'later than --send-at'],
    [['--template', 'bill', '--template-language', '0'], '--template-language must be'],
  ])('names no field that is not typed: %s', async (options, words) => {
    await start();
    const { code, stderr } = await enqueue(...options);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/fileUrl|mediaType|sendAt|templateLanguage|The request is not valid/);
  });

  it('warns by the options that were typed', async () => {
    await start();
    const { code, stderr } = await enqueue('--file', 'https://192.168.0.1/a.pdf');
    expect(code).toBe(0);
    expect(stderr).toContain('note: --file: the host looks private');
  });

  it('exits 3 for an account that nobody knows', async () => {
    await start();
    expect((await enqueue('--from', 'nobody')).code).toBe(3);
  });

  it('asks for the account where there is a choice', async () => {
    await start();
    await redis.client.hset(
      'waybill:accounts',
      '972770000000',
      JSON.stringify({ from: '972770000000', name: 'depot', onClosedWindow: 'hold', template: null }),
    );
    const { code, stderr } = await enqueue();
    expect(code).toBe(2);
    expect(stderr).toContain('--from');
    expect(stderr).toContain('depot');
  });
});

describe('waybill status', () => {
  it('tells where a held delivery is, why, and how it got there', async () => {
    const { waybill } = await start();
    await run('enqueue', '--to', TO, '--file', `${FILE}?signature=canary`, '--id', 'inv-1');
    await waybill.wait('inv-1', 'held', { timeoutMs: 10_000 });
    const { code, stdout } = await run('status', 'inv-1');
    expect(code).toBe(0);
    expect(stdout).toContain('held: the customer window is closed until the recipient writes');
    expect(stdout).toContain('attempt 1 (file): window_closed, FAIL 8');
    expect(stdout).toMatch(/window +closed since/);
    expect(stdout).toContain(FILE);
    expect(stdout).not.toContain('canary');
    const json = await run('status', 'inv-1', '--json', '--from', 'shop');
    expect(json.stdout).not.toContain('canary');
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'inv-1', to: TO, status: 'held', reason: 'window' });
  });

  it('follows a delivery until it has arrived', async () => {
    const { sandbox, waybill } = await start();
    await enqueue('--id', 'inv-1');
    await waybill.wait('inv-1', 'held', { timeoutMs: 10_000 });
    const watching = startCli(['status', 'inv-1', '--watch'], env());
    await eventually(() => watching.stdout().includes('held'));
    sandbox.reply(TO, 'hi');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    const order = ['queued', 'held', 'accepted', 'delivered'].map((word) => stdout.lastIndexOf(` ${word}`));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order).not.toContain(-1);
  });

  it('follows with an object a line, and exits 1 when it ends failed', async () => {
    const { sandbox } = await start();
    sandbox.windowLeft(TO, 0);
    sandbox.fault({ kind: 'fail', reason: 4 });
    await enqueue('--id', 'inv-1');
    const { code, stdout } = await run('status', 'inv-1', '--watch', '--json');
    expect(code).toBe(1);
    const last: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ status: 'failed', reason: '4' });
    expect((await run('status', 'inv-1')).stdout).toContain('failed: FAIL 4: recipient empty or malformed');
  });

  it('stops following on Ctrl-C', async () => {
    await start();
    await enqueue('--id', 'inv-1', '--send-at', '2098-01-01T00:00:00Z');
    const watching = startCli(['status', 'inv-1', '--watch'], env());
    await eventually(() => watching.stdout().includes('send at'));
    watching.interrupt();
    expect((await watching.ended).code).toBe(0);
  });

  it('exits 3 for an id that nobody knows', async () => {
    await start();
    expect(await run('status', 'nothing')).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('waybill cancel', () => {
  it('ends what has not been sent; refuses what has', async () => {
    const { sandbox, waybill } = await start();
    sandbox.reply(TO, 'hi');
    await enqueue('--id', 'late', '--send-at', '2098-01-01T00:00:00Z');
    expect(await run('cancel', 'late')).toMatchObject({ code: 0, stdout: 'late cancelled\n' });
    await enqueue('--id', 'gone');
    await waybill.wait('gone', 'accepted', { timeoutMs: 10_000 });
    expect(await run('cancel', 'gone')).toMatchObject({ code: 1, stdout: '' });
    expect(await run('cancel', 'nothing')).toMatchObject({ code: 3 });
  });
});

describe('waybill accounts', () => {
  it('pauses an account, so that nothing is sent, and resumes it', async () => {
    const { sandbox, waybill } = await start();
    sandbox.reply(TO, 'hi');
    expect(await run('accounts', 'pause', 'shop', '--reason', 'audit')).toMatchObject({ code: 0 });
    const again = await run('accounts', 'pause', FROM, '--reason', 'audit', '--by', 'dana');
    expect(again).toMatchObject({ code: 0 });
    await enqueue('--id', 'inv-1');
    const paused = await run('accounts');
    expect(paused.stdout).toMatch(
      /^shop +972…67 +paused since .* by dana from the command line on desk-1: audit +paused +1 /m,
    );
    expect(sandbox.accepted()).toEqual([]);
    expect(await run('accounts', 'resume', 'shop')).toMatchObject({ code: 0, stdout: 'shop resumed\n' });
    await waybill.wait('inv-1', 'accepted', { timeoutMs: 10_000 });
    expect(await run('accounts', 'resume', 'shop')).toMatchObject({ code: 0 });
    const { stdout } = await run('accounts', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'shop', gate: { state: 'open' }, queuePaused: false });
    expect(stdout).not.toContain(FROM);
  });

  it('exits 2 when Redis does not know our password', async () => {
    const url = redis.url.replace('//', '//nobody:canary-password@');
    const { code, stdout, stderr } = await runCli(['accounts'], { REDIS_URL: url });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('refuses us');
    expect(stderr).not.toContain('canary-password');
  });

  it('exits 3 for one that nobody knows', async () => {
    await start();
    expect(await run('accounts', 'pause', 'nobody')).toMatchObject({ code: 3 });
  });
});

describe('waybill ledger', () => {
  it('lists the sessions of a month with totals, numbers masked unless asked for', async () => {
    const { sandbox, waybill } = await start();
    sandbox.reply(TO, 'hi');
    await enqueue('--id', 'one');
    await enqueue('--id', 'two');
    await waybill.wait('two', 'accepted', { timeoutMs: 10_000 });
    const { code, stdout, stderr } = await run('ledger', '--from', 'shop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/972…67 +one +2$/m);
    expect(stdout).toContain('1 session, 2 messages');
    expect(stderr).toBe('');
    expect(stdout).not.toContain(TO);
    const csv = await run('ledger', '--csv', '--full-numbers');
    expect(csv.stdout).toMatch(
      new RegExp(`^openedAt,to,openedBy,messages,sender\\n[-0-9T:.]+Z,${TO},one,2,waybill\\n$`),
    );
    const json = await run('ledger', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ openedBy: 'one', messages: 2 });
    expect((await run('ledger', '--month', '2020-01')).stdout).toContain('0 sessions, 0 messages');
  });

  it('shows apart, and counts in no total, what another sender may have opened', async () => {
    const { sandbox } = await start();
    sandbox.agentSend(TO, 'as discussed');
    await sandbox.idle();
    const { stdout } = await run('ledger', '--from', 'shop');
    expect(stdout).toContain('0 sessions, 0 messages');
    expect(stdout).toMatch(/another sender from this number\nopened +to +messages\n.* 972…67 +1\n$/);
    const csv = await run('ledger', '--csv', '--full-numbers');
    expect(csv.stdout).toMatch(new RegExp(`\\n[-0-9T:.]+Z,${TO},,1,other\\n$`));
    const json = await run('ledger', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ openedBy: '', messages: 1, sender: 'other' });
  });

  it('counts months in the zone of the workers’ settings', async () => {
    await start({ account: { budget: { timeZone: 'Asia/Jerusalem' } } });
    const { stdout, stderr } = await run('ledger');
    expect(stdout).toContain('(Asia/Jerusalem)');
    expect(stderr).toBe('');
  });

  it('shows every account where none is named, each line with its own', async () => {
    const clinic = { from: '972771234568', name: 'clinic', apiKey: 'key-of-clinic' };
    const accounts = [SHOP, clinic];
    const { sandbox, waybill } = await start({
      env: { WAYBILL_ACCOUNTS: JSON.stringify(accounts) },
      sandbox: { accounts: accounts.map(({ from, apiKey }) => ({ from, apiKey })) },
    });
    for (const { from, name } of accounts) {
      sandbox.reply(TO, 'hi', { from });
      await enqueue('--from', name, '--id', `of-${name}`);
      await waybill.wait(`of-${name}`, 'accepted', { timeoutMs: 10_000 });
    }
    const { stdout } = await run('ledger');
    expect(stdout).toMatch(
      /^clinic, .*\n(.*\n)+1 session, 1 message\n\nshop, .*\n(.*\n)+1 session, 1 message\n$/,
    );
    expect((await run('ledger', '--csv')).stdout).toMatch(
      /^openedAt,to,openedBy,messages,sender,account\n.*,waybill,clinic\n.*,waybill,shop\n$/,
    );
    const rows = (await run('ledger', '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([{ account: 'clinic' }, { account: 'shop' }]);
  });
});

describe('waybill events', () => {
  it('follows an account’s status changes until Ctrl-C', async () => {
    const { sandbox } = await start();
    await enqueue('--id', 'inv-1');
    const following = startCli(['events', '--from', 'shop', '--after', '0', '--json'], env());
    await eventually(() => following.stdout().includes('"delivery.held"'));
    sandbox.reply(TO, 'hi');
    await eventually(() => following.stdout().includes('"delivery.delivered"'));
    following.interrupt();
    const { code, stdout } = await following.ended;
    expect(code).toBe(0);
    const [first] = stdout.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ type: 'delivery.queued', data: { deliveryId: 'inv-1' } });
    expect(stdout).not.toContain(TO);
  });
});
