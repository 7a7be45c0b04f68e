import { SECOND } from '../../src/domain/time.js';
import type { StatusEvent } from '../../src/index.js';
import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

it('follows an account over a silence that is longer than any other command may take', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  await stack.waybill.enqueue(requestTo('972501234567', { sendAt: Date.now() + 1.5 * SECOND }));
  const seen = await collect('accepted');
  expect(seen.map(({ status }) => status)).toEqual(['queued', 'waiting', 'sending', 'accepted']);
});

/** Every event from the first one on, up to the one with this status. */
async function collect(last: StatusEvent['status']): Promise<StatusEvent[]> {
  const seen: StatusEvent[] = [];
  const signal = AbortSignal.timeout(20 * SECOND);
  for await (const event of stack.waybill.events({ from: 'shop', after: '0', signal })) {
    seen.push(event);
    if (event.status === last) break;
  }
  return seen;
}
