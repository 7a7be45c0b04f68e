import { createServer } from 'node:http';
import { runCli } from './cli-in-process.js';

const NUMBER = '972501234567';
const KEY = 'canary-key-of-the-account';
const TOKEN = 'canary-token-of-the-webhook';

describe('waybill', () => {
  it('prints the version alone', async () => {
    await expect(runCli(['--version'], {})).resolves.toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('prints help on stdout when asked', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['worker', 'webhooks', 'enqueue', 'status', 'accounts', 'Exit codes']) {
      expect(stdout).toContain(command);
    }
  });

  it.each(['worker', 'webhooks', 'api'])(
    'lists in the help of %s every setting that it cannot do without',
    async (command) => {
      const { stdout } = await runCli([command, '--help'], {});
      const { code, stderr } = await runCli([command], {});
      expect(code).toBe(2);
      const missing = stderr.match(/WAYBILL_[A-Z_]+/g) ?? [];
      expect(missing).not.toEqual([]);
      for (const name of missing) expect(stdout).toContain(name);
      expect(stdout).toContain('REDIS_URL');
    },
  );

  it.each([
    ['no command', []],
    ['an unknown command', ['bogus']],
    ['an unknown option', ['status', 'x', '--bogus']],
    ['a missing option', ['enqueue', '--to', NUMBER]],
    [
      'a word that is no choice',
      ['enqueue', '--to', NUMBER, '--file', 'https://x.example/a.pdf', '--priority', 'top'],
    ],
    ['an argument too many', ['cancel', 'a', 'b']],
    ['no month', ['ledger', '--month', '2026-13']],
    ['two forms at once', ['ledger', '--csv', '--json']],
    ['variables without a template', ['enqueue', '--to', NUMBER, '--file', 'x', '--template-variable', 'a']],
    ['metadata without a name', ['enqueue', '--to', NUMBER, '--file', 'x', '--metadata', 'a']],
  ])('exits 2 for %s, and says so on stderr', async (_what, args) => {
    // A command that got as far as asking Redis would exit 75.
    const { code, stdout, stderr } = await runCli(args, { REDIS_URL: 'redis://127.0.0.1:1' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it('names an option that was mistyped, and the one that was meant', async () => {
    const { code, stderr } = await runCli(['enqueue', '--fiel', 'x'], {});
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--fiel'");
    expect(stderr).toContain('Did you mean --file?');
  });

  it('repeats no number that was mistyped', async () => {
    const { stderr } = await runCli(['cancel', 'a', NUMBER, `--${NUMBER}`], {});
    expect(stderr).not.toContain(NUMBER);
  });
});

describe('without Redis', () => {
  const env = { REDIS_URL: 'redis://127.0.0.1:1', WAYBILL_FROM: '972771234567' };

  it.each([
    ['enqueue', ['enqueue', '--to', NUMBER, '--file', 'https://x.example/a.pdf']],
    ['status', ['status', 'a']],
    ['cancel', ['cancel', 'a']],
    ['accounts', ['accounts']],
    ['accounts pause', ['accounts', 'pause', 'shop']],
    ['ledger', ['ledger']],
    ['events', ['events']],
  ])('%s exits 75, and says where it looked', async (_name, args) => {
    const { code, stdout, stderr } = await runCli(args, env);
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' });
    expect(stderr).toContain('Redis cannot be reached at 127.0.0.1:1: connect ECONNREFUSED');
  });
});

describe('waybill config', () => {
  it('shows every setting with its origin, secrets masked', async () => {
    const env = { WAYBILL_FROM: NUMBER, WAYBILL_PROVIDER_API_KEY: KEY, WAYBILL_WEBHOOK_TOKEN: TOKEN };
    const { code, stdout, stderr } = await runCli(['config'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^WAYBILL_CONCURRENCY +50 +per account +default$/m);
    expect(stdout).toMatch(/^account 4567-\w+ .*key set/m);
    for (const secret of [NUMBER, KEY, TOKEN]) expect(stdout).not.toContain(secret);
  });

  it('prints one object a line with --json', async () => {
    const { stdout } = await runCli(['config', '--json'], {});
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(rows).toContainEqual(expect.objectContaining({ name: 'WAYBILL_PREFIX', value: 'waybill' }));
  });

  it('exits 2 with every fault at once, and without the values', async () => {
    const env = { WAYBILL_CONCURRENCY: 'canary', WAYBILL_LOG_LEVEL: 'canary', REDIS_URL: 'canary' };
    const { code, stdout, stderr } = await runCli(['config'], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of Object.keys(env)) expect(stderr).toContain(name);
    expect(stderr).toContain('redis://[user:password@]host');
    expect(stderr).not.toContain('canary');
  });

  it('wonders about variables that mean nothing', async () => {
    const { stderr } = await runCli(['config'], { WAYBILL_CONCURENCY: '3', WAYBILL_COLOUR: 'red' });
    expect(stderr).toContain('WAYBILL_CONCURENCY means nothing');
    expect(stderr).toContain('WAYBILL_COLOUR means nothing');
  });
});

describe.each([
  ['worker', { WAYBILL_ACCOUNTS: 'is not set' }],
  ['webhooks', { WAYBILL_WEBHOOK_TOKEN: 'is not set' }],
])('waybill %s without what it needs', (command, needs) => {
  it('exits 2 and names it', async () => {
    const { code, stderr } = await runCli([command], { WAYBILL_SEND_TIMEOUT_MS: 'soon' });
    expect(code).toBe(2);
    for (const [name, problem] of Object.entries(needs)) expect(stderr).toContain(`${name}: ${problem}`);
    expect(stderr).toContain('WAYBILL_SEND_TIMEOUT_MS');
  });
});

describe('waybill health', () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('when /readyz answers %i exits %i', async (status, exitCode) => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/readyz' ? status : 404).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { code } = await runCli(['health'], { WAYBILL_LISTEN_METRICS: `0.0.0.0:${port}` });
    server.closeAllConnections();
    server.close();
    expect(code).toBe(exitCode);
  });

  it('exits 1 when nobody answers', async () => {
    const { code, stderr } = await runCli(['health'], { WAYBILL_LISTEN_METRICS: '127.0.0.1:1' });
    expect(code).toBe(1);
    expect(stderr).toContain('WAYBILL_LISTEN_METRICS');
  });
});
