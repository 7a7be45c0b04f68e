import { withRedis } from '../support/redis.js';
import { requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from './line.js';

// Between conversations: high before normal before low, and within normal and low in the order in which they came.
const redis = withRedis();
let line: Line;
const EACH = 8;

beforeEach(async () => {
  line = await openLine(redis.url, { env: { WAYBILL_CONCURRENCY: '1' } });
});
afterEach(() => line.close());

const names = (priority: string) => Array.from({ length: EACH }, (_, index) => `${priority}${index}`);

async function enqueue(priority: 'high' | 'normal' | 'low', conversation: number): Promise<void> {
  for (const [index, id] of names(priority).entries()) {
    const to = `97250000${conversation}0${index}`;
    await line.waybill.enqueue(requestTo(to, { id, caption: id, priority }));
  }
}

it('takes high before normal before low, whichever came first', async () => {
  await enqueue('low', 1);
  await enqueue('normal', 2);
  await enqueue('high', 3);
  await line.work();
  await eventually(() => line.sent().length === 3 * EACH, { timeoutMs: 20_000 });
  const sent = line.sent();
  expect([...sent.slice(0, EACH)].sort()).toEqual(names('high'));
  expect(sent.slice(EACH)).toEqual([...names('normal'), ...names('low')]);
});
