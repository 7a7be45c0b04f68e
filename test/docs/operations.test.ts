import { accountKeys } from '../../src/redis/keys.js';
import { withRedis } from '../support/redis.js';
import { openSnippetShop, type SnippetShop } from '../support/run-snippet.js';
import { snippetsOf } from '../support/snippets.js';
import { FROM, requestTo, SHOP, type Stack, startStack, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const [HELD, UNKNOWN] = ['972501234567', '972501234568'];
const commands = snippetsOf('docs/operations.md', 'sh').flatMap(({ code }) =>
  code.split('\n').filter((line) => line !== ''),
);
/** The sandbox's webhook is not as it should be. */
const SAYS_NO = /provider check/;
/** What would change many. */
const WANTS_YES = /cancel --|erase /;

const redis = withRedis();
let shop: SnippetShop;
let stack: Stack;

beforeEach(async () => {
  shop = openSnippetShop();
  stack = await startStack(redis.url);
});
afterEach(async () => {
  await shop.close();
  await stack.close();
});

it('has commands that run as they stand, one after the other', async () => {
  await arrange();
  const env = {
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_PROVIDER_URL: stack.sandbox.url,
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
  };
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    const run = shop.start('sh', ['-c', command], env);
    const { code } = await run.exited;
    const expected = WANTS_YES.test(command) ? 2 : SAYS_NO.test(command) ? 1 : 0;
    expect([command, code, run.output()]).toEqual([command, expected, expect.any(String)]);
  }
  expect((await stack.waybill.get('invoice-8')).status).toBe('accepted');
}, 180_000);

/** One delivery that is held, and one that is unknown and that no sender can still be sending. */
async function arrange(): Promise<void> {
  stack.sandbox.windowLeft(HELD, 0);
  await deliverInto('held', requestTo(HELD, { id: 'invoice-7' }));
  stack.sandbox.reply(UNKNOWN, 'hi');
  await stack.sandbox.idle();
  stack.sandbox.fault({ kind: 'reset_after_reading', to: UNKNOWN });
  await deliverInto('unknown', requestTo(UNKNOWN, { id: 'invoice-8' }));
  await redis.client.hset(accountKeys('waybill', FROM).record('invoice-8'), 'horizonAt', Date.now() - 1);
}

async function deliverInto(status: string, request: Parameters<Stack['waybill']['enqueue']>[0]) {
  const { id } = await stack.waybill.enqueue(request);
  await eventually(async () => (await stack.waybill.get(id)).status === status, { what: status });
}
