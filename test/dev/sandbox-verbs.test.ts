import { addSandbox } from '../../dev/sandbox-command.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { type Ran, startCli } from '../cli/cli-in-process.js';

const TO = '972501234567';
const SHOP = '972771234567';
const DEPOT = '972770000000';

let sandbox: Sandbox;

beforeEach(async () => {
  const accounts = [SHOP, DEPOT].map((from) => ({ from, apiKey: 'key' }));
  sandbox = await startSandbox({ accounts });
});
afterEach(() => sandbox.close());

const run = (...words: readonly string[]): Promise<Ran> => {
  const accounts = [SHOP, DEPOT].map((from, index) => ({
    from,
    name: ['shop', 'depot'][index],
    apiKey: 'key',
  }));
  const env = {
    WAYBILL_ACCOUNTS: JSON.stringify(accounts),
    WAYBILL_LISTEN_SANDBOX: sandbox.origin.replace('http://127.0.0.1', '0.0.0.0'),
  };
  return startCli(['sandbox', ...words], env, addSandbox).ended;
};

describe('waybill sandbox', () => {
  it('lets a client write to the named account', async () => {
    const { code, stdout } = await run('reply', TO, 'hi there', '--from', 'depot');
    expect(code).toBe(0);
    const [message] = sandbox.history({ from: DEPOT, to: TO });
    expect(message).toMatchObject({ body: 'hi there', origin: 'client', unique: stdout.trim() });
    expect(sandbox.history({ from: SHOP, to: TO })).toEqual([]);
  });

  it('sets a client’s window', async () => {
    expect(await run('window', TO, '30')).toMatchObject({ code: 0, stdout: 'window open for 30 min\n' });
    expect(await run('window', TO, '0')).toMatchObject({ code: 0, stdout: 'window closed\n' });
    expect((await run('window', TO, 'wide')).code).toBe(2);
  });

  it('moves the clock on', async () => {
    const before = sandbox.now();
    expect((await run('advance', '25h')).code).toBe(0);
    expect(sandbox.now() - before).toBeGreaterThanOrEqual(25 * 3_600_000);
    expect((await run('advance', 'tomorrow')).code).toBe(2);
  });

  it('sets faults and clears them', async () => {
    expect((await run('fault', '{"kind":"fail","reason":6,"times":2}')).code).toBe(0);
    expect(sandbox.faults()).toMatchObject([{ kind: 'fail', reason: 6, times: 2 }]);
    expect((await run('fault', '--clear')).code).toBe(0);
    expect(sandbox.faults()).toEqual([]);
  });

  it.each([
    [['fault']],
    [['fault', '{}']],
    [['fault', 'fail']],
    [['fault', '{"kind":"fail","reason":6}', '--clear']],
  ])('exits 2 for %j', async (words) => {
    expect((await run(...words)).code).toBe(2);
    expect(sandbox.faults()).toEqual([]);
  });

  it('exits 1 for what the sandbox refuses, and when none answers', async () => {
    expect((await run('reply', '0', 'hi')).code).toBe(1);
    await sandbox.close();
    const { code, stderr } = await run('reply', TO, 'hi');
    expect(code).toBe(1);
    expect(stderr).toContain('No sandbox answers at 127.0.0.1');
  });
});
