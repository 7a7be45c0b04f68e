import { connectRedisUrl } from '../../src/redis/connection.js';
import { accountKeys } from '../../src/redis/keys.js';
import { createScriptRunner } from '../../src/redis/script.js';
import { timeCommands } from '../../src/redis/time-commands.js';
import { withRedis } from '../support/redis.js';
import { eventually } from '../support/wait.js';

const server = withRedis();
const KEY = 'waybill:a';

function open() {
  const redis = connectRedisUrl(server.url, 'waits');
  redis.on('error', () => undefined);
  const ended: { command: string; durationMs: number }[] = [];
  timeCommands(redis, { onEnded: (each) => ended.push(each), monotonic: () => performance.now() });
  return { redis, ended, named: (name: string) => ended.filter(({ command }) => command === name) };
}

it('tells each command once when it is answered, also one that was kept for the connection', async () => {
  const { redis, ended, named } = open();
  await redis.set(KEY, '1');
  await redis.get(KEY);
  await Promise.allSettled([redis.call('NOSUCH')]);
  redis.disconnect();
  expect(['set', 'get', 'NOSUCH'].map((name) => named(name).length)).toEqual([1, 1, 1]);
  expect(ended.filter(({ durationMs }) => durationMs < 0)).toEqual([]);
});

it('calls a script of ours by its name, loaded or not, and another’s by its command', async () => {
  const { redis, named } = open();
  const run = () => createScriptRunner(redis)('backlog', accountKeys('waybill', '972771234567').fixed, {});
  await run();
  await run();
  await redis.eval('return 1', 0);
  redis.disconnect();
  // The first time by its hash, which Redis does not know yet, and then by its text.
  expect(named('backlog')).toHaveLength(3);
  expect(named('eval')).toHaveLength(1);
});

it('counts the time for which Redis was away', async () => {
  const { redis, named } = open();
  await redis.ping();
  await server.server.kill('SIGSTOP');
  const got = redis.get(KEY);
  const frozenAt = performance.now();
  await eventually(() => performance.now() - frozenAt > 50);
  await server.server.kill('SIGCONT');
  await got;
  redis.disconnect();
  expect(named('get').map(({ durationMs }) => durationMs > 50)).toEqual([true]);
});
