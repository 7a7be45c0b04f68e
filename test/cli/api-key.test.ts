import { createHash } from 'node:crypto';
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
