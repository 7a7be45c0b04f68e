import { startPrivateRedis } from '../../dev/private-redis.js';
import { asUser, withUser } from '../support/least-rights.js';
import { requestTo, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

it('ends without Redis when nothing is in hand', async () => {
  const redis = await startPrivateRedis(withUser());
  const stack = await startStack(asUser(redis.url), { sandbox: { windowsOpen: true } });
  const { id } = await stack.waybill.enqueue(requestTo('972501234567'));
  await stack.waybill.wait(id, 'read', { timeoutMs: 15_000 }).catch(() => undefined);
  await redis.stop();
  await eventually(() => stack.lines().some((line) => line.includes('redis connection failed')));
  await stack.close();
});
