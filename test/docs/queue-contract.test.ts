import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliveryIdOf, queueName, queuePrefix } from '../../src/queue/names.js';
import { followProcess } from '../support/follow-process.js';
import { withRedis } from '../support/redis.js';
import { snippetsOf } from '../support/snippets.js';
import { FROM, startStack } from '../support/stack.js';
import { tableWith } from './tables.js';

const PAGE = 'docs/queue-contract.md';
const INSTALL_MS = 300_000;
const redis = withRedis();

/** The page's only block of a language. */
function snippet(language: string): string {
  const found = snippetsOf(PAGE, language);
  expect(found).toHaveLength(1);
  return found[0]?.code ?? '';
}

it(
  'has a program that runs from an empty folder with what the page installs',
  async () => {
    const stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    const folder = mkdtempSync(join(tmpdir(), 'waybill-contract-'));
    try {
      const program = snippet('js');
      expect(program).toContain(`'${queueName(FROM)}'`);
      expect(program).toContain(`'${queuePrefix('waybill')}'`);
      const env = { ...process.env, npm_config_prefer_offline: 'true', REDIS_URL: redis.url };
      execFileSync('sh', ['-euc', snippet('sh')], { cwd: folder, env, stdio: 'ignore' });
      writeFileSync(join(folder, 'send.mjs'), program);
      const running = followProcess(spawn('node', ['send.mjs'], { cwd: folder, env, stdio: 'pipe' }));
      const { code } = await running.exited;
      // A receipt may be quicker than the answer to the POST.
      expect(running.output()).toMatch(/^invoice-8 (accepted|sent|delivered|read) named\n$/);
      expect(code).toBe(0);
      expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 8' })).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await stack.close();
    }
  },
  INSTALL_MS,
);

it('tells which delivery a job id carries', () => {
  const rows = tableWith('queue-contract.md', 'job id', 'delivery’s id');
  const inQuotes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');
  for (const row of rows) {
    const jobId = inQuotes(row['job id']).at(-1) ?? '';
    expect([jobId, deliveryIdOf(jobId)]).toEqual([jobId, inQuotes(row['delivery’s id'])[0]]);
  }
  expect(rows).toHaveLength(4);
});
