import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { addSandbox } from '../../dev/sandbox-command.js';
import { CONTROL_ROUTES } from '../../sandbox/control/routes.js';
import { startCli } from '../cli/cli-in-process.js';
import { withRedis } from '../support/redis.js';
import { openSnippetShop, runShell, type SnippetShop } from '../support/run-snippet.js';
import { type Snippet, snippetsOf } from '../support/snippets.js';
import { startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const PAGE = 'docs/sandbox.md';
const ADDRESS = '127.0.0.1:8090';
const LONG_MS = 240_000;

const shell = snippetsOf(PAGE, 'sh');
const steps = shell.filter(({ mark }) => mark !== 'start');

let shop: SnippetShop;
beforeEach(() => {
  shop = openSnippetShop();
});
afterEach(() => shop.close());

const only = ([snippet]: readonly Snippet[]): string => snippet?.code ?? '';

describe('the page', () => {
  it('shows every control by curl, and lists it', () => {
    const code = shell.map((snippet) => snippet.code).join('');
    const page = snippetsOf(PAGE);
    expect(page.length).toBeGreaterThan(10);
    const shown = [...code.matchAll(/curl .*?\/sandbox\/([a-z]+)/g)].map(([, name]) => `/sandbox/${name}`);
    expect(CONTROL_ROUTES.filter(({ path }) => !shown.includes(path))).toEqual([]);
  });

  it('shows every verb', async () => {
    const { stdout } = await startCli(['sandbox', '--help'], {}, { add: addSandbox }).ended;
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+) .*? {2,}\S/gm)].map(([, name]) => name ?? '');
    expect(verbs).toEqual(expect.arrayContaining(['reply', 'reset', 'idle', 'faults']));
    const code = shell.map((snippet) => snippet.code).join('');
    expect(verbs.filter((verb) => !code.includes(`waybill sandbox ${verb}`) && verb !== 'help')).toEqual([]);
  });

  it(
    'has commands that run as they stand, one after the other',
    async () => {
      const port = await freePort();
      const address = `127.0.0.1:${port}`;
      const at = (code: string) => code.replaceAll(ADDRESS, address);
      const env = { WAYBILL_LISTEN_SANDBOX: address };
      const start = shell.filter(({ mark }) => mark === 'start');
      const sandbox = shop.start('sh', ['-euc', `exec ${only(start)}`], env);
      await eventually(() => sandbox.output().includes(`url   http://${address}/whatsapp/v2`), {
        timeoutMs: 60_000,
        what: 'The sandbox',
      });
      expect(sandbox.output()).toContain('seed  7');
      expect(steps.length).toBeGreaterThan(5);
      for (const { code, line } of steps) {
        const said = await runShell(shop, at(code), env).catch((error: unknown) => {
          throw new Error(`The commands of line ${line} fail`, { cause: error });
        });
        for (const secret of ['sandbox-key', 'key-after-rotation', 'any-16-characters'])
          expect([line, said]).toEqual([line, expect.not.stringContaining(secret)]);
      }
    },
    LONG_MS,
  );
});

describe('its tests of an app', () => {
  const redis = withRedis();

  it(
    'pass in Node',
    async () => {
      const stack = await startStack(redis.url);
      const file = join(__dirname, '..', '..', 'dist', `sandbox-example-${process.pid}.test.mjs`);
      const { host } = new URL(stack.sandbox.origin);
      writeFileSync(file, only(snippetsOf(PAGE, 'js')).replaceAll(ADDRESS, host));
      try {
        const run = shop.start(process.execPath, ['--test', file], { REDIS_URL: redis.url });
        expect([await run.exited, run.output()]).toEqual([
          { code: 0, signal: null },
          expect.stringContaining('pass 2'),
        ]);
      } finally {
        rmSync(file, { force: true });
        await stack.close();
      }
    },
    LONG_MS,
  );

  const hasPython = spawnSync('python3', ['--version']).status === 0;

  (hasPython ? it : it.skip)(
    'pass in Python',
    async () => {
      const stack = await startStack(redis.url);
      const { host } = new URL(stack.sandbox.origin);
      const file = join(shop.folder, 'test_invoice.py');
      writeFileSync(file, only(snippetsOf(PAGE, 'python')).replaceAll(ADDRESS, host));
      try {
        const run = shop.start('python3', [file], { REDIS_URL: redis.url });
        expect([await run.exited, run.output()]).toEqual([
          { code: 0, signal: null },
          expect.stringContaining('OK'),
        ]);
      } finally {
        await stack.close();
      }
    },
    LONG_MS,
  );
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
