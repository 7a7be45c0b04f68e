import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';
import { startCli } from './cli-in-process.js';

const redis = withRedis();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-progress-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 3000;

/** Every third row has no recipient. */
function table(): string {
  const path = join(folder, 'batch.csv');
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const to = at % 3 === 0 ? '12' : `${972_500_000_000 + at}`;
    return `${to},https://files.example.com/${at}.pdf`;
  });
  writeFileSync(path, `to,fileUrl\n${rows.join('\n')}\n`);
  return path;
}

/** What a terminal was shown while the file was taken in, by a clock on which each look comes a second after the last. */
async function watch(
  args: readonly string[],
  around: { readonly columns?: number; readonly input?: readonly string[]; readonly stepMs?: number },
) {
  const { stepMs = 1000, ...given } = around;
  const settings = { REDIS_URL: redis.url, WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: 'key-of-shop' };
  let now = Date.parse('2026-11-22T12:00:00Z');
  const clock = () => {
    now += stepMs;
    return now;
  };
  const { stderr, stdout } = await startCli(['enqueue', ...args], settings, { ...given, now: clock }).ended;
  return { shown: stderr.split('\r\u001b[2K').slice(1), stderr, stdout };
}

it('shows a bar, and how many are done and refused, how fast, and how long it takes yet', async () => {
  const { shown, stdout } = await watch(['--csv', table()], { columns: 100 });
  const bars = shown.filter((line) => line !== '');
  expect(bars.length).toBeGreaterThan(3);
  for (const bar of bars) {
    expect(bar).toMatch(
      /^\[#*\.*\] \d+ %, [\d,]+ done, [\d,]+\/s, [\d,]+ refused, (less than a second|\d+ .*) left$/,
    );
    expect(bar.indexOf(']')).toBe(25);
  }
  expect(bars.at(-1)).toContain('] 100 %, 3,000 done');
  expect(bars.at(-1)).toContain('1,000 refused');
  const done = bars.map((bar) => Number(/([\d,]+) done/.exec(bar)?.[1]?.replace(',', '')));
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  // Gone before the result is told.
  expect(shown.at(-1)).toBe('');
  expect(stdout).toContain('2,000 taken');
});

it.each([60, 40, 20])('keeps within a terminal of %i columns', async (columns) => {
  const { shown } = await watch(['--csv', table()], { columns });
  expect(shown.some((line) => line.includes('%'))).toBe(true);
  for (const line of shown) expect(line.length).toBeLessThan(columns);
});

it('tells of standard input what is done, since nobody knows how much is left', async () => {
  const lines = Array.from({ length: 500 }, (_, at) =>
    JSON.stringify({ to: `${972_500_000_000 + at}`, fileUrl: 'https://files.example.com/a.pdf' }),
  );
  const input = lines.map((line) => `${line}\n`);
  const { shown } = await watch(['--ndjson', '-'], { columns: 80, input });
  expect(shown.filter((line) => line !== '').at(-1)).toMatch(/^500 done, \d+\/s, 0 refused$/);
});

it('tells it now and then in a line of its own where there is no terminal', async () => {
  const { shown, stderr } = await watch(['--csv', table()], { stepMs: 4000 });
  expect(shown).toEqual([]);
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^\d+ %, [\d,]+ done, [\d,]+\/s, [\d,]+ refused, .* left$/);
});
