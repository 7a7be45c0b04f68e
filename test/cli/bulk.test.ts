import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { runCli } from './cli-in-process.js';

const redis = withRedis();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-bulk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ REDIS_URL: redis.url, WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: 'key-of-shop' });
const run = (...args: readonly string[]) => runCli(['enqueue', ...args], env());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function row(index: number, more = ''): string {
  return `${972_500_000_000 + index},https://files.example.com/${index}.pdf,Invoice ${index}${more}`;
}

async function jobData(id: string): Promise<unknown> {
  return JSON.parse((await redis.client.hget(accountKeys('waybill', FROM).job(`d-${id}`), 'data')) ?? 'null');
}

describe('waybill enqueue --csv', () => {
  it('takes every row, and by its content none twice', async () => {
    const path = file('batch.csv', `to,fileUrl,caption\n${row(1)}\n${row(2)}\n`);
    expect(await run('--csv', path)).toMatchObject({ code: 0, stdout: '2 taken\n' });
    const again = await run('--csv', path);
    expect(again).toMatchObject({ code: 0, stdout: '0 taken\n2 the same again: nothing was added\n' });
  });

  it('reads what spreadsheets write: a byte order mark, quotes, CRLF, new lines in cells, empty cells', async () => {
    const header = '\ufeffid,To,file,caption,sendAt,expiresAt,priority,mediaType,strictOrder,metadata.Order';
    const cells = ['a', '+972 50-000-0001', '"https://files.example.com/x?a=1,2"', '"Say ""hi"",\r\nAda"'];
    const rest = [String(Date.now() + 60_000), '2099-01-01T00:00:00Z', 'low', 'document', 'TRUE', '7'];
    const path = file(
      'batch.csv',
      `${header}\r\n${[...cells, ...rest].join(',')}\r\n\r\nb,972500000002,https://files.example.com/b.pdf,,,,,,,\r\n`,
    );
    expect(await run('--csv', path)).toMatchObject({ code: 0, stdout: '2 taken\n' });
    expect(await jobData('a')).toMatchObject({
      to: '972500000001',
      fileUrl: 'https://files.example.com/x?a=1,2',
      caption: 'Say "hi",\r\nAda',
      priority: 'low',
      mediaType: 'document',
      strictOrder: true,
      metadata: { Order: '7' },
      expiresAt: Date.parse('2099-01-01T00:00:00Z'),
    });
    expect(await jobData('b')).not.toHaveProperty('caption');
  });

  it('puts refused rows into a file that can be corrected and fed again', async () => {
    const path = file(
      'batch.csv',
      `to,fileUrl,caption\n${row(1)}\n12,https://x.example/a.pdf,"a,b"\n${row(3)},x\n`,
    );
    const { code, stdout } = await run('--csv', path);
    const rejects = `${path}.rejects.csv`;
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `1 taken\n2 refused: correct them in ${rejects} and enqueue that file\n`,
    });
    expect(statSync(rejects).mode & 0o777).toBe(0o600);
    const [head, first = '', second = ''] = readFileSync(rejects, 'utf8').split('\n');
    expect(head).toBe('rejectReason,to,fileUrl,caption');
    expect(first).toMatch(/^.*has 2 digits.*,12,https:\/\/x.example\/a.pdf,"a,b"$/);
    expect(second).toContain('has 4 cells where the first row has 3');
    const corrected = `${head}\n${first.replace(',12,', ',972500000012,')}\n${second.replace(/,x$/, '')}\n`;
    writeFileSync(rejects, corrected);
    expect(await run('--csv', rejects)).toMatchObject({ code: 0, stdout: '2 taken\n' });
  });

  it('refuses the same rows again when their reasons are still there, with one reason each', async () => {
    const path = file('batch.csv', 'to,fileUrl\n12,https://x.example/a.pdf\n');
    await run('--csv', path);
    await run('--csv', `${path}.rejects.csv`, '--rejects', join(folder, 'again.csv'));
    expect(readFileSync(join(folder, 'again.csv'), 'utf8').split('\n')[0]).toBe('rejectReason,to,fileUrl');
    expect(readFileSync(join(folder, 'again.csv'), 'utf8')).toBe(readFileSync(`${path}.rejects.csv`, 'utf8'));
  });

  it.each([
    ['an unknown column', 'to,fileUrl,capton\n', 'no column "capton"; the columns are id, from, to, fileUrl'],
    ['a column twice', 'to,fileUrl,file\n', 'the column fileUrl stands there twice'],
    ['a column too few', 'to,caption\n', 'no column fileUrl'],
    ['nothing', '', 'there is nothing in it'],
    ['a quote that nobody closes in the first row', `to,"fileUrl\n`, 'a quote is opened and not closed'],
    ['another encoding', Buffer.from('to,fileUrl,caption\n1,2,é\n', 'latin1'), 'it is not UTF-8'],
  ])('exits 2 for %s', async (_what, content, words) => {
    const { code, stdout, stderr } = await run('--csv', file('batch.csv', content));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('takes a caption that is too long for one row alone', async () => {
    const path = file('batch.csv', `to,fileUrl,caption\n${row(1, 'x'.repeat(50_000))}\n${row(2)}\n`);
    expect(await run('--csv', path)).toMatchObject({ code: 1, stdout: expect.stringContaining('1 taken') });
  });
});

describe('waybill enqueue --ndjson', () => {
  const line = (index: number, more = {}) =>
    JSON.stringify({
      to: `${972_500_000_000 + index}`,
      fileUrl: `https://files.example.com/${index}.pdf`,
      ...more,
    });

  it('reads standard input, and answers each line with --json', async () => {
    const input = [
      `${line(1, { id: 'one' })}\n${line(1).slice(0, 20)}`,
      `${line(1).slice(20)}\nnonsense\n`,
      '[]\n5',
    ];
    const { code, stdout } = await runCli(
      ['enqueue', '--ndjson', '-', '--json', '--rejects', join(folder, 'bad.ndjson')],
      env(),
      input,
    );
    expect(code).toBe(1);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(answers).toEqual([
      { line: 1, id: 'one', status: 'queued', duplicate: false, warnings: [] },
      { line: 2, id: expect.stringMatching(/^dlv_/), status: 'waiting', duplicate: false, warnings: [] },
      { line: 3, error: expect.objectContaining({ code: 'VALIDATION' }) },
      { line: 4, error: expect.objectContaining({ code: 'VALIDATION' }) },
      { line: 5, error: expect.objectContaining({ code: 'VALIDATION' }) },
    ]);
    const rejected = readFileSync(join(folder, 'bad.ndjson'), 'utf8').trimEnd().split('\n');
    expect(rejected.map((text): unknown => JSON.parse(text))[0]).toEqual({
      rejectReason: 'is not JSON',
      rejected: 'nonsense',
    });
  });

  it('takes the corrected rejects', async () => {
    const path = file('batch.ndjson', `${line(1, { priority: 'top' })}\n${line(2)}\n`);
    expect(await run('--ndjson', path)).toMatchObject({ code: 1 });
    const rejects = `${path}.rejects.ndjson`;
    expect(JSON.parse(readFileSync(rejects, 'utf8'))).toMatchObject({
      rejectReason: 'priority must be one of high, normal, low',
    });
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('"top"', '"high"'));
    expect(await run('--ndjson', rejects)).toMatchObject({ code: 0, stdout: '1 taken\n' });
  });

  it('says which account is not known, line by line', async () => {
    const path = file('batch.ndjson', `${line(1, { from: 'nobody' })}\n${line(2, { from: FROM })}\n`);
    expect(await run('--ndjson', path)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('1 taken'),
    });
  });

  it('writes no file when nothing was refused', async () => {
    const path = file('batch.ndjson', `${line(1)}\n`);
    await run('--ndjson', path);
    expect(existsSync(`${path}.rejects.ndjson`)).toBe(false);
  });
});

describe('waybill enqueue', () => {
  it.each([
    ['two files', ['--csv', 'a', '--ndjson', 'b'], 'one or the other'],
    ['a file and a field', ['--csv', 'a', '--caption', 'b'], '--caption is for one delivery'],
    ['rejects without a file', ['--to', '1', '--file', 'x', '--rejects', 'a'], 'want --csv or --ndjson'],
    ['neither', [], 'give --to and --file, or --csv or --ndjson'],
    ['a file that is not there', ['--csv', '/nowhere/batch.csv'], 'there is no such file'],
    ['a folder', ['--csv', '/'], 'is a folder'],
  ])('exits 2 for %s', async (_what, args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('exits 75 without Redis, and says how to go on', async () => {
    const path = file('batch.csv', `to,fileUrl,caption\n${row(1)}\n`);
    const away = { ...env(), REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, stderr } = await runCli(['enqueue', '--csv', path, '--from', FROM], away);
    expect(code).toBe(75);
    expect(stderr).toContain('Redis cannot be reached at 127.0.0.1:1');
    expect(stderr).toContain('run the same command again');
  });
});

describe('waybill enqueue --dry-run', () => {
  const account = (more: object) => ({
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([{ from: FROM, name: 'shop', apiKey: 'key-of-shop', ...more }]),
  });
  it('forecasts by what is known of windows, sessions and budget, and writes nothing', async () => {
    const keys = accountKeys('waybill', FROM);
    const now = Date.now();
    await run('--csv', file('taken.csv', `to,fileUrl,caption\n${row(9)}\n`));
    await redis.client.hset(keys.conv('972500000001'), { closesAt: now + 3_600_000, sessionAt: now - 1000 });
    await redis.client.hset(keys.conv('972500000002'), { closesAt: now - 1000 });
    const day = new Date(now).toISOString().slice(0, 10);
    await redis.client.set(`${keys.fixed.budgetPrefix}${day}`, 4);
    const rows = [row(1), row(1), row(2), row(3), row(4), row(9), '12,https://x.example/a.pdf,bad'];
    const path = file('batch.csv', `to,fileUrl,caption\n${rows.join('\n')}\n`);
    const before = await redis.client.dbsize();
    const limited = account({ budget: { perDay: 5, perMonth: null, timeZone: 'UTC' } });
    const { code, stdout } = await runCli(['enqueue', '--csv', path, '--dry-run'], limited);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'shop: 4 recipients',
      '  1 may go: the customer window is open',
      '  2 are tried: nothing is known of the window, the provider decides',
      '  1 are held: the window is closed until the recipient writes',
      '  1 are the same again as another line',
      '  1 have been taken before',
      '  Up to 2 new sessions; the budget has 1 left today: 1 would wait until the budget renews',
      `1 would be refused: ${path}.rejects.csv tells why`,
      '',
    ]);
    expect(await redis.client.dbsize()).toBe(before);
  });

  it('prints an object for each account with --json', async () => {
    const path = file(
      'batch.ndjson',
      `{"to":"972500000001","fileUrl":"https://x.example/a.pdf?X-Amz-Expires=60"}\n`,
    );
    const { code, stdout } = await runCli(['enqueue', '--ndjson', path, '--dry-run', '--json'], account({}));
    expect(code).toBe(0);
    const [forecast, refused] = stdout
      .trimEnd()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(forecast).toMatchObject({ account: 'shop', recipients: 1, windowUnknown: 1, sessions: 1 });
    expect(refused).toEqual({ refused: 0 });
  });
});
