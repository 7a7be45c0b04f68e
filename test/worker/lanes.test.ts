import { HOUR, SECOND } from '../../src/domain/time.js';
import { inbound, openBench } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

const redis = withRedis();
let line: Line;
const CLIENT = '972501234567';

afterEach(() => line.close());

const request = (caption: string, more: Readonly<Record<string, unknown>> = {}) =>
  requestTo(CLIENT, { id: caption, caption, ...more });

const names = (count: number, prefix = 'n') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

it('sends a conversation’s deliveries in the order in which they came, one at a time', async () => {
  // Each takes a while at the provider: if two were under way at once, both would be open there.
  line = await openLine(redis.url, { sandbox: { latencyMs: { min: 10, max: 20 } } });
  const order = names(12);
  await line.waybill.enqueueMany(order.map((name) => request(name)));
  let most = 0;
  await Promise.all([line.work(), line.work()]);
  await eventually(() => {
    most = Math.max(
      most,
      line.sandbox.requests().filter(({ endpoint, answer }) => endpoint === 'sendFile' && answer === 'open')
        .length,
    );
    return line.sent().length === order.length;
  });
  expect(line.sent()).toEqual(order);
  expect(most).toBeLessThanOrEqual(1);
});

it('does not send the second of a conversation to the end of a long queue', async () => {
  line = await openLine(redis.url, { env: { WAYBILL_CONCURRENCY: '20' } });
  const ten = names(10, 'mine');
  await line.waybill.enqueueMany(ten.map((name) => request(name)));
  const others = names(5000, 'other').map((id, index) =>
    requestTo(`9725900${10_000 + index}`, { id, caption: id }),
  );
  await line.waybill.enqueueMany(others);
  await line.work();
  await eventually(() => line.sent().includes('mine9'), { timeoutMs: 20_000 });
  // While one of the ten is under way, the worker's other hands take from the backlog: some dozens for each.
  expect(line.sent().indexOf('mine9')).toBeLessThan(1000);
  expect(line.sent().filter((caption) => caption?.startsWith('mine'))).toEqual(ten);
});

it('lets those that may go pass a held delivery, and releases the held in their order', async () => {
  line = await openLine(redis.url, { sandbox: { windowsOpen: false } });
  const template = { name: 'file', variables: ['{caption}'] };
  line.sandbox.windowLeft(CLIENT, 0);
  await line.waybill.enqueueMany(['first', 'second'].map((name) => request(name)));
  await line.work();
  for (const id of ['first', 'second']) await line.waybill.wait(id, 'held', { timeoutMs: 10 * SECOND });
  await line.waybill.enqueue(request('template', { onClosedWindow: 'template', template }));
  await line.waybill.wait('template', 'accepted', { timeoutMs: 10 * SECOND });
  await line.waybill.enqueue(request('failing', { onClosedWindow: 'fail' }));
  await line.waybill.wait('failing', 'failed', { timeoutMs: 10 * SECOND });
  await expect(line.waybill.get('failing')).resolves.toMatchObject({ reason: 'window_closed' });

  line.sandbox.reply(CLIENT, 'hi');
  await openBench(redis.client).callbacks.applyInbound(inbound());
  await line.waybill.wait('second', 'accepted', { timeoutMs: 10 * SECOND });
  expect(line.sandbox.accepted().map(({ kind, caption }) => caption ?? kind)).toEqual([
    'template',
    'first',
    'second',
  ]);
});

it('blocks the lane behind a held delivery of strict order', async () => {
  line = await openLine(redis.url, { sandbox: { windowsOpen: false } });
  line.sandbox.windowLeft(CLIENT, 0);
  await line.waybill.enqueue(request('strict', { strictOrder: true }));
  await line.work();
  await line.waybill.wait('strict', 'held', { timeoutMs: 10 * SECOND });
  await line.waybill.enqueue(request('behind', { onClosedWindow: 'fail' }));
  await expect(line.waybill.get('behind')).resolves.toMatchObject({
    status: 'waiting',
    reason: 'lane',
    ahead: 1,
  });
  line.sandbox.reply(CLIENT, 'hi');
  await openBench(redis.client).callbacks.applyInbound(inbound());
  await line.waybill.wait('behind', 'accepted', { timeoutMs: 10 * SECOND });
  expect(line.sent()).toEqual(['strict', 'behind']);
});

it('lets a scheduled delivery join its lane when it is due', async () => {
  line = await openLine(redis.url);
  await line.work();
  await line.waybill.enqueue(request('later', { sendAt: Date.now() + 700 }));
  await line.waybill.enqueue(request('now'));
  await line.waybill.wait('later', 'accepted', { timeoutMs: 10 * SECOND });
  expect(line.sent()).toEqual(['now', 'later']);
});

it('sends the next when the head is cancelled', async () => {
  line = await openLine(redis.url);
  await line.waybill.enqueue(request('head', { strictOrder: true, sendAt: Date.now() + HOUR }));
  await line.waybill.enqueue(request('next'));
  await line.work();
  await line.waybill.wait('next', 'waiting', { timeoutMs: 10 * SECOND });
  await line.waybill.cancel('head');
  await line.waybill.wait('next', 'accepted', { timeoutMs: 10 * SECOND });
  expect(line.sent()).toEqual(['next']);
});

it('sends the next when the head expires', async () => {
  line = await openLine(redis.url, { sandbox: { windowsOpen: false } });
  line.sandbox.windowLeft(CLIENT, 0);
  await line.waybill.enqueue(request('head', { strictOrder: true, expiresAt: Date.now() + 1500 }));
  await line.work();
  await line.waybill.wait('head', 'held', { timeoutMs: 10 * SECOND });
  await line.waybill.enqueue(request('next', { onClosedWindow: 'fail' }));
  await expect(line.waybill.wait('head', 'accepted', { timeoutMs: 10 * SECOND })).rejects.toMatchObject({
    code: 'ILLEGAL_STATE',
    status: 'expired',
  });
  await line.waybill.wait('next', 'failed', { timeoutMs: 10 * SECOND });
  expect(line.sent()).toEqual([]);
});

it('lets the lane go on when its head fails for good', async () => {
  line = await openLine(redis.url, { sandbox: { faults: [{ kind: 'fail', reason: 4 }] } });
  await line.waybill.enqueueMany(['bad', 'good'].map((name) => request(name)));
  await line.work();
  await line.waybill.wait('good', 'accepted', { timeoutMs: 10 * SECOND });
  await expect(line.waybill.get('bad')).resolves.toMatchObject({ status: 'failed', reason: '4' });
});
