import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { call } from '../sandbox/calls.js';
import { runCli } from './cli-in-process.js';

const SHOP = { from: '972771234567', name: 'shop', apiKey: 'canary-key-of-shop' };
const DEPOT = { from: '972770000001', name: 'depot', apiKey: 'canary-key-of-depot' };
const TOKEN = 'canary-token-0123456789';
const HOST = 'https://waybill.example.com';
const OURS = `${HOST}/webhooks/${TOKEN}`;
const ALL_ON = { system: 1, readStatus: 1, retry: 1 };

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ accounts: [SHOP, DEPOT].map(({ from, apiKey }) => ({ from, apiKey })) });
});
afterEach(() => sandbox.close());

type Env = Readonly<Record<string, string>>;

async function run(words: readonly string[], more: Env = {}) {
  const ran = await runCli(['provider', ...words], {
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_PROVIDER_URL: sandbox.url,
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    ...more,
  });
  for (const secret of [SHOP.apiKey, DEPOT.apiKey, TOKEN, SHOP.from, 'secret-of-another'])
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret);
  return ran;
}

const set = (fields: Record<string, unknown>, { from, apiKey } = SHOP) =>
  call(sandbox, 'setWebhook', { from, apiKey, ...fields });
const told = async () => (await call(sandbox, 'getWebhook', SHOP)).json;

describe('waybill provider check', () => {
  it('finds nothing wrong where all is as it should be', async () => {
    await set({ url: OURS, ...ALL_ON });
    const { code, stdout } = await run(['check']);
    expect([code, stdout]).toEqual([
      0,
      `shop (972…67): all right\n  ${HOST}/webhooks/…\n  readStatus on, system on, retry on\n`,
    ]);
  });

  it('tells each fault, what would be right, and the command that mends it', async () => {
    await set({ url: OURS });
    const { code, stdout } = await run(['check']);
    expect(code).toBe(1);
    for (const flag of ['readStatus', 'system', 'retry']) {
      expect(stdout).toContain(`wrong  ${flag} is off: `);
      expect(stdout).toContain(`right  ${flag} 1`);
    }
    expect(stdout).toContain('mend   waybill provider connect --from shop --yes');
    expect((await run(['connect', '--from', 'shop', '--yes'])).code).toBe(0);
    expect((await run(['check'])).code).toBe(0);
  });

  it.each([
    ['none', '', 'no address is set'],
    ['plain http', `http://waybill.example.com/webhooks/${TOKEN}`, 'plain http'],
    ['another app’s', 'https://crm.example.com/hook/secret-of-another', 'not that of a Waybill'],
    [
      'one with an old token',
      `${HOST}/webhooks/secret-of-another`,
      'a token that is not in WAYBILL_WEBHOOK_TOKEN',
    ],
  ])('names an address that is wrong: %s', async (_what, url, words) => {
    await set({ url, ...ALL_ON });
    const { code, stdout } = await run(['check']);
    expect([code, stdout]).toEqual([1, expect.stringContaining(words)]);
    expect(stdout).toContain('waybill provider connect --from shop --url https://<your host> --yes');
  });

  it('takes every token of a rotation, and says when it knows none', async () => {
    await set({ url: OURS, ...ALL_ON });
    const rotated = await run(['check'], { WAYBILL_WEBHOOK_TOKEN: `another-token-0123456,${TOKEN}` });
    expect(rotated.code).toBe(0);
    const blind = await run(['check'], { WAYBILL_WEBHOOK_TOKEN: '' });
    expect([blind.code, blind.stderr]).toEqual([0, expect.stringContaining('was not looked at')]);
  });

  it('prints one object a line for every account, or the one that is named', async () => {
    const accounts = { WAYBILL_ACCOUNTS: JSON.stringify([SHOP, DEPOT]) };
    await set({ url: OURS, ...ALL_ON });
    const { code, stdout } = await run(['check', '--json'], accounts);
    const [shop, depot] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(shop).toEqual({
      account: 'shop',
      from: '972…67',
      ok: true,
      url: `${HOST}/webhooks/…`,
      readStatus: true,
      system: true,
      retry: true,
      faults: [],
    });
    expect(depot).toMatchObject({ account: 'depot', ok: false, url: null });
    expect(depot.faults.map(({ code: word }: { code: string }) => word)).toEqual([
      'url_missing',
      'read_status_off',
      'system_off',
      'retry_off',
    ]);
    expect((await run(['check', '--from', 'shop'], accounts)).code).toBe(0);
    expect((await run(['check', '--from', 'nobody'], accounts)).code).toBe(3);
  });

  it('tells a wrong key plainly', async () => {
    const wrongKey = JSON.stringify([{ ...SHOP, apiKey: DEPOT.apiKey }]);
    const { code, stdout } = await run(['check'], { WAYBILL_ACCOUNTS: wrongKey });
    expect([code, stdout]).toEqual([1, expect.stringContaining('the provider refuses the API key')]);
    sandbox.fault({ kind: 'http', status: 401, on: ['getWebhook'] });
    expect((await run(['check'])).stdout).toContain('the provider refuses the API key');
  });

  it.each([
    [
      'a number that is not known',
      { WAYBILL_ACCOUNTS: JSON.stringify([{ ...SHOP, from: '972779999999' }]) },
      'number',
    ],
    ['nobody there', { WAYBILL_PROVIDER_URL: 'http://127.0.0.1:1' }, 'cannot be reached (refused)'],
  ])('tells %s', async (_what, env, words) => {
    const { code, stdout } = await run(['check'], env);
    expect([code, stdout]).toEqual([1, expect.stringContaining(words)]);
  });

  it('tells a base URL that is not the provider’s, and an answer that says nothing', async () => {
    const elsewhere = await run(['check'], { WAYBILL_PROVIDER_URL: `${sandbox.origin}/elsewhere` });
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, expect.stringContaining('WAYBILL_PROVIDER_URL')]);
    sandbox.fault({ kind: 'empty_body', on: ['getWebhook'] });
    expect((await run(['check'])).stdout).toContain('no usable answer');
  });

  it('exits 2 without accounts', async () => {
    const { code, stderr } = await run(['check'], { WAYBILL_ACCOUNTS: '' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('WAYBILL_ACCOUNTS')]);
  });
});

describe('waybill provider connect', () => {
  it('shows before and after, and changes nothing unless it is confirmed', async () => {
    const { code, stdout, stderr } = await run(['connect', '--url', HOST]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('repeat it with --yes')]);
    expect(stdout).toMatch(/^url +none +https:\/\/waybill\.example\.com\/webhooks\/…$/m);
    expect(stdout).toMatch(/^retry +off +on$/m);
    expect(await told()).toMatchObject({ url: '', retry: 0 });
  });

  it('composes the address from an origin, and sets what is needed', async () => {
    expect((await run(['connect', '--url', HOST, '--yes'])).code).toBe(0);
    expect(await told()).toMatchObject({ url: OURS, system: '1', readStatus: 1, retry: 1 });
    const again = await run(['connect', '--url', HOST]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to change')]);
  });

  it.each([
    ['a path up to /webhooks', `${HOST}/in/webhooks/`, `${HOST}/in/webhooks/${TOKEN}`],
    ['all of it', `${OURS}/`, OURS],
  ])('takes %s', async (_what, url, wanted) => {
    expect((await run(['connect', '--url', url, '--yes'])).code).toBe(0);
    expect((await told()).url).toBe(wanted);
  });

  it('sets the newest token, and says that only the token changes', async () => {
    await set({ url: OURS, ...ALL_ON });
    const newest = 'newest-token-0123456789';
    const { code, stdout } = await run(['connect', '--url', HOST, '--yes'], {
      WAYBILL_WEBHOOK_TOKEN: `${newest},${TOKEN}`,
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('(another token)')]);
    expect((await told()).url).toBe(`${HOST}/webhooks/${newest}`);
  });

  it('keeps what else the provider has set', async () => {
    await set({ url: OURS, systemPhoneAlert: '972500000009' });
    expect((await run(['connect', '--yes'])).code).toBe(0);
    expect(await told()).toMatchObject({ systemPhoneAlert: '972500000009', retry: 1 });
  });

  it.each([
    ['plain http to a public host', ['--url', 'http://waybill.example.com']],
    ['no URL', ['--url', 'waybill.example.com']],
    ['another path', ['--url', `${HOST}/hook/secret-of-another`]],
    ['a token that is not ours', ['--url', `${HOST}/webhooks/secret-of-another`]],
    ['a query', ['--url', `${OURS}?token=secret-of-another`]],
    ['no address where there is none', []],
  ])('exits 2 for %s, and sets nothing', async (_what, words) => {
    const { code, stderr } = await run(['connect', ...words, '--yes']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--url: ')]);
    expect((await told()).url).toBe('');
  });

  it('exits 2 when it knows no token', async () => {
    const { code, stderr } = await run(['connect', '--url', HOST], { WAYBILL_WEBHOOK_TOKEN: '' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('WAYBILL_WEBHOOK_TOKEN')]);
  });

  it('tells a provider that does not take it', async () => {
    sandbox.fault({ kind: 'fail', reason: 3, on: ['setWebhook'] });
    const refused = await run(['connect', '--url', HOST, '--yes']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('refuses the API key')]);
    sandbox.fault({ kind: 'odd_json', json: { status: 'OK' }, on: ['setWebhook'] });
    const ignored = await run(['connect', '--url', HOST, '--yes', '--json']);
    expect(ignored.code).toBe(1);
    expect(JSON.parse(ignored.stdout)).toMatchObject({
      account: 'shop',
      done: false,
      faults: expect.arrayContaining([expect.objectContaining({ code: 'url_not_taken' })]),
    });
  });
});
