import { SECOND } from '../../src/domain/time.js';
import type { ReadEvent } from '../../src/index.js';
import { withRedis } from '../support/redis.js';
import { requestTo, type Stack, startStack } from '../support/stack.js';

const redis = withRedis();
let stack: Stack;

afterEach(() => stack.close());

it('follows an account over a silence that is longer than any other command may take', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  await stack.waybill.enqueue(requestTo('972501234567', { sendAt: Date.now() + 1.5 * SECOND }));
  const seen = await collect('delivery.accepted');
  expect(seen).toMatchObject([
    { type: 'delivery.queued', data: { status: 'queued', attempt: 0 } },
    { type: 'delivery.queued', data: { status: 'waiting', reason: 'schedule', attempt: 0 } },
    { type: 'delivery.sending', data: { attempt: 1, unique: null } },
    { type: 'delivery.accepted', data: { attempt: 1, unique: expect.any(String) } },
  ]);
});

/** Every event from the first one on, up to the one of this type. */
async function collect(last: ReadEvent['type']): Promise<ReadEvent[]> {
  const seen: ReadEvent[] = [];
  const signal = AbortSignal.timeout(20 * SECOND);
  for await (const event of stack.waybill.events({ from: 'shop', after: '0', signal })) {
    seen.push(event);
    if (event.type === last) break;
  }
  return seen;
}
