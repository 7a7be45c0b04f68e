import type { WaybillEvent } from '../../src/domain/event.js';
import { createPushStore } from '../../src/redis/push-store.js';
import { runCli } from '../cli/cli-in-process.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { FROM, SHOP } from '../support/stack.js';
import { type Receiver, startReceiver } from './receiver.js';

const redis = withRedis();
const paused: WaybillEvent = {
  id: `${FROM}-1-1`,
  type: 'account.paused',
  timestamp: '2025-11-22T12:36:40.000Z',
  data: { from: FROM, account: 'shop', reason: 'fire', by: 'operator', who: null, source: null },
};
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  for (const at of [1000, 2000, 3000]) {
    const fields = ['delivery', `d${at}`, 'status', 'queued', 'reason', '', 'attempt', '0'];
    await redis.client.xadd(`waybill:{${FROM}}:events`, `1763815000000-${at}`, ...fields);
  }
});
afterEach(() => receiver.close());

const run = (...args: readonly string[]) => {
  const secrets = [`whsec_${Buffer.alloc(32, 3).toString('base64')}`];
  const headers = { 'X-Gateway': 'canary' };
  const endpoints = [{ name: 'app', url: receiver.url, secrets, headers, allowPrivate: true }];
  return runCli(['events', ...args], {
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_EVENT_ENDPOINTS: JSON.stringify(endpoints),
  });
};

it('posts the events since a time once more, under their own ids', async () => {
  const { code, stdout } = await run('replay', '--since', '2025-11-22T00:00:00Z', '--yes');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'app: 3 taken\n' });
  const ids = receiver.taken.map(({ event }) => event.id);
  expect(ids).toEqual([1000, 2000, 3000].map((at) => `${FROM}-1763815000000-${at}`));
  expect(receiver.taken.map(({ headers }) => headers['x-gateway'])).toEqual(['canary', 'canary', 'canary']);
});

it('tells how many there are, and posts none that nobody has confirmed', async () => {
  const asked = { code: 2, stderr: expect.stringContaining('nothing was posted: repeat it with --yes') };
  const since = ['replay', '--since', '2025-11-22T00:00:00Z'];
  expect(await run(...since)).toMatchObject({ ...asked, stdout: 'app: 3 to post\n' });
  expect(await run(...since, '--json')).toMatchObject({
    ...asked,
    stdout: '{"endpoint":"app","ready":3}\n',
  });
  await createPushStore(redis.client, 'waybill', PLAIN).bury('app', paused, 'http_500');
  expect(await run('dead', '--replay')).toMatchObject({ ...asked, stdout: 'app: 1 to post\n' });
  expect(receiver.all).toEqual([]);
});

it('posts nothing that is older', async () => {
  const late = ['replay', '--since', '2025-11-23T00:00:00Z'];
  expect(await run(...late, '--yes')).toMatchObject({ code: 0, stdout: 'app: 0 taken\n' });
  expect(await run(...late)).toMatchObject({ code: 0, stdout: 'app: 0 to post\n' });
});

it('exits 1 where the endpoint does not take them all', async () => {
  receiver.answerWith(({ event }) => (event.data.deliveryId === 'd2000' ? 500 : 204));
  const { code, stdout } = await run('replay', '--since', '1763815000000', '--endpoint', 'app', '--yes');
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'app: 2 taken, 1 not\n' });
});

it('exits 3 for an endpoint that is not configured', async () => {
  expect(await run('replay', '--since', '0', '--endpoint', 'other')).toMatchObject({ code: 2 });
  expect(await run('dead', '--endpoint', 'other')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('there are app'),
  });
});

it('lists dead letters, and posts them until they are taken', async () => {
  await createPushStore(redis.client, 'waybill', PLAIN).bury('app', paused, 'http_500');
  const listed = await run('dead', '--json');
  expect(JSON.parse(listed.stdout)).toEqual({ endpoint: 'app', reason: 'http_500', event: paused });

  receiver.answerWith(() => 500);
  expect(await run('dead', '--replay', '--yes')).toMatchObject({ code: 1, stdout: 'app: 0 taken, 1 not\n' });
  receiver.answerWith(() => 204);
  expect(await run('dead', '--replay', '--yes')).toMatchObject({ code: 0, stdout: 'app: 1 taken\n' });
  expect(await run('dead')).toMatchObject({ code: 0, stdout: '' });
});
