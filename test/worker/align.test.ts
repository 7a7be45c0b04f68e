import { createGatekeeper } from '../../src/app/gatekeeper.js';
import { createQueues, type Queues } from '../../src/queue/queues.js';
import { setGate } from '../../src/redis/gate.js';
import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

// The gate and its queue are changed by two calls: whoever dies between them leaves one of the two behind.
const redis = withRedis();
let line: Line;
let queues: Queues;

beforeEach(async () => {
  line = await openLine(redis.url);
  queues = createQueues({ connection: { url: redis.url }, prefix: 'waybill', onError: () => undefined });
});
afterEach(async () => {
  await queues.close();
  await line.close();
});

it('resumes a queue that was left paused though its gate is open', async () => {
  await line.work();
  await queues.pause(FROM);
  await line.waybill.enqueue(requestTo('972501234567', { id: 'one' }));
  await line.waybill.wait('one', 'accepted', { timeoutMs: 10_000 });
  await expect(queues.isPaused(FROM)).resolves.toBe(false);
});

it('pauses a queue that was left running though its gate is paused', async () => {
  await line.work();
  await setGate(redis.client, 'waybill', { from: FROM, state: 'paused', reason: 'operator' });
  await eventually(() => queues.isPaused(FROM));
});

it('shows a gate whose time is over as open', async () => {
  const gatekeeper = createGatekeeper({ redis: redis.client, prefix: 'waybill', queues });
  const { gate } = accountKeys('waybill', FROM).fixed;
  const state = async () => (await gatekeeper.stateOf({ from: FROM, name: 'shop' })).gate.state;
  const closed = { state: 'until', reason: '6', since: 1 };
  await redis.client.hset(gate, { ...closed, until: Date.now() + 60_000 });
  await expect(state()).resolves.toBe('until');
  await redis.client.hset(gate, { ...closed, until: Date.now() - 1 });
  await expect(state()).resolves.toBe('open');
});
