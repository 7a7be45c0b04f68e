import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { followProcess } from '../support/follow-process.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
const SUPPORT = join(__dirname, '..', 'support');
const MEGABYTE = 1024 * 1024;
const told = z.object({ maxRssBytes: z.number() });
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-bulk-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts `waybill enqueue` in a process of its own; it tells at its end the most memory that it has held. */
function start(...args: readonly string[]) {
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
  return { ...followed, maxRssBytes: () => maxRssBytes };
}

type Ran = { readonly stdout: string; readonly maxRssBytes: number };

async function enqueue(...args: readonly string[]): Promise<Ran> {
  const running = start(...args);
  const { code } = await running.exited;
  expect({ code, output: running.output() }).toMatchObject({ code: 0 });
  return { stdout: running.output(), maxRssBytes: running.maxRssBytes() };
}

/** Of `bad`, one row in so many has no recipient. */
type Content = { readonly rows: number; readonly bad?: number };

const FORMATS = {
  csv: {
    head: 'to,fileUrl,caption\n',
    row: (to: string, row: number) => `${to},https://files.example.com/${row}.pdf,Invoice ${row}\n`,
  },
  ndjson: {
    head: '',
    row: (to: string, row: number) =>
      `{"to":"${to}","fileUrl":"https://files.example.com/${row}.pdf","caption":"Invoice ${row}"}\n`,
  },
} as const;

function write(format: keyof typeof FORMATS, { rows, bad = Number.POSITIVE_INFINITY }: Content): string {
  const path = join(folder, `${rows}-${bad}.${format}`);
  const file = openSync(path, 'w');
  const { head, row: line } = FORMATS[format];
  writeSync(file, head);
  for (let row = 1; row <= rows; row += 1) {
    writeSync(file, line(row % bad === 0 ? '12' : `${972_500_000_000 + row}`, row));
  }
  closeSync(file);
  return path;
}

const found = async (pattern: string) => (await redis.client.keys(pattern)).length;
const jobs = () => found('waybill:queue:*:d-*');

it('takes a file of 100,000 rows in less than 100 MB more than one of 1,000', async () => {
  const small = await enqueue('--csv', write('csv', { rows: 1000 }));
  await redis.client.flushall();
  const large = await enqueue('--csv', write('csv', { rows: 100_000 }));
  expect(large.stdout).toContain('100,000 taken');
  expect(await jobs()).toBe(100_000);
  expect((large.maxRssBytes - small.maxRssBytes) / MEGABYTE).toBeLessThan(100);
}, 240_000);

it('forecasts a file of 50,000 rows in as little', async () => {
  const small = await enqueue('--dry-run', '--csv', write('csv', { rows: 1000 }));
  const large = await enqueue('--dry-run', '--csv', write('csv', { rows: 50_000 }));
  expect(large.stdout).toContain('50,000 recipients');
  expect(await jobs()).toBe(0);
  expect((large.maxRssBytes - small.maxRssBytes) / MEGABYTE).toBeLessThan(100);
}, 240_000);

it.each(['csv', 'ndjson'] as const)(
  'goes on where it was killed in a file of %s',
  async (format) => {
    const [rows, bad] = [8000, 200];
    const path = write(format, { rows, bad });
    const killed = start(`--${format}`, path);
    await eventually(async () => (await jobs()) > 400, { timeoutMs: 45_000, what: 'Rows under way' });
    killed.kill('SIGKILL');
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await jobs()).toBeLessThan(rows - rows / bad);

    const again = start(`--${format}`, path);
    expect((await again.exited).code).toBe(1);
    const [taken = 0, same = 0] = [/([\d,]+) taken/, /([\d,]+) the same again/].map((words) =>
      Number(words.exec(again.output())?.[1]?.replace(',', '')),
    );
    expect(same).toBeGreaterThan(0);
    expect(taken + same).toBe(rows - rows / bad);
    expect(await jobs()).toBe(rows - rows / bad);
    expect(await found(`waybill:{${FROM}}:d:*`)).toBe(rows - rows / bad);
    const rejects = readFileSync(`${path}.rejects.${format}`, 'utf8').trimEnd().split('\n');
    expect(rejects.filter((line) => line.includes('https://'))).toHaveLength(rows / bad);
    expect(rejects.every((line, at) => (at === 0 && format === 'csv') || line.includes('has 2 digits'))).toBe(
      true,
    );
  },
  120_000,
);
