import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '../../src/config/env.js';
import type { SecretFailure } from '../../src/config/reloaded.js';
import type { Need } from '../../src/config/rules.js';
import { createSecrets, type Secrets } from '../../src/config/secrets.js';
import { parseConfig } from '../../src/config.js';
import { ConfigError } from '../../src/errors.js';

const FROM = '972771234567';
const OLD = 'old-token-canary-1';
const NEW = 'new-token-canary-2';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a secret in a file', () => {
  it('follows the file, looking at most once a second', () => {
    const { secrets, clock } = openToken();
    put('token', NEW);
    clock.now += 999;
    expect(secrets.webhookTokens()).toEqual([OLD]);
    clock.now += 1;
    expect(secrets.webhookTokens()).toEqual([NEW]);
  });

  it('may be two during a rotation', () => {
    const { secrets, clock } = openToken();
    put('token', `${NEW},${OLD}\n`);
    clock.now += 1000;
    expect(secrets.webhookTokens()).toEqual([NEW, OLD]);
  });

  it.each<readonly [string, () => void, string]>([
    [
      'has gone',
      () => rmSync(join(folder, 'token')),
      'names a file that cannot be read (ENOENT), expected the path of a readable file',
    ],
    ['is not usable', () => put('token', 'short'), 'has a token that is too short or has other characters'],
    ['is empty', () => put('token', ''), 'is an empty list'],
  ])('stays as it was when the file %s, which is reported once', (_what, spoil, problem) => {
    const { secrets, clock, failures } = openToken();
    spoil();
    for (let look = 0; look < 3; look += 1) {
      clock.now += 1000;
      expect(secrets.webhookTokens()).toEqual([OLD]);
    }
    expect(failures).toEqual([{ setting: 'WAYBILL_WEBHOOK_TOKEN_FILE', problem }]);
  });

  it('is taken up again once the file is good, and a later failure is reported anew', () => {
    const { secrets, clock, failures } = openToken();
    for (const text of ['short', NEW, 'short']) {
      put('token', text);
      clock.now += 1000;
      secrets.webhookTokens();
    }
    expect(secrets.webhookTokens()).toEqual([NEW]);
    expect(failures).toHaveLength(2);
  });
});

describe('an account’s key', () => {
  it('follows a file of its own', () => {
    put('key', 'first-key');
    const { secrets, clock } = open({
      WAYBILL_ACCOUNTS: JSON.stringify([{ from: FROM, apiKeyFile: join(folder, 'key') }]),
    });
    expect(secrets.apiKey(FROM)).toBe('first-key');
    put('key', 'second-key');
    clock.now += 1000;
    expect(secrets.apiKey(FROM)).toBe('second-key');
  });

  it('follows the file of the accounts, and is still known when its account has gone from there', () => {
    put('accounts', JSON.stringify([{ from: FROM, apiKey: 'first-key' }]));
    const { secrets, clock, failures } = open({ WAYBILL_ACCOUNTS_FILE: join(folder, 'accounts') });
    put('accounts', JSON.stringify([{ from: FROM, apiKey: 'second-key' }]));
    clock.now += 1000;
    expect(secrets.apiKey(FROM)).toBe('second-key');
    put('accounts', JSON.stringify([{ from: '972770000001', apiKey: 'another' }]));
    clock.now += 1000;
    expect(secrets.apiKey('972770000001')).toBe('another');
    // An attempt that began with it may still be under way.
    expect(secrets.apiKey(FROM)).toBe('second-key');
    expect(failures).toEqual([]);
  });

  it('is missed at the start, naming every file that cannot be read', () => {
    const list = [
      { from: FROM, apiKeyFile: join(folder, 'a') },
      { from: '972770000001', apiKeyFile: join(folder, 'b') },
    ];
    const start = () => open({ WAYBILL_ACCOUNTS: JSON.stringify(list) });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/at \/0\/apiKeyFile: names a file.*at \/1\/apiKeyFile: names a file/s);
  });

  it('is not known of a number that is no account', () => {
    expect(open({}).secrets.apiKey(FROM)).toBeUndefined();
  });
});

describe('the accounts’ file', () => {
  const entry = (more: object = {}) => ({ from: FROM, name: 'shop', apiKey: 'key-canary', ...more });
  const OTHER = { from: '972770000001', name: 'clinic' };
  const openList = (list: readonly object[], need: readonly Need[] = ['accounts']) => {
    put('accounts', JSON.stringify(list));
    return open({ WAYBILL_ACCOUNTS_FILE: join(folder, 'accounts') }, need);
  };

  it('is followed: new, changed and removed accounts', () => {
    const { secrets, clock } = openList([entry()]);
    const before = secrets.accounts();
    clock.now += 1000;
    expect(secrets.accounts()).toBe(before);
    put('accounts', JSON.stringify([entry({ ratePerSecond: 5 }), { ...OTHER, apiKey: 'k' }]));
    clock.now += 1000;
    expect(secrets.accounts()).toMatchObject([{ name: 'shop', ratePerSecond: 5 }, { name: 'clinic' }]);
    put('accounts', JSON.stringify([{ ...OTHER, apiKey: 'k' }]));
    clock.now += 1000;
    expect(secrets.accounts().map(({ name }) => name)).toEqual(['clinic']);
  });

  it.each<readonly [string, unknown, string]>([
    ['is no JSON', '[{', 'is not JSON'],
    ['is empty', [], 'at / is not usable'],
    ['has a wrong limit', [entry({ ratePerSecond: 0 })], 'in shop, at /0/ratePerSecond'],
    ['has an unknown field', [entry({ rate: 5 })], 'in shop, at /0 has the unknown field rate'],
    ['has one account twice', [entry(), entry({ name: 'other' })], 'at /1/from repeats /0/from'],
    ['has an account without a key', [entry(), OTHER], 'in clinic, at /1 has no key'],
    [
      'names a key’s file that is not there',
      [entry(), { ...OTHER, apiKeyFile: '/nowhere/key' }],
      'in clinic, at /1/apiKeyFile: names a file that cannot be read (ENOENT)',
    ],
  ])(
    'keeps all of its accounts when it %s, says so by name, and is taken up when mended',
    (_what, text, problem) => {
      const { secrets, clock, failures, mended } = openList([entry()]);
      put('accounts', typeof text === 'string' ? text : JSON.stringify(text));
      for (let look = 0; look < 3; look += 1) {
        clock.now += 1000;
        secrets.look();
      }
      expect(secrets.accounts()).toMatchObject([{ name: 'shop', ratePerSecond: 80 }]);
      expect(secrets.apiKey(FROM)).toBe('key-canary');
      expect(secrets.unusable()).toEqual(['WAYBILL_ACCOUNTS_FILE']);
      expect(failures).toHaveLength(1);
      expect(failures[0]?.problem).toContain(problem);
      expect(failures[0]?.problem).not.toContain('canary');
      put('accounts', JSON.stringify([entry({ ratePerSecond: 5 })]));
      clock.now += 1000;
      expect(secrets.accounts()).toMatchObject([{ ratePerSecond: 5 }]);
      expect(secrets.unusable()).toEqual([]);
      expect(mended).toEqual(['WAYBILL_ACCOUNTS_FILE']);
    },
  );

  it('needs no keys where nothing is sent', () => {
    const { secrets, clock, failures } = openList([entry()], []);
    put('accounts', JSON.stringify([OTHER]));
    clock.now += 1000;
    expect(secrets.accounts()).toMatchObject([OTHER]);
    expect(failures).toEqual([]);
  });

  it('forgets what was wrong with the key’s file of an account that has gone', () => {
    put('key', 'first-key');
    const withFile = { ...OTHER, apiKeyFile: join(folder, 'key') };
    const { secrets, clock, mended } = openList([entry(), withFile]);
    rmSync(join(folder, 'key'));
    clock.now += 1000;
    secrets.look();
    expect(secrets.unusable()).toEqual(['WAYBILL_ACCOUNTS_FILE at /1/apiKeyFile']);
    put('accounts', JSON.stringify([entry()]));
    clock.now += 1000;
    secrets.look();
    expect(secrets.unusable()).toEqual([]);
    expect(mended).toEqual(['WAYBILL_ACCOUNTS_FILE at /1/apiKeyFile']);
  });
});

describe('Redis’s passwords', () => {
  it.each<readonly [Record<string, string>, string | null, string | null]>([
    [{}, null, null],
    [{ REDIS_URL: 'redis://:p%40ss@redis' }, 'p@ss', null],
    [{ REDIS_PASSWORD: 'apart' }, 'apart', null],
    [
      { REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'm', REDIS_SENTINEL_PASSWORD: 's', REDIS_PASSWORD: 'p' },
      'p',
      's',
    ],
  ])('by %j are %j and %j', (env, redis, sentinel) => {
    const { secrets } = open(env);
    expect(secrets.redisPassword()).toBe(redis);
    expect(secrets.sentinelPassword()).toBe(sentinel);
  });
});

type Opened = {
  readonly secrets: Secrets;
  readonly clock: { now: number };
  readonly failures: readonly SecretFailure[];
  readonly mended: readonly string[];
};

function openToken(): Opened {
  put('token', OLD);
  return open({ WAYBILL_WEBHOOK_TOKEN_FILE: join(folder, 'token') });
}

function open(env: Record<string, string>, need: readonly Need[] = []): Opened {
  const clock = { now: 0 };
  const failures: SecretFailure[] = [];
  const mended: string[] = [];
  const deps = {
    now: () => clock.now,
    onFailure: (failure: SecretFailure) => failures.push(failure),
    onMended: (setting: string) => mended.push(setting),
  };
  const secrets = createSecrets(parseConfig(readEnv(env), { need }).sources, deps);
  return { secrets, clock, failures, mended };
}

/** By rename, as Kubernetes and careful editors do: the successor is another file even within one clock tick. */
function put(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.next`), text);
  renameSync(join(folder, `${name}.next`), join(folder, name));
}
