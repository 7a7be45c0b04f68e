import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BOSS, startApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { openSnippetShop, runShell, type SnippetShop } from '../support/run-snippet.js';
import { snippetsOf } from '../support/snippets.js';
import { startStack } from '../support/stack.js';

const PAGE = 'docs/http.md';
const hasPython = spawnSync('python3', ['--version']).status === 0;
const redis = withRedis();

let shop: SnippetShop;
beforeEach(() => {
  shop = openSnippetShop();
});
afterEach(() => shop.close());

it('has a command that makes a key', async () => {
  const [command] = snippetsOf(PAGE, 'sh');
  expect(await runShell(shop, command?.code ?? '')).toContain('"name":"billing-app"');
});

(hasPython ? it : it.skip)('has a program in Python that runs as it stands', async () => {
  const stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  const api = await startApi(redis.url);
  try {
    const [program] = snippetsOf(PAGE, 'python');
    const file = join(shop.folder, 'invoice.py');
    writeFileSync(file, program?.code ?? '');
    const run = shop.start('python3', [file], { WAYBILL_API: api.url, WAYBILL_API_KEY: BOSS.secret });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const [taken, watched, refused] = run.output().trim().split('\n');
    expect([taken, refused]).toEqual(['202 invoice-9 new', "422 validation ['/fileUrl']"]);
    expect(watched).toMatch(/^200 (delivered|read)$/);
    expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 9' })).toBe(1);
  } finally {
    await api.close();
    await stack.close();
  }
});

it('names routes that there are', async () => {
  const api = await startApi(redis.url);
  try {
    const { json } = await api.call('GET', '/openapi.json');
    const { paths } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(json);
    const named = snippetsOf(PAGE).flatMap(({ code }) => [...code.matchAll(/"(\/v1\/[a-z]+)[/?"]/g)]);
    expect(named.length).toBeGreaterThan(1);
    for (const [, path] of named) expect(Object.keys(paths)).toContain(path);
  } finally {
    await api.close();
  }
});
