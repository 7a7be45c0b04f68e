import { createAttendance } from '../../src/redis/attendance.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
const KEY = `waybill:{${FROM}}:workers`;
const OTHER = '972770000000';

const open = (worker: string, ttlMs = 60_000) =>
  createAttendance({ redis: redis.client, prefix: 'waybill', worker, ttlMs });
const present = () => redis.client.zrange(KEY, '0', '-1');

it('knows the workers that serve an account, each once however often it says so', async () => {
  const one = open('one');
  await one.attend([FROM, OTHER]);
  await one.attend([FROM, OTHER]);
  await open('two').attend([FROM]);
  await expect(present()).resolves.toEqual(['one', 'two']);
  await expect(redis.client.zcard(`waybill:{${OTHER}}:workers`)).resolves.toBe(1);
});

it('forgets one that leaves', async () => {
  const one = open('one');
  await one.attend([FROM]);
  await open('two').attend([FROM]);
  await one.leave([FROM]);
  await expect(present()).resolves.toEqual(['two']);
});

it('forgets one that has said nothing for a while, also when nobody else works', async () => {
  await open('one', 50).attend([FROM]);
  await eventually(async () => (await redis.client.exists(KEY)) === 0);
  await open('two', 50).attend([FROM]);
  await eventually(async () => {
    await open('three').attend([FROM]);
    return (await present()).join() === 'three';
  });
});
