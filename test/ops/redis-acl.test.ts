import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { redisAt } from '../support/redis-at.js';
import { goRound } from '../support/round.js';
import { completedUsers, rulesOf } from './redis-acl.js';

const PASSWORD = 'password-of-waybill';
const folder = mkdtempSync(join(tmpdir(), 'waybill-acl-'));
let server: PrivateRedis;

beforeAll(async () => {
  const file = join(folder, 'users.acl');
  writeFileSync(file, completedUsers(PASSWORD));
  server = await startPrivateRedis({ extraArgs: ['--aclfile', file] });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const urlOf = (user: string) => server.url.replace('//', `//${user}@`);

async function withUser<T>(user: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(urlOf(user));
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

it('lets worker, webhooks, api, library and commands do their work', async () => {
  await goRound(redisAt(urlOf(`waybill:${PASSWORD}`)));
  const denied = await withUser('admin:', (redis) => redis.acl('LOG'));
  expect(denied).toEqual([]);
});

const REFUSED: readonly (readonly [string, ...string[]])[] = [
  ['FLUSHALL'],
  ['KEYS', '*'],
  ['CONFIG', 'GET', 'requirepass'],
  ['ACL', 'LIST'],
  ['SCRIPT', 'FLUSH'],
  ['FUNCTION', 'LIST'],
  ['CLIENT', 'LIST'],
  ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ['SHUTDOWN', 'NOSAVE'],
  ['MONITOR'],
  ['REPLICAOF', 'NO', 'ONE'],
  ['MIGRATE', '127.0.0.1', '1', 'waybill:a', '0', '1'],
  ['SUBSCRIBE', 'waybill:a'],
  ['GET', 'another:key'],
  ['EVAL', "return redis.call('GET', 'another:key')", '0'],
];

it.each(REFUSED.map((parts) => [parts.join(' '), parts] as const))(
  'refuses %s',
  async (_, [command, ...args]) => {
    const asked = withUser(`waybill:${PASSWORD}`, (redis) => redis.call(command, ...args));
    await expect(asked).rejects.toThrow(/NOPERM|ACL failure|can't access/);
  },
);

it('refuses everybody else, and who does not know the password', async () => {
  await expect(withUser('waybill:wrong', (redis) => redis.get('waybill:a'))).rejects.toThrow();
  const nobody = new Redis(server.url);
  nobody.on('error', () => undefined);
  await expect(nobody.get('waybill:a')).rejects.toThrow('NOAUTH');
  nobody.disconnect();
});

/** Commands that no script calls: what clients say by themselves, and what is read page by page. */
const BY_CLIENTS = [
  ...['asking', 'client|setname', 'cluster|info', 'cluster|slots', 'eval', 'evalsha', 'exec'],
  ...['info', 'multi', 'ping', 'quit', 'readonly', 'readwrite', 'select', 'wait', 'bzpopmin'],
  ...['hkeys', 'hscan', 'hvals', 'mget', 'xrevrange'],
];

it('gives what our scripts and BullMQ’s call, what clients need, and nothing else', () => {
  const given = rulesOf('waybill')
    .filter((rule) => rule.startsWith('+'))
    .map((rule) => rule.slice(1));
  const needed = new Set([...BY_CLIENTS, ...calledByScripts()]);
  expect([...given].sort()).toEqual([...needed].sort());
});

function calledByScripts(): readonly string[] {
  const ours = join(__dirname, '../../src/redis/lua');
  const bull = join(dirname(require.resolve('bullmq')), 'scripts');
  const texts = [...filesOf(ours), ...filesOf(bull)].map((file) => readFileSync(file, 'utf8'));
  const calls = texts.flatMap((text) => [...text.matchAll(/(?:call|rcall)\(\s*\\?['"](\w+)\\?['"]/g)]);
  const names = calls.map(([, name = '']) => name.toLowerCase());
  return names.map((name) => (name === 'xinfo' ? 'xinfo|stream' : name));
}

function filesOf(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(lua|js)$/.test(name))
    .map((name) => join(path, name));
}
