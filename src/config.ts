import { singleAccount, withPreflight } from './config/accounts.js';
import type { AddressRange } from './config/address.js';
import { type SettingRow, showSettings } from './config/describe.js';
import type { EventEndpoint } from './config/endpoints.js';
import type { RawEnv } from './config/env.js';
import { deepFreeze } from './config/freeze.js';
import { type RedisConfig, redisOf } from './config/redis.js';
import { checkRules, type Need, type RuleInput } from './config/rules.js';
import type { Values } from './config/settings.js';
import { type SecretSources, sourcesOf } from './config/sources.js';
import type { ProxyUrl } from './config/url.js';
import { parseValues } from './config/values.js';
import type { Account } from './domain/account.js';
import type { HostPort } from './domain/host-port.js';
import type { ProxyAddress, ProxyRules } from './domain/proxy.js';
import { ConfigError } from './errors.js';

/** All that is configured and not secret; frozen. Durations are in milliseconds unless the name says hours. */
export type Config = {
  readonly redis: RedisConfig;
  readonly prefix: string;
  /** As they were at the start; `Secrets.accounts` has them as they are now. */
  readonly accounts: readonly Account[];
  /** `ca`: certificates in PEM form to trust besides the usual ones. */
  readonly provider: { readonly url: string; readonly ca: string | null };
  readonly proxies: ProxyRules;
  readonly concurrency: { readonly perAccount: number; readonly total: number };
  readonly sendTimeoutMs: number;
  readonly localStorageTimeoutMs: number;
  readonly retry: { readonly maxAttempts: number; readonly baseMs: number; readonly capMs: number };
  readonly historyLagMs: number;
  readonly shutdownGraceMs: number;
  readonly retention: { readonly recordHours: number; readonly idHours: number; readonly ledgerDays: number };
  /** `allow` null: webhooks are taken from any address. */
  readonly webhooks: {
    readonly allow: readonly AddressRange[] | null;
    readonly spoolDir: string | null;
    readonly spoolLimitBytes: number;
  };
  readonly trustProxy: number;
  /** Calls per key and second, and deliveries of an account up to which more are taken. */
  readonly api: { readonly callsPerSecond: number; readonly backlogLimit: number };
  readonly listen: Readonly<Record<'api' | 'webhooks' | 'metrics' | 'sandbox', HostPort>>;
  readonly eventEndpoints: readonly Omit<EventEndpoint, 'secrets' | 'headers'>[];
  readonly log: {
    readonly level: Values['WAYBILL_LOG_LEVEL'];
    readonly format: Values['WAYBILL_LOG_FORMAT'];
  };
  readonly journalDir: string | null;
  /** Every setting as it is in effect, secrets masked: what `waybill config` prints. */
  readonly settings: readonly SettingRow[];
};

export type ParsedConfig = {
  readonly config: Config;
  /** For `createSecrets`. */
  readonly sources: SecretSources;
  /** `WAYBILL_*` variables that mean nothing, to be warned about. */
  readonly unknown: readonly string[];
};

/** Throws a ConfigError with every fault, each naming its variable. */
export function parseConfig(raw: RawEnv, options: { readonly need?: readonly Need[] } = {}): ParsedConfig {
  const { values, faults, faulty } = parseValues(raw);
  const { need = [] } = options;
  const input: RuleInput = {
    values,
    isSet: (name) => raw.entries[name] !== undefined,
    variableOf: (name) => raw.entries[name]?.variable ?? name,
    need,
  };
  const allFaults = [...raw.faults, ...faults, ...checkRules(input, faulty)];
  if (allFaults.length > 0) throw new ConfigError(allFaults);
  const config = deepFreeze({ ...gather(values), settings: showSettings(values, raw) });
  return { config, sources: sourcesOf(values, raw, need), unknown: raw.unknown };
}

const MEGABYTE = 1_000_000;

function gather(values: Values): Omit<Config, 'settings'> {
  return {
    redis: redisOf(values),
    prefix: values.WAYBILL_PREFIX,
    accounts: accountsOf(values),
    provider: { url: values.WAYBILL_PROVIDER_URL, ca: values.WAYBILL_PROVIDER_CA_FILE },
    proxies: proxiesOf(values),
    concurrency: { perAccount: values.WAYBILL_CONCURRENCY, total: values.WAYBILL_CONCURRENCY_TOTAL },
    sendTimeoutMs: values.WAYBILL_SEND_TIMEOUT_MS,
    localStorageTimeoutMs: values.WAYBILL_LOCAL_STORAGE_TIMEOUT_MS,
    retry: {
      maxAttempts: values.WAYBILL_MAX_ATTEMPTS,
      baseMs: values.WAYBILL_RETRY_BASE_MS,
      capMs: values.WAYBILL_RETRY_CAP_MS,
    },
    historyLagMs: values.WAYBILL_HISTORY_LAG_MS,
    shutdownGraceMs: values.WAYBILL_SHUTDOWN_GRACE_MS,
    retention: {
      recordHours: values.WAYBILL_RETENTION_HOURS,
      idHours: values.WAYBILL_ID_RETENTION_HOURS,
      ledgerDays: values.WAYBILL_LEDGER_RETENTION_DAYS,
    },
    webhooks: {
      allow: values.WAYBILL_WEBHOOK_ALLOW,
      spoolDir: values.WAYBILL_WEBHOOK_SPOOL,
      spoolLimitBytes: values.WAYBILL_WEBHOOK_SPOOL_MB * MEGABYTE,
    },
    trustProxy: values.WAYBILL_TRUST_PROXY,
    api: { callsPerSecond: values.WAYBILL_API_RATE, backlogLimit: values.WAYBILL_BACKLOG_LIMIT },
    listen: listenOf(values),
    eventEndpoints: values.WAYBILL_EVENT_ENDPOINTS.map(
      ({ secrets: _, headers: __, ...endpoint }) => endpoint,
    ),
    log: { level: values.WAYBILL_LOG_LEVEL, format: values.WAYBILL_LOG_FORMAT },
    journalDir: values.WAYBILL_JOURNAL_DIR,
  };
}

function accountsOf({ WAYBILL_ACCOUNTS, WAYBILL_FROM, WAYBILL_PREFLIGHT }: Values): readonly Account[] {
  if (WAYBILL_ACCOUNTS !== null) {
    return withPreflight(WAYBILL_ACCOUNTS, WAYBILL_PREFLIGHT).map(({ account }) => account);
  }
  return WAYBILL_FROM === null ? [] : [{ ...singleAccount(WAYBILL_FROM), preflight: WAYBILL_PREFLIGHT }];
}

function proxiesOf({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Values): ProxyRules {
  const addressOf = (proxy: ProxyUrl | null): ProxyAddress | null =>
    proxy === null ? null : { host: proxy.host, port: proxy.port, tls: proxy.tls };
  return { https: addressOf(HTTPS_PROXY), http: addressOf(HTTP_PROXY), except: NO_PROXY ?? [] };
}

function listenOf(values: Values): Config['listen'] {
  return {
    api: values.WAYBILL_LISTEN_API,
    webhooks: values.WAYBILL_LISTEN_WEBHOOKS,
    metrics: values.WAYBILL_LISTEN_METRICS,
    sandbox: values.WAYBILL_LISTEN_SANDBOX,
  };
}
