import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '../../src/config/env.js';
import type { SecretFailure } from '../../src/config/reloaded.js';
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
    ['has gone', () => rmSync(join(folder, 'token')), 'names a file that cannot be read (ENOENT)'],
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

  it('follows the file of the accounts, and is kept when its account disappears from there', () => {
    put('accounts', JSON.stringify([{ from: FROM, apiKey: 'first-key' }]));
    const { secrets, clock, failures } = open({ WAYBILL_ACCOUNTS_FILE: join(folder, 'accounts') });
    put('accounts', JSON.stringify([{ from: FROM, apiKey: 'second-key' }]));
    clock.now += 1000;
    expect(secrets.apiKey(FROM)).toBe('second-key');
    put('accounts', JSON.stringify([{ from: '972770000001', apiKey: 'another' }]));
    clock.now += 1000;
    expect(secrets.apiKey(FROM)).toBe('second-key');
    expect(failures).toEqual([
      { setting: 'WAYBILL_ACCOUNTS_FILE', problem: 'no longer has the key of one of the accounts' },
    ]);
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
};

function openToken(): Opened {
  put('token', OLD);
  return open({ WAYBILL_WEBHOOK_TOKEN_FILE: join(folder, 'token') });
}

function open(env: Record<string, string>): Opened {
  const clock = { now: 0 };
  const failures: SecretFailure[] = [];
  const deps = { now: () => clock.now, onFailure: (failure: SecretFailure) => failures.push(failure) };
  return { secrets: createSecrets(parseConfig(readEnv(env)).sources, deps), clock, failures };
}

/** By rename, as Kubernetes and careful editors do: the successor is another file even within one clock tick. */
function put(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.next`), text);
  renameSync(join(folder, `${name}.next`), join(folder, name));
}
