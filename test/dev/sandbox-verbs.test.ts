import { addSandbox } from '../../dev/sandbox-command.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { type Ran, startCli } from '../cli/cli-in-process.js';
import { call, sendFile } from '../sandbox/calls.js';
import { startReceiver } from '../sandbox/receiver.js';

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
  return startCli(['sandbox', ...words], env, { add: addSandbox }).ended;
};

const getWebhook = async (apiKey: string) => (await call(sandbox, 'getWebhook', { from: SHOP, apiKey })).json;

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

  it.each([
    [['fault'], `give a fault as JSON, such as '{"kind":"fail","reason":6}', or --clear`],
    [['fault', 'nonsense'], 'must be a fault as JSON, such as'],
    [['fault', '[]'], '<json>: must be an object'],
    [['fault', '{"kind":"odd"}'], '<json>: kind must be one of fail, http,'],
    [['fault', '{"kind":"fail"}'], '<json>: reason is missing'],
    [['fault', '{"kind":"fail","reason":{}}'], '<json>: reason is of no kind that fits'],
    [['fault', '{"kind":"slow","latencyMs":-1,"tims":2}'], 'latencyMs must be at least 0; has no field tims'],
    [['fault', '{"kind":"hang","when":"later"}'], 'when must be one of before_headers, after_headers'],
    [['fault', '{"kind":"hang","probability":2}'], 'probability must be at most 1'],
    [['fault', '{"kind":"http","status":"x"}'], 'status must be a number'],
    [['window', TO, 'abc'], '<minutes>: must be a number of minutes, or never'],
    [['idle', '--timeout-ms', 'x'], '--timeout-ms: must be a whole number from 0 to'],
    [['receipt', 'a', 'read', '--code', 'x'], '--code: must be a whole number from 0 to'],
    [['key', 'me', 'x'], 'The sandbox answered 400 (invalid): from expected 8-15 digits without +'],
    [['webhook', 'nowhere'], 'The sandbox answered 400 (invalid): url must be a URL'],
    [['window', 'me', '3'], 'The sandbox answered 400 (unknown_client): A client is named by'],
  ])('tells what is wrong, and what would be right: %j', async (words, told) => {
    const { code, stderr } = await run(...words);
    expect(code).not.toBe(0);
    expect(stderr).toContain(told);
    expect(stderr).not.toMatch(/✖|→|Invalid|received|discriminator/);
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

  it('lets people and clients with two names write', async () => {
    expect((await run('client', TO, 'IL.42', '--hidden')).stdout).toBe(`${TO} known\n`);
    const { stdout } = await run('agent', 'IL.42', 'a person here');
    await run('reply', TO, 'look', '--type', 'image', '--media', 'https://files.example.com/cat.jpg');
    expect(sandbox.history().map(({ origin }) => origin)).toEqual(['client', 'agent']);
    expect(sandbox.history({ to: TO })[1]?.unique).toBe(stdout.trim());
  });

  it('begins anew', async () => {
    await run('fault', '{"kind":"fail","reason":6}');
    expect(await run('reset', '7')).toMatchObject({ code: 0, stdout: 'begun anew with seed 7\n' });
    expect(sandbox.faults()).toEqual([]);
  });

  it('gives an account another key', async () => {
    expect((await run('key', SHOP, 'canary-key-another')).code).toBe(0);
    expect((await getWebhook('canary-key-another')).reason).toBe(1);
    expect((await getWebhook('key')).reason).toBe(3);
  });

  it('sets a webhook, and posts callbacks on demand to it', async () => {
    const receiver = await startReceiver();
    expect((await run('webhook', receiver.url, '--retry', '--without-system')).code).toBe(0);
    expect(sandbox.accounts()[0]?.webhook).toMatchObject({ system: 0, readStatus: 1, retry: 1 });
    expect((await run('callback', '{"hook":"system"}')).code).toBe(0);
    const unique = sandbox.agentSend(TO, 'a person here');
    await run('idle');
    expect((await run('receipt', unique, 'read')).stdout).toBe('read told\n');
    expect(receiver.received.map(({ payload }) => payload.hook)).toContain('system');
    expect(receiver.ofHook('update').at(-1)).toMatchObject({ unique, ack: 3 });
    expect((await run('receipt', unique, 'lost')).code).toBe(2);
    expect((await run('webhook')).stdout).toBe('callbacks go nowhere\n');
    expect(sandbox.accounts()[0]?.webhook).toBeNull();
    await receiver.close();
  });

  it.each(['accepted', 'seen', 'history', 'callbacks', 'bill', 'counts', 'windows', 'accounts', 'faults'])(
    'tells %s as a table and as one object a line, without keys',
    async (name) => {
      sandbox.reply(TO, 'hello');
      await sendFile(sandbox, { from: SHOP, apiKey: 'key', to: TO });
      sandbox.fault({ kind: 'fail', reason: 6 });
      const people = await run(name);
      expect([people.code, people.stderr]).toEqual([0, '']);
      expect(people.stdout).not.toContain(TO);
      const { code, stdout } = await run(name, '--json');
      expect(code).toBe(0);
      for (const line of stdout.split('\n').filter((each) => each !== ''))
        expect(JSON.parse(line)).toEqual(expect.any(Object));
      expect(stdout).not.toContain('"key"');
    },
  );

  it('narrows what it tells to a client', async () => {
    sandbox.windowLeft(TO, 0);
    sandbox.windowLeft('972502222222', 5);
    const { stdout } = await run('windows', '--to', TO, '--json');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ to: TO, state: 'closed' });
  });

  it('shows an example in the help of each verb', async () => {
    const { stdout } = await run('--help');
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\] )?.* {2,}/gm)].map(
      ([, name]) => name ?? '',
    );
    expect(verbs).toEqual(expect.arrayContaining(['reply', 'reset', 'receipt', 'windows', 'idle', 'key']));
    for (const verb of verbs.filter((name) => name !== 'help'))
      expect([verb, (await run(verb, '--help')).stdout]).toEqual([
        verb,
        expect.stringContaining(`Example: waybill sandbox ${verb}`),
      ]);
  });

  it('exits 1 for what the sandbox refuses, and when none answers', async () => {
    expect((await run('reply', '0', 'hi')).code).toBe(1);
    await sandbox.close();
    const { code, stderr } = await run('reply', TO, 'hi');
    expect(code).toBe(1);
    expect(stderr).toContain('No sandbox answers at 127.0.0.1');
  });
});
