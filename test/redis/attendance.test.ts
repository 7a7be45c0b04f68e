import { createAttendance } from '../../src/redis/attendance.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
const KEY = `waybill:{${FROM}}:workers`;
const OTHER = '972770000000';

const open = (worker: string, ttlMs = 60_000) =>
  createAttendance({ redis: redis.client, prefix: 'waybill', worker, ttlMs });
const serve = (...froms: readonly string[]) => froms.map((from) => ({ from, version: 'v1' }));
const present = () => redis.client.zrange(KEY, '0', '-1');

it('knows the workers that serve an account, each once however often it says so', async () => {
  const one = open('one');
  await one.attend(serve(FROM, OTHER));
  await one.attend(serve(FROM, OTHER));
  await open('two').attend(serve(FROM));
  await expect(present()).resolves.toEqual(['one v1', 'two v1']);
  await expect(redis.client.zcard(`waybill:{${OTHER}}:workers`)).resolves.toBe(1);
});

it('tells by which versions the others serve an account', async () => {
  const one = open('one');
  await one.attend([{ from: FROM, version: 'old' }]);
  await open('two').attend(serve(FROM));
  await expect(one.othersOf(FROM)).resolves.toEqual(['v1']);
  await one.attend([{ from: FROM, version: 'new' }]);
  await expect(present()).resolves.toEqual(['two v1', 'one new']);
  await expect(one.othersOf(OTHER)).resolves.toEqual([]);
});

it('forgets one that leaves', async () => {
  const one = open('one');
  await one.attend(serve(FROM));
  await open('two').attend(serve(FROM));
  await one.leave([FROM]);
  await expect(present()).resolves.toEqual(['two v1']);
});

it('forgets one that has said nothing for a while, also when nobody else works', async () => {
  await open('one', 50).attend(serve(FROM));
  await eventually(async () => (await redis.client.exists(KEY)) === 0);
  await open('two', 50).attend(serve(FROM));
  await eventually(async () => {
    await open('three').attend(serve(FROM));
    return (await present()).join() === 'three v1';
  });
});
