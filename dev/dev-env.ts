import { createHash, randomBytes } from 'node:crypto';
import type { Env } from '../src/app/boot.js';
import { type Kept, namesAccounts } from './dev-file.js';

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
  /** Taken where nothing else is given. */
  readonly kept: Kept;
};

export type DevEnv = {
  readonly env: Readonly<Record<string, string>>;
  /** What was made up; the HTTP API's key is not where the environment has keys of its own. */
  readonly made: Omit<Kept, 'redisPort'>;
};

/** The settings of everything in one process: the environment's, with keys made up where it has none. */
export function devEnv(env: Env, options: DevEnvOptions): DevEnv {
  const { kept, providerUrl } = options;
  // A real provider wants a real account.
  const wantsAccount = !namesAccounts(env) && providerUrl === undefined;
  const made = {
    ...(isSet(env, 'WAYBILL_API_KEYS') ? {} : { apiKey: kept.apiKey ?? secret() }),
    ...(isSet(env, 'WAYBILL_WEBHOOK_TOKEN') ? {} : { webhookToken: kept.webhookToken ?? secret() }),
    ...(wantsAccount ? { providerKey: kept.providerKey ?? secret() } : {}),
  };
  return { env: settingsOf(env, options, made), made };
}

function settingsOf(
  env: Env,
  { redisUrl, providerUrl, port }: DevEnvOptions,
  { apiKey, webhookToken, providerKey }: DevEnv['made'],
): Readonly<Record<string, string>> {
  return {
    ...ownSettings(env),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    ...(apiKey === undefined ? {} : { WAYBILL_API_KEYS: madeUpCaller(apiKey) }),
    ...(webhookToken === undefined ? {} : { WAYBILL_WEBHOOK_TOKEN: webhookToken }),
    ...(providerKey === undefined ? {} : { WAYBILL_ACCOUNTS: madeUpAccount(providerKey) }),
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

function madeUpAccount(apiKey: string): string {
  return JSON.stringify([{ ...DEV_ACCOUNT, apiKey }]);
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
