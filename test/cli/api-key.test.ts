import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callApi, startApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';
import { runCli } from './cli-in-process.js';

const create = (...more: readonly string[]) => runCli(['api-key', 'create', ...more], {});

it('prints a key once, and its entry with the digest alone', async () => {
  const { code, stdout } = await create('crm', '--account', 'shop', '--role', 'send', 'operate');
  const [secret = '', entry = ''] = stdout.split('\n');
  expect(code).toBe(0);
  expect(secret).toMatch(/^wb_[\w-]{43}$/);
  const sha256 = createHash('sha256').update(secret).digest('hex');
  expect(JSON.parse(entry)).toEqual({ name: 'crm', sha256, accounts: ['shop'], roles: ['send', 'operate'] });
});

it('makes another key each time, for every account and without the operator’s role', async () => {
  const [one, other] = await Promise.all([create('crm', '--json'), create('crm', '--json')]);
  expect(JSON.parse(one.stdout).secret).not.toBe(JSON.parse(other.stdout).secret);
  expect(JSON.parse(one.stdout).entry).toMatchObject({ accounts: ['*'], roles: ['send', 'read'] });
});

it.each([['no name!'], ['crm', '--role', 'king']])('refuses what is no name or no role', async (...args) => {
  await expect(create(...args)).resolves.toMatchObject({ code: 2, stdout: '' });
});

describe('a file of keys', () => {
  const redis = withRedis();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = () => join(folder, 'keys.json');
  const append = (name: string, ...more: readonly string[]) => create(name, '--append', file(), ...more);
  const revoke = (name: string) => runCli(['api-key', 'revoke', name, '--file', file()], {});
  const names = () => JSON.parse(readFileSync(file(), 'utf8')).map(({ name }: { name: string }) => name);
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it('is made for its owner alone, extended, and shortened', async () => {
    const made = await append('crm');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^wb_[\w-]{43}\n$/) });
    expect(modeOf(file())).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).not.toContain(made.stdout.trim());
    await append('shop', '--role', 'operate');
    expect(names()).toEqual(['crm', 'shop']);
    expect(await revoke('crm')).toEqual({ code: 0, stdout: 'crm revoked\n', stderr: '' });
    expect(names()).toEqual(['shop']);
    await revoke('shop');
    expect(readFileSync(file(), 'utf8')).toBe('[]\n');
  });

  const entry = (name: string, digit: string) => ({
    name,
    sha256: digit.repeat(64),
    accounts: ['*'],
    roles: ['read'],
  });
  const KEYS = [entry('one', '1'), entry('two', '2'), entry('th[r]ee'.replace(/[[\]]/g, '-'), '3')];

  it.each([
    ['on one line', JSON.stringify(KEYS)],
    ['a line each', `[\n${KEYS.map((key) => `\t${JSON.stringify(key)}`).join(',\n')}\n]\n`],
    ['indented by two', `${JSON.stringify(KEYS, null, 2)}\n`],
    ['indented by four, with blank lines around', `\n\n${JSON.stringify(KEYS, null, 4)}\n\n`],
    ['with Windows line ends', `${JSON.stringify(KEYS, null, 2).replaceAll('\n', '\r\n')}\r\n`],
  ])('keeps how it is written: %s', async (_what, text) => {
    writeFileSync(file(), text, { mode: 0o640 });
    await append('new');
    expect(names()).toEqual([...KEYS.map(({ name }) => name), 'new']);
    expect(modeOf(file())).toBe(0o640);
    for (const { name } of KEYS) await revoke(name);
    expect(names()).toEqual(['new']);
    writeFileSync(file(), text);
    await append('new');
    await revoke('new');
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it('is replaced behind a link, which stays one', async () => {
    writeFileSync(join(folder, 'real.json'), '[]');
    symlinkSync(join(folder, 'real.json'), file());
    await append('crm');
    expect(JSON.parse(readFileSync(join(folder, 'real.json'), 'utf8'))).toHaveLength(1);
  });

  it.each([
    ['has the name already', () => append('one'), 2, 'a key with the name one already'],
    ['has no such key', () => revoke('nobody'), 3, 'it has one'],
    [
      'is being changed by another command',
      () => {
        writeFileSync(`${file()}.new`, '');
        return append('crm');
      },
      2,
      'by another command',
    ],
  ] as const)('is left alone when it %s', async (...[, run, code, words]) => {
    const text = JSON.stringify([entry('one', '1')]);
    writeFileSync(file(), text);
    const refused = await run();
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it.each([
    ['is no JSON', '{', 'is not JSON'],
    ['is no list of keys', '{"name":"crm"}', 'expected a JSON array'],
    ['has a wrong entry', '[{"name":"crm"}]', 'at /0/sha256 is missing'],
  ])('is not touched when it %s', async (_what, text, words) => {
    writeFileSync(file(), text);
    for (const refused of [await append('new'), await revoke('crm')])
      expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it('is not made by revoking', async () => {
    expect(await revoke('crm')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not there') });
  });

  it('lets an app in while the API runs, and out again', async () => {
    await append('first', '--role', 'read');
    const api = await startApi(redis.url, { env: { WAYBILL_API_KEYS: '', WAYBILL_API_KEYS_FILE: file() } });
    const { stdout } = await append('second', '--role', 'read');
    const statusOf = async () =>
      (await callApi(`${api.url}/v1/accounts`, 'GET', { key: stdout.trim() })).status;
    await eventually(async () => (await statusOf()) === 200);
    await revoke('second');
    await eventually(async () => (await statusOf()) === 401);
    await api.close();
  });
});
