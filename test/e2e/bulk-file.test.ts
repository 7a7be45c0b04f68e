import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { followProcess } from '../support/follow-process.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';

const redis = withRedis();
const SUPPORT = join(__dirname, '..', 'support');
const MEGABYTE = 1024 * 1024;
const told = z.object({ maxRssBytes: z.number() });
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-bulk-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { readonly stdout: string; readonly maxRssBytes: number };

/** Runs `waybill enqueue` in a process of its own; resolves with what it said, and the most memory it held. */
async function enqueue(...args: readonly string[]): Promise<Ran> {
  const hook = join(SUPPORT, 'typescript.cjs');
  const child = spawn(process.execPath, ['-r', hook, join(SUPPORT, 'cli-process.ts'), 'enqueue', ...args], {
    env: {
      PATH: process.env.PATH,
      REDIS_URL: redis.url,
      WAYBILL_FROM: FROM,
      WAYBILL_PROVIDER_API_KEY: 'key',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const followed = followProcess(child);
  let maxRssBytes = Number.NaN;
  child.once('message', (message) => {
    maxRssBytes = told.parse(message).maxRssBytes;
  });
  const { code } = await followed.exited;
  expect({ code, output: followed.output() }).toMatchObject({ code: 0 });
  return { stdout: followed.output(), maxRssBytes };
}

function table(rows: number): string {
  const path = join(folder, `${rows}.csv`);
  const file = openSync(path, 'w');
  writeSync(file, 'to,fileUrl,caption\n');
  for (let row = 0; row < rows; row += 1) {
    writeSync(file, `${972_500_000_000 + row},https://files.example.com/${row}.pdf,Invoice ${row}\n`);
  }
  closeSync(file);
  return path;
}

it('takes a file of 100,000 rows in less than 100 MB more than one of 1,000', async () => {
  const small = await enqueue('--csv', table(1000));
  await redis.client.flushall();
  const large = await enqueue('--csv', table(100_000));
  expect(large.stdout).toContain('100,000 taken');
  const { length } = await redis.client.keys('waybill:queue:*:d-*');
  expect(length).toBe(100_000);
  expect((large.maxRssBytes - small.maxRssBytes) / MEGABYTE).toBeLessThan(100);
}, 240_000);
