import { queueName, queuePrefix } from '../../src/queue/names.js';
import { withRedis } from '../support/redis.js';
import { runProgram } from '../support/run-program.js';
import { snippetsOf } from '../support/snippets.js';
import { FROM, startStack } from '../support/stack.js';

const PAGE = 'docs/queue-contract.md';
const redis = withRedis();

it('has a program that runs as it stands', async () => {
  const stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  try {
    const programs = snippetsOf(PAGE, 'js');
    expect(programs).toHaveLength(1);
    const [{ code } = { code: '' }] = programs;
    expect(code).toContain(`'${queueName(FROM)}'`);
    expect(code).toContain(`'${queuePrefix('waybill')}'`);
    const { exitCode, output } = await runProgram(code, { REDIS_URL: redis.url });
    // A receipt may be quicker than the answer to the POST.
    expect(output).toMatch(/^invoice-8 (accepted|sent|delivered|read) named\n$/);
    expect(exitCode).toBe(0);
    expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 8' })).toBe(1);
  } finally {
    await stack.close();
  }
});
