import { withRedis } from '../support/redis.js';
import { requestTo } from '../support/stack.js';
import { type Line, openLine } from '../worker/line.js';

// What the library does with deliveries after they were enqueued.
const redis = withRedis();
let line: Line;
const TO = '972501234567';

beforeEach(async () => {
  line = await openLine(redis.url);
});
afterEach(() => line.close());

it('lists, amends and sends again', async () => {
  line.sandbox.fault({ kind: 'fail', reason: 4 });
  const { waybill } = line;
  await waybill.enqueue(requestTo(TO, { id: 'one', caption: 'old' }));
  await waybill.amend('one', { caption: 'new' });
  await expect(waybill.list({ from: 'shop' })).resolves.toMatchObject({
    deliveries: [{ id: 'one' }],
    cursor: null,
  });
  await line.work();
  await expect(waybill.wait('one', 'accepted', { timeoutMs: 10_000 })).rejects.toMatchObject({
    status: 'failed',
  });
  const { id, resendOf } = await waybill.resend('one');
  expect(resendOf).toBe('one');
  await waybill.wait(id, 'accepted', { timeoutMs: 10_000 });
  expect(line.sent()).toEqual(['new']);
});

it('resolves nothing that is not unknown', async () => {
  await line.waybill.enqueue(requestTo(TO, { id: 'one' }));
  const resolved = line.waybill.resolve('one', { kind: 'close' }, { who: 'Dana' });
  await expect(resolved).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
});
