import { createHash, randomBytes } from 'node:crypto';
import type { Env } from '../src/app/boot.js';
import { namesAccounts } from './dev-file.js';

export const DEV_ACCOUNT = { from: '972771234567', name: 'dev' };

const PORTS = {
  WAYBILL_LISTEN_SANDBOX: '8090',
  WAYBILL_LISTEN_WEBHOOKS: '8081',
  WAYBILL_LISTEN_METRICS: '9464',
  WAYBILL_LISTEN_API: '8080',
} as const;

export type DevEnvOptions = {
  /** Of the private Redis; null when the environment names one. */
  readonly redisUrl: string | null;
  /** Undefined: the sandbox. */
  readonly providerUrl: string | undefined;
  /** The first of consecutive ports, 0 for any free ones; undefined: each its own. */
  readonly port: number | undefined;
};

export type DevEnv = {
  readonly env: Readonly<Record<string, string>>;
  /** The HTTP API's key that was made up; null where the environment has keys of its own. */
  readonly apiKey: string | null;
};

/** The settings of everything in one process: the environment's, with keys made up where it has none. */
export function devEnv(env: Env, options: DevEnvOptions): DevEnv {
  const hasKeys = isSet(env, 'WAYBILL_API_KEYS');
  const apiKey = hasKeys ? null : secret();
  const made = apiKey === null ? {} : { WAYBILL_API_KEYS: madeUpCaller(apiKey) };
  return { env: { ...settingsOf(env, options), ...made }, apiKey };
}

function settingsOf(
  env: Env,
  { redisUrl, providerUrl, port }: DevEnvOptions,
): Readonly<Record<string, string>> {
  return {
    ...ownSettings(env),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    ...(isSet(env, 'WAYBILL_WEBHOOK_TOKEN') ? {} : { WAYBILL_WEBHOOK_TOKEN: secret() }),
    // A real provider wants a real account.
    ...(namesAccounts(env) || providerUrl !== undefined ? {} : { WAYBILL_ACCOUNTS: madeUpAccount() }),
    ...(providerUrl === undefined ? {} : { WAYBILL_PROVIDER_URL: providerUrl }),
    ...listenOnThisMachine(env, port),
  };
}

/** What a process of ours reads, and nothing else of the person's environment. */
function ownSettings(env: Env): Readonly<Record<string, string>> {
  const own = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    /^(REDIS|WAYBILL)_/.test(name) && value !== undefined ? [[name, value]] : [],
  );
  return Object.fromEntries(own);
}

function madeUpAccount(): string {
  return JSON.stringify([{ ...DEV_ACCOUNT, apiKey: secret() }]);
}

function madeUpCaller(key: string): string {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return JSON.stringify([{ name: 'dev', sha256, accounts: ['*'], roles: ['send', 'read', 'operate'] }]);
}

function isSet(env: Env, name: string): boolean {
  return Boolean(env[name] || env[`${name}_FILE`]);
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}

/** Never beyond 127.0.0.1, whatever the environment says: the sandbox does what anybody tells it. */
function listenOnThisMachine(env: Env, first: number | undefined): Readonly<Record<string, string>> {
  const addresses = Object.entries(PORTS).map(([name, usual], index) => {
    const [, asked] = /(\d+)\s*$/.exec(env[name] ?? '') ?? [];
    const port = first === undefined ? (asked ?? usual) : first === 0 ? 0 : first + index;
    return [name, `127.0.0.1:${port}`];
  });
  return Object.fromEntries(addresses);
}
