import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followProcess } from '../support/follow-process.js';

const root = join(__dirname, '..', '..');

describe('the benchmarks', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-bench-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function bench(...args: readonly string[]) {
    const command = ['-r', join(root, 'test/support/typescript.cjs'), join(root, 'bench/main.ts'), ...args];
    const run = followProcess(spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] }));
    return { ...(await run.exited), output: run.output() };
  }

  // A tiny form of the main case; `npm run bench` runs all of them, and at length.
  it('send with Waybill and with its rivals, and write down what they measured', async () => {
    const results = join(folder, 'RESULTS.md');
    const { code, output } = await bench('throughput', '--quick', '--results', results);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\| +raw undici \|/) });
    const report = readFileSync(results, 'utf8');
    expect(report).toContain('## Throughput (appendfsync everysec)');
    for (const who of ['Waybill', 'plain BullMQ', 'rules by hand']) {
      expect(report).toMatch(new RegExp(`\\| +${who} \\| +[\\d,]+ \\|`));
    }
  }, 120_000);

  it.each([
    ['throughput', 'worker'],
    ['deep lane', 'worker'],
    ['idle latency', 'worker'],
    ['receipts', 'webhooks'],
  ])(
    'show where the time goes in %s',
    async (name, part) => {
      const { code, output } = await bench(name, '--quick', '--profile');
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringMatching(new RegExp(`\\| src/${part} +\\| +[\\d.]+ % \\|`)),
      });
    },
    120_000,
  );
});
