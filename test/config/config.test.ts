import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConfig } from '../../src/config/describe.js';
import { type Env, readEnv } from '../../src/config/env.js';
import type { Need } from '../../src/config/rules.js';
import { createSecrets } from '../../src/config/secrets.js';
import { SETTING_NAMES } from '../../src/config/settings.js';
import { type ParsedConfig, parseConfig } from '../../src/config.js';
import { ACCOUNT_DEFAULTS } from '../../src/domain/account.js';
import { ConfigError, type ConfigFault } from '../../src/errors.js';

const FROM = '972771234567';
const KEY = 'provider-key-canary';
const DATA_KEY = `k1:${Buffer.alloc(32, 0xcd).toString('base64')}`;
const TOKEN = 'webhook-token-canary';
const SHA = 'AB'.repeat(32);
const SIGNING = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const accounts = (...list: readonly object[]): Env => ({ WAYBILL_ACCOUNTS: JSON.stringify(list) });
const shop = { from: FROM, name: 'shop', apiKey: KEY };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-config-'));
  writeFileSync(join(folder, 'ca.pem'), PEM);
  writeFileSync(join(folder, 'text'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('an empty environment', () => {
  it('is what the settings table says', () => {
    const { config, unknown } = parse({});
    const { settings, ...rest } = config;
    expect(rest).toEqual({
      api: { backlogLimit: 1_000_000, callsPerSecond: 500 },
      redis: {
        kind: 'url',
        host: '127.0.0.1',
        port: 6379,
        db: 0,
        username: null,
        waitReplicas: 0,
        tls: null,
      },
      prefix: 'waybill',
      accounts: [],
      provider: { url: 'https://api.99digital.co.il/whatsapp/v2', ca: null },
      proxies: { https: null, http: null, except: [] },
      concurrency: { perAccount: 50, total: 500 },
      sendTimeoutMs: 30_000,
      localStorageTimeoutMs: 120_000,
      retry: { maxAttempts: 8, baseMs: 2000, capMs: 600_000 },
      historyLagMs: 600_000,
      shutdownGraceMs: 40_000,
      retention: { recordHours: 168, idHours: 720, ledgerDays: 400 },
      webhooks: { allow: null, spoolDir: null, spoolLimitBytes: 256_000_000 },
      trustProxy: 0,
      listen: {
        api: { host: '::', port: 8080 },
        webhooks: { host: '::', port: 8081 },
        metrics: { host: '::', port: 9464 },
        sandbox: { host: '::', port: 8090 },
      },
      eventEndpoints: [],
      log: { level: 'info', format: 'auto' },
      journalDir: null,
    });
    expect(settings.map(({ name }) => name)).toEqual(SETTING_NAMES);
    expect(unknown).toEqual([]);
  });

  it('and so is one of empty variables', () => {
    const blank = Object.fromEntries(SETTING_NAMES.map((name) => [name, ' ']));
    expect(parse(blank).config).toEqual(parse({}).config);
  });

  it('cannot be changed once read', () => {
    const { config } = parse(accounts(shop));
    expect(() => Object.assign(config.retry, { maxAttempts: 99 })).toThrow(TypeError);
    expect(() => Object.assign(config.accounts[0] ?? {}, { ratePerSecond: 99 })).toThrow(TypeError);
  });
});

describe('Redis', () => {
  it.each<readonly [string, Env, object]>([
    [
      'one server, by TLS, with a user and database',
      { REDIS_URL: 'rediss://app:p%40ss@redis.example:6380/2' },
      {
        kind: 'url',
        host: 'redis.example',
        port: 6380,
        db: 2,
        username: 'app',
        waitReplicas: 0,
        tls: { ca: null },
      },
    ],
    [
      'one server on IPv6',
      { REDIS_URL: 'redis://[::1]' },
      { kind: 'url', host: '::1', port: 6379, db: 0, username: null, waitReplicas: 0, tls: null },
    ],
    [
      'sentinels',
      { REDIS_SENTINELS: 'a:26379, [::1]:26380', REDIS_SENTINEL_NAME: 'main', REDIS_USERNAME: 'app' },
      {
        kind: 'sentinels',
        sentinels: [
          { host: 'a', port: 26379 },
          { host: '::1', port: 26380 },
        ],
        name: 'main',
        sentinelUsername: null,
        username: 'app',
        waitReplicas: 0,
        tls: null,
      },
    ],
    [
      'sentinels by TLS, who want to know who asks',
      {
        REDIS_SENTINELS: 'a:26379',
        REDIS_SENTINEL_NAME: 'main',
        REDIS_SENTINEL_USERNAME: 'asker',
        REDIS_SENTINEL_PASSWORD: 's',
        REDIS_TLS: 'on',
      },
      {
        kind: 'sentinels',
        sentinels: [{ host: 'a', port: 26379 }],
        name: 'main',
        sentinelUsername: 'asker',
        username: null,
        waitReplicas: 0,
        tls: { ca: null },
      },
    ],
    [
      'a cluster by TLS',
      { REDIS_CLUSTER: 'a:6379,b:6379', REDIS_TLS: 'on' },
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 6379 },
        ],
        username: null,
        waitReplicas: 0,
        tls: { ca: null },
      },
    ],
  ])('is %s', (_what, env, redis) => {
    expect(parse(env).config.redis).toEqual(redis);
  });

  it('trusts a private authority', () => {
    const env = { REDIS_URL: 'rediss://redis', REDIS_CA_FILE: join(folder, 'ca.pem') };
    expect(parse(env).config.redis.tls).toEqual({ ca: PEM.trim() });
  });
});

describe('listen addresses', () => {
  it.each([
    ['9000', { host: '::', port: 9000 }],
    [':9000', { host: '::', port: 9000 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['0', { host: '::', port: 0 }],
    ['[::1]:9000', { host: '::1', port: 9000 }],
    ['localhost:9000', { host: 'localhost', port: 9000 }],
  ])('takes %s', (text, address) => {
    expect(parse({ WAYBILL_LISTEN_API: text }).config.listen.api).toEqual(address);
  });
});

describe('other settings', () => {
  it('are taken as they are given', () => {
    const env = {
      WAYBILL_WEBHOOK_ALLOW: '34.165.99.212, 10.0.0.0/8,2001:db8::/32',
      WAYBILL_WEBHOOK_SPOOL: '/var/spool/waybill',
      WAYBILL_JOURNAL_DIR: '/var/lib/waybill',
      WAYBILL_PREFLIGHT: 'on',
      WAYBILL_PROVIDER_URL: 'http://sandbox:8090/whatsapp/v2/',
      WAYBILL_PROVIDER_CA_FILE: join(folder, 'ca.pem'),
      WAYBILL_LOG_FORMAT: 'pretty',
    };
    const { config } = parse(env);
    expect(config).toMatchObject({
      webhooks: {
        allow: [
          { address: '34.165.99.212', prefix: 32, family: 'ipv4' },
          { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
          { address: '2001:db8::', prefix: 32, family: 'ipv6' },
        ],
        spoolDir: '/var/spool/waybill',
      },
      journalDir: '/var/lib/waybill',
      provider: { url: 'http://sandbox:8090/whatsapp/v2', ca: PEM.trim() },
      log: { level: 'info', format: 'pretty' },
    });
    const shown = new Map(config.settings.map(({ name, value }) => [name, value]));
    expect(shown.get('WAYBILL_WEBHOOK_ALLOW')).toBe('34.165.99.212/32,10.0.0.0/8,2001:db8::/32');
    expect(shown.get('WAYBILL_PROVIDER_CA_FILE')).toBe('1 certificate(s)');
  });

  it.each([
    ['http://127.0.0.1:8090', true],
    ['http://localhost:8090', true],
    ['http://192.168.1.4', true],
    ['http://172.20.0.2', true],
    ['http://[::1]:8090', true],
    ['http://sandbox.waybill.svc.cluster.local', true],
    ['http://172.32.0.2', false],
    ['http://8.8.8.8', false],
    ['http://[2001:db8::1]', false],
    ['http://10.example.com', false],
  ])('allow plain http to %s: %s', (url, allowed) => {
    const read = () => parse({ WAYBILL_PROVIDER_URL: url });
    if (allowed) expect(read().config.provider.url).toBe(url);
    else expect(read).toThrow(ConfigError);
  });
});

describe('accounts', () => {
  it('need only a number; the rest is by default', () => {
    expect(parse(accounts({ from: FROM, apiKey: KEY })).config.accounts).toEqual([
      { ...ACCOUNT_DEFAULTS, from: FROM, name: '4567-ceeb50' },
    ]);
  });

  it('may say everything, and the key is not among it', () => {
    const account = {
      from: FROM,
      name: 'shop',
      ratePerSecond: 20,
      pairBurst: 5,
      pairIntervalMs: 1000,
      budget: { perDay: 100, perMonth: null, timeZone: 'Asia/Jerusalem' },
      billing: 'none',
      onClosedWindow: 'template',
      onUnknown: 'resend_if_absent',
      askHistory: true,
      preflight: true,
      template: { name: 'file_ready', language: 1, variables: ['{caption}'] },
      reasons: { '9': 'rejected', http_503: 'throttled' },
      country: 'IL',
    };
    expect(parse(accounts({ ...account, apiKey: KEY })).config.accounts).toEqual([account]);
  });

  it('goes by WAYBILL_PREFLIGHT where it says nothing of preflight itself', () => {
    const text = JSON.stringify([
      { from: '972771234561', apiKey: KEY },
      { from: '972771234562', apiKey: KEY, preflight: false },
    ]);
    const { config } = parse({ WAYBILL_ACCOUNTS: text, WAYBILL_PREFLIGHT: 'on' });
    expect(config.accounts.map(({ preflight }) => preflight)).toEqual([true, false]);
    const single = { WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: KEY, WAYBILL_PREFLIGHT: 'on' };
    expect(parse(single).config.accounts[0]?.preflight).toBe(true);
  });

  it('may be a single one', () => {
    const { config, sources } = parse({ WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: KEY }, ['accounts']);
    expect(config.accounts).toEqual([{ ...ACCOUNT_DEFAULTS, from: FROM, name: '4567-ceeb50' }]);
    expect(secretsOf(sources).apiKey(FROM)).toBe(KEY);
  });

  it('may be without a key where nothing is sent', () => {
    const { config, sources } = parse(accounts({ from: FROM }));
    expect(config.accounts).toHaveLength(1);
    expect(secretsOf(sources).apiKey(FROM)).toBeUndefined();
  });
});

describe('a fault names its variable and what it should be', () => {
  it.each<readonly [Env, string, string]>([
    [{ REDIS_URL: 'http://redis' }, 'REDIS_URL', 'is no Redis URL'],
    [{ REDIS_URL: 'redis://redis/x' }, 'REDIS_URL', 'names no database number after the host'],
    [{ REDIS_URL: 'redis://redis?db=1' }, 'REDIS_URL', 'has a query or fragment'],
    [{ REDIS_URL: 'redis://u:%zz@redis' }, 'REDIS_URL', 'has a user or password that is not percent-encoded'],
    [
      { REDIS_URL: 'redis://r', REDIS_CLUSTER: 'a:1' },
      'REDIS_CLUSTER',
      'is set beside another way to reach Redis',
    ],
    [
      { REDIS_URL: 'redis://r', REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'm' },
      'REDIS_SENTINELS',
      'is set beside another way to reach Redis',
    ],
    [
      { REDIS_SENTINELS: 'a:1' },
      'REDIS_SENTINEL_NAME',
      'and REDIS_SENTINELS go together, and only one is set',
    ],
    [
      { REDIS_SENTINEL_NAME: 'm' },
      'REDIS_SENTINEL_NAME',
      'and REDIS_SENTINELS go together, and only one is set',
    ],
    [{ REDIS_SENTINEL_PASSWORD: 'x' }, 'REDIS_SENTINEL_PASSWORD', 'is set without REDIS_SENTINELS'],
    [
      { REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'm', REDIS_SENTINEL_USERNAME: 'u' },
      'REDIS_SENTINEL_USERNAME',
      'is set without REDIS_SENTINEL_PASSWORD',
    ],
    [{ REDIS_SENTINELS: 'a', REDIS_SENTINEL_NAME: 'm' }, 'REDIS_SENTINELS', 'has the wrong form'],
    [{ REDIS_CLUSTER: 'a' }, 'REDIS_CLUSTER', 'has the wrong form'],
    [{ REDIS_CLUSTER: 'a:0' }, 'REDIS_CLUSTER', 'has a port outside 1-65535'],
    [{ REDIS_CLUSTER: ',' }, 'REDIS_CLUSTER', 'is an empty list'],
    [
      { REDIS_URL: 'redis://:a@r', REDIS_PASSWORD: 'b' },
      'REDIS_PASSWORD',
      'is set, and REDIS_URL holds a password too',
    ],
    [
      { REDIS_URL: 'redis://a@r', REDIS_USERNAME: 'b' },
      'REDIS_USERNAME',
      'is set, and REDIS_URL names a user too',
    ],
    [{ REDIS_TLS: 'maybe' }, 'REDIS_TLS', 'is neither on nor off'],
    [{ WAYBILL_PREFIX: 'a{b}' }, 'WAYBILL_PREFIX', 'has the wrong form'],
    [{ WAYBILL_PROVIDER_URL: 'ftp://x' }, 'WAYBILL_PROVIDER_URL', 'is no http or https URL'],
    [
      { WAYBILL_PROVIDER_URL: 'http://api.example.com' },
      'WAYBILL_PROVIDER_URL',
      'is plain http to a public host',
    ],
    [{ WAYBILL_PROVIDER_URL: 'https://u:p@x.example' }, 'WAYBILL_PROVIDER_URL', 'holds a user or password'],
    [{ WAYBILL_PROVIDER_URL: 'https://x.example?a=b' }, 'WAYBILL_PROVIDER_URL', 'has a query'],
    [{ WAYBILL_CONCURRENCY: '0' }, 'WAYBILL_CONCURRENCY', 'is out of range'],
    [{ WAYBILL_CONCURRENCY: '5.5' }, 'WAYBILL_CONCURRENCY', 'is not a whole number'],
    [{ WAYBILL_MAX_ATTEMPTS: 'many' }, 'WAYBILL_MAX_ATTEMPTS', 'is not a whole number'],
    [
      { WAYBILL_SHUTDOWN_GRACE_MS: '30000' },
      'WAYBILL_SHUTDOWN_GRACE_MS',
      'is not longer than WAYBILL_SEND_TIMEOUT_MS',
    ],
    [
      { WAYBILL_LOCAL_STORAGE_TIMEOUT_MS: '29999' },
      'WAYBILL_LOCAL_STORAGE_TIMEOUT_MS',
      'is shorter than WAYBILL_SEND_TIMEOUT_MS',
    ],
    [{ WAYBILL_RETRY_CAP_MS: '1000' }, 'WAYBILL_RETRY_CAP_MS', 'is shorter than WAYBILL_RETRY_BASE_MS'],
    [
      { WAYBILL_ID_RETENTION_HOURS: '24' },
      'WAYBILL_ID_RETENTION_HOURS',
      'is shorter than WAYBILL_RETENTION_HOURS',
    ],
    [
      { WAYBILL_WEBHOOK_TOKEN: `${TOKEN},short` },
      'WAYBILL_WEBHOOK_TOKEN',
      'has a token that is too short or has other characters',
    ],
    [{ WAYBILL_WEBHOOK_ALLOW: '10.0.0.0/33' }, 'WAYBILL_WEBHOOK_ALLOW', 'has a prefix longer than 32'],
    [{ WAYBILL_WEBHOOK_ALLOW: 'example.com' }, 'WAYBILL_WEBHOOK_ALLOW', 'has an entry that is no IP address'],
    [{ WAYBILL_LISTEN_API: '70000' }, 'WAYBILL_LISTEN_API', 'has a port outside 0-65535'],
    [{ WAYBILL_LISTEN_METRICS: 'a b:1' }, 'WAYBILL_LISTEN_METRICS', 'has the wrong form'],
    [{ WAYBILL_LOG_LEVEL: 'loud' }, 'WAYBILL_LOG_LEVEL', 'is none of these'],
    [{ WAYBILL_DATA_KEY: 'k1:c2hvcnQ=' }, 'WAYBILL_DATA_KEY', 'has a key that is not 32 bytes in base64'],
    [{ WAYBILL_DATA_KEY: 'cd'.repeat(32) }, 'WAYBILL_DATA_KEY', 'has a key without an id'],
    [{ WAYBILL_DATA_KEY: `${DATA_KEY},${DATA_KEY}` }, 'WAYBILL_DATA_KEY', 'has two keys with the same id'],
    [{ WAYBILL_API_KEYS: '{' }, 'WAYBILL_API_KEYS', 'is not JSON'],
    [
      { WAYBILL_API_KEYS: JSON.stringify([{ name: 'crm', sha256: 'ab', accounts: ['*'], roles: ['send'] }]) },
      'WAYBILL_API_KEYS',
      'at /0/sha256 is not usable',
    ],
    [
      { WAYBILL_EVENT_ENDPOINTS: JSON.stringify([{ url: 'http://a.example.com', secrets: [SIGNING] }]) },
      'WAYBILL_EVENT_ENDPOINTS',
      'at /0/url is not usable',
    ],
    [{ WAYBILL_FROM: '+972771234567', WAYBILL_PROVIDER_API_KEY: KEY }, 'WAYBILL_FROM', 'has the wrong form'],
    [{ WAYBILL_PROVIDER_API_KEY: KEY }, 'WAYBILL_FROM', 'is not set, but WAYBILL_PROVIDER_API_KEY is'],
    [{ ...accounts(shop), WAYBILL_FROM: FROM }, 'WAYBILL_FROM', 'is set beside WAYBILL_ACCOUNTS'],
    [{ WAYBILL_ACCOUNTS: 'shop' }, 'WAYBILL_ACCOUNTS', 'is not JSON'],
    [{ WAYBILL_ACCOUNTS: '{}' }, 'WAYBILL_ACCOUNTS', 'at / is not usable'],
    [accounts(), 'WAYBILL_ACCOUNTS', 'at / is not usable'],
    [accounts({ apiKey: KEY }), 'WAYBILL_ACCOUNTS', 'at /0/from is missing'],
    [accounts(shop, { ...shop, name: 'two' }), 'WAYBILL_ACCOUNTS', 'at /1/from repeats /0/from'],
    [accounts(shop, { ...shop, from: '972770000001' }), 'WAYBILL_ACCOUNTS', 'at /1/name repeats /0/name'],
    [accounts({ ...shop, apiKeyFile: 'x' }), 'WAYBILL_ACCOUNTS', 'at /0 has both apiKey and apiKeyFile'],
    [accounts({ ...shop, name: FROM }), 'WAYBILL_ACCOUNTS', 'at /0/name is not usable'],
    [accounts({ ...shop, speed: 1 }), 'WAYBILL_ACCOUNTS', 'at /0 has the unknown field speed'],
    [accounts({ ...shop, ratePerSecond: '80' }), 'WAYBILL_ACCOUNTS', 'at /0/ratePerSecond is not usable'],
    [
      accounts({ ...shop, budget: { timeZone: 'Mars' } }),
      'WAYBILL_ACCOUNTS',
      'at /0/budget/timeZone is not usable',
    ],
    [
      accounts({ ...shop, reasons: { '9': 'accepted' } }),
      'WAYBILL_ACCOUNTS',
      'at /0/reasons/9 is not usable',
    ],
    [
      accounts({ ...shop, reasons: { nine: 'rejected' } }),
      'WAYBILL_ACCOUNTS',
      'at /0/reasons/nine is not usable',
    ],
    [accounts({ ...shop, country: 'il' }), 'WAYBILL_ACCOUNTS', 'at /0/country is not usable'],
    [accounts({ ...shop, country: 'ISR' }), 'WAYBILL_ACCOUNTS', 'at /0/country is not usable'],
    [accounts({ ...shop, country: 972 }), 'WAYBILL_ACCOUNTS', 'at /0/country is not usable'],
    [accounts({ ...shop, onClosedWindow: 'template' }), 'WAYBILL_ACCOUNTS', 'at /0/template is missing'],
  ])('%j', (env, name, problem) => {
    expect(faultsOf(env)).toEqual([
      { name, problem: expect.stringContaining(problem), expected: expect.stringMatching(/\S/) },
    ]);
  });

  it.each([
    [
      { ...shop, speed: 1 },
      'in shop, at /0 has the unknown field speed; expected some of from, name, apiKey,',
    ],
    [
      { from: FROM, apiKey: KEY, billing: 1 },
      'in 972…67, at /0/billing is not usable; expected session | none',
    ],
    [
      { ...shop, country: 'Israel' },
      'at /0/country is not usable; expected a country by its two capital letters (ISO 3166), such as IL',
    ],
    ['shop', 'at /0 is not usable; expected an object of from, name, apiKey,'],
  ])('which field of which account, and what would be right: %j', (account, words) => {
    const env = { WAYBILL_ACCOUNTS: JSON.stringify([account]) };
    expect(refusal(env).message).toContain(words);
    expect(refusal(env).message).not.toContain(FROM);
  });

  it.each<readonly [what: string, headers: unknown, fault: readonly [at: string, expected: string]]>([
    ['no object', 'X-Key: canary', ['/0/headers', 'an object of header names']],
    ['an array', ['canary'], ['/0/headers', 'an object of header names']],
    ['a name with a colon', { 'Authorization: canary': 'x' }, ['/0/headers', 'header names of 1 to 64']],
    ['a name with a blank and no text', { 'X canary': 7 }, ['/0/headers', 'header names of 1 to 64']],
    ['an empty name', { '': 'canary' }, ['/0/headers', 'header names of 1 to 64']],
    ['a name of another script', { מפתח: 'canary' }, ['/0/headers', 'header names of 1 to 64']],
    ['a number', { 'X-Key': 7 }, ['/0/headers/X-Key', 'printable ASCII']],
    ['nothing', { 'X-Key': '' }, ['/0/headers/X-Key', 'printable ASCII']],
    ['null', { 'X-Key': null }, ['/0/headers/X-Key', 'printable ASCII']],
    ['two lines', { 'X-Key': 'canary\r\nX-Other: y' }, ['/0/headers/X-Key', 'printable ASCII']],
    ['a line break at its end', { 'X-Key': 'canary\n' }, ['/0/headers/X-Key', 'printable ASCII']],
    ['letters of another script', { 'X-Key': 'canary מפתח' }, ['/0/headers/X-Key', 'printable ASCII']],
    ['a value too long', { 'X-Key': 'canary'.repeat(700) }, ['/0/headers/X-Key', 'printable ASCII']],
    ['one name twice', { 'X-Key': 'canary', 'x-key': 'canary' }, ['/0/headers/x-key', 'each name once']],
    ['the signature', { 'Webhook-Signature': 'canary' }, ['/0/headers/Webhook-Signature', 'not webhook-*']],
    ['the type', { 'content-type': 'canary' }, ['/0/headers/content-type', 'not webhook-*']],
    ['the length', { 'Content-Length': '1' }, ['/0/headers/Content-Length', 'not webhook-*']],
    ['the host', { HOST: 'canary' }, ['/0/headers/HOST', 'not webhook-*']],
    ['the connection', { Connection: 'close' }, ['/0/headers/Connection', 'not webhook-*']],
    ['the transfer', { 'Transfer-Encoding': 'chunked' }, ['/0/headers/Transfer-Encoding', 'not webhook-*']],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`X-${index}`, 'canary'])),
      ['/0/headers', 'at most 16 headers'],
    ],
  ])('which headers of which event endpoint, without their values: %s', (_what, headers, [at, expected]) => {
    const endpoint = { name: 'app', url: 'https://a.example/hook', secrets: [SIGNING], headers };
    const error = refusal({ WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]) });
    const problem = `in app, at ${at} is not usable`;
    expect(error.faults).toEqual([
      { name: 'WAYBILL_EVENT_ENDPOINTS', problem, expected: expect.stringContaining(expected) },
    ]);
    expect(error.message).not.toContain('canary');
  });

  it('every header that is wrong at once', () => {
    const headers = { 'X A': 'x', Host: 'x', 'X-B': '', 'X-C': 'fine' };
    const endpoint = { url: 'https://a.example/hook', secrets: [SIGNING], headers };
    const faults = faultsOf({ WAYBILL_EVENT_ENDPOINTS: JSON.stringify([endpoint]) });
    expect(faults.map(({ problem }) => problem)).toEqual(
      ['', '/Host', '/X-B'].map((at) => `at /0/headers${at} is not usable`),
    );
  });

  it('also when the setting is a file', () => {
    const missing = join(folder, 'missing');
    expect(
      faultsOf({
        REDIS_PASSWORD_FILE: missing,
        REDIS_PASSWORD: 'x',
        REDIS_CA_FILE: join(folder, 'text'),
        WAYBILL_PROVIDER_CA_FILE: missing,
        WAYBILL_WEBHOOK_TOKEN_FILE: join(folder, 'text'),
      }).map(({ name, problem }) => `${name} ${problem}`),
    ).toEqual([
      'REDIS_PASSWORD_FILE is set beside REDIS_PASSWORD',
      'WAYBILL_PROVIDER_CA_FILE names a file that cannot be read (ENOENT)',
      'REDIS_CA_FILE holds no certificate',
      'WAYBILL_WEBHOOK_TOKEN_FILE has a token that is too short or has other characters',
    ]);
  });

  it('refuses a private authority for a plain connection', () => {
    expect(faultsOf({ REDIS_CA_FILE: join(folder, 'ca.pem') })).toMatchObject([
      { name: 'REDIS_CA_FILE', problem: 'is set, but the connection is not by TLS' },
    ]);
  });

  it('and all faults come at once, in words that hold no value', () => {
    const env = {
      ...accounts({ ...shop, apiKey: 7, billing: KEY }),
      WAYBILL_WEBHOOK_TOKEN: 'hush',
      REDIS_URL: 'hush:',
    };
    const error = refusal(env);
    expect(error.faults.map(({ name }) => name).sort()).toEqual([
      'REDIS_URL',
      'WAYBILL_ACCOUNTS',
      'WAYBILL_ACCOUNTS',
      'WAYBILL_WEBHOOK_TOKEN',
    ]);
    expect(error.message).toContain('at /0/billing is not usable; expected session | none');
    for (const value of [KEY, FROM, 'hush']) expect(error.message + error.stack).not.toContain(value);
  });
});

describe('what a command needs', () => {
  it.each<readonly [Need, Env, string]>([
    ['accounts', {}, 'WAYBILL_ACCOUNTS is not set'],
    ['accounts', accounts({ from: FROM }), 'WAYBILL_ACCOUNTS has an account without a key'],
    ['accounts', { WAYBILL_FROM: FROM }, 'WAYBILL_PROVIDER_API_KEY is not set'],
    ['webhookToken', {}, 'WAYBILL_WEBHOOK_TOKEN is not set'],
    ['apiKeys', {}, 'WAYBILL_API_KEYS lists nobody'],
  ])('%s with %j', (need, env, fault) => {
    expect(faultsOf(env, [need]).map(({ name, problem }) => `${name} ${problem}`)).toEqual([fault]);
    expect(() => parse(env)).not.toThrow();
  });

  it('is there when it is given', () => {
    const env = {
      ...accounts(shop),
      WAYBILL_WEBHOOK_TOKEN: TOKEN,
      WAYBILL_API_KEYS: JSON.stringify([
        { name: 'crm', sha256: SHA, accounts: ['*'], roles: ['send', 'read'] },
      ]),
      WAYBILL_EVENT_ENDPOINTS: JSON.stringify([
        {
          url: 'https://a.example/hook',
          secrets: [SIGNING],
          headers: { Authorization: 'Bearer a b', '!#$': '\x21\t~' },
        },
        { url: 'https://b.example/hook', secrets: [SIGNING] },
      ]),
      WAYBILL_DATA_KEY: DATA_KEY,
    };
    const { sources, config } = parse(env, ['accounts', 'webhookToken', 'apiKeys']);
    const secrets = secretsOf(sources);
    expect(secrets.apiKey(FROM)).toBe(KEY);
    expect(secrets.webhookTokens()).toEqual([TOKEN]);
    expect(secrets.apiCallers()).toEqual([
      { name: 'crm', sha256: SHA.toLowerCase(), accounts: ['*'], roles: ['send', 'read'] },
    ]);
    expect(secrets.eventSecrets('https://a.example/hook')).toEqual([SIGNING]);
    expect(secrets.eventHeaders('https://a.example/hook')).toEqual({
      authorization: 'Bearer a b',
      '!#$': '!\t~',
    });
    expect(secrets.eventHeaders('https://b.example/hook')).toEqual({});
    for (const secret of ['Bearer', SIGNING]) expect(JSON.stringify(config)).not.toContain(secret);
    expect(secrets.dataKeys()).toEqual([{ id: 'k1', key: Buffer.alloc(32, 0xcd) }]);
  });
});

describe('variables that mean nothing', () => {
  it('are listed, but not those that Kubernetes injects', () => {
    const env = {
      WAYBILL_CONCURENCY: '1',
      WAYBILL_LISTEN_API_FILE: '/x',
      WAYBILL_WEBHOOK_TOKEN_FILE: '',
      WAYBILL_NO_INSTALL: '1',
      WAYBILL_API_SERVICE_HOST: '10.0.0.1',
      WAYBILL_API_PORT: 'tcp://10.0.0.1:8080',
      WAYBILL_API_PORT_8080_TCP_ADDR: '10.0.0.1',
      PATH: '/bin',
    };
    expect(parse(env).unknown).toEqual(['WAYBILL_CONCURENCY', 'WAYBILL_LISTEN_API_FILE']);
  });
});

describe('waybill config', () => {
  const env = {
    ...accounts(shop),
    REDIS_URL: 'rediss://app:redis-canary@redis.example/1',
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_DATA_KEY: DATA_KEY,
    WAYBILL_SEND_TIMEOUT_MS: '20000',
  };

  it('shows every setting, where it comes from, and each account', () => {
    const { config, sources } = parse(env);
    const rows = describeConfig(config, secretsOf(sources));
    expect(rows.map(({ name }) => name)).toEqual([...SETTING_NAMES, 'account shop']);
    const shown = Object.fromEntries(rows.map(({ name, value, from }) => [name, [value, from]]));
    expect(shown).toMatchObject({
      REDIS_URL: ['rediss://redis.example:6379/1', 'environment'],
      REDIS_SENTINELS: ['', 'unset'],
      WAYBILL_ACCOUNTS: ['shop', 'environment'],
      WAYBILL_SEND_TIMEOUT_MS: ['20000', 'environment'],
      WAYBILL_RETRY_CAP_MS: ['600000', 'default'],
      WAYBILL_LISTEN_API: ['[::]:8080', 'default'],
      WAYBILL_WEBHOOK_ALLOW: ['any', 'default'],
      WAYBILL_WEBHOOK_TOKEN: ['••••••••', 'environment'],
      'account shop': [
        '972…67, key set, 80/s, billing session, closed window: hold, unknown: hold',
        'environment',
      ],
    });
  });

  it('shows no secret and no full number', () => {
    const { config, sources } = parse({ ...env, ...accounts({ ...shop, name: undefined }) });
    const text = JSON.stringify(describeConfig(config, secretsOf(sources)));
    for (const secret of [KEY, TOKEN, FROM, 'redis-canary', 'cdcd']) expect(text).not.toContain(secret);
    expect(JSON.stringify(config.settings)).not.toContain(FROM);
    expect(JSON.stringify(parse({ WAYBILL_FROM: FROM }).config.settings)).not.toContain(FROM);
  });
});

function parse(env: Env, need: readonly Need[] = []): ParsedConfig {
  return parseConfig(readEnv(env), { need });
}

function refusal(env: Env, need: readonly Need[] = []): ConfigError {
  try {
    parse(env, need);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

function faultsOf(env: Env, need: readonly Need[] = []): readonly ConfigFault[] {
  return refusal(env, need).faults;
}

function secretsOf(sources: ParsedConfig['sources']) {
  return createSecrets(sources, { now: () => 0, onFailure: () => undefined });
}
