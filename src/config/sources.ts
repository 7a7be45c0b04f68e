import type { Account } from '../domain/account.js';
import type { Caller } from '../domain/caller.js';
import type { DataKey } from '../domain/seal.js';
import { type KeySource, singleAccount, withPreflight } from './accounts.js';
import type { EventEndpoint } from './endpoints.js';
import type { RawEntry, RawEnv } from './env.js';
import { bad, good, type Parsed } from './kinds.js';
import type { Need } from './rules.js';
import { SETTINGS, type Values } from './settings.js';

/** Where one secret comes from: a text that stays, or a file that may be replaced while we run. */
export type SecretSource<T> = {
  /** The variable (and place in it) to name when it cannot be read. */
  readonly setting: string;
  readonly origin:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'file'; readonly path: string };
  readonly parse: (text: string) => Parsed<T>;
};

/** An account, and where its key is; null: it has none here. */
export type KeyedAccount = { readonly account: Account; readonly key: SecretSource<string> | null };

export type SecretSources = {
  readonly accounts: SecretSource<readonly KeyedAccount[]> | null;
  /** What proxies want to know of us, as a header. */
  readonly proxies: Readonly<Record<'https' | 'http', SecretSource<string | null> | null>>;
  readonly redisPassword: SecretSource<string | null> | null;
  readonly sentinelPassword: SecretSource<string> | null;
  readonly webhookTokens: SecretSource<readonly string[]> | null;
  readonly apiCallers: SecretSource<readonly Caller[]> | null;
  readonly eventEndpoints: SecretSource<readonly EventEndpoint[]> | null;
  readonly dataKeys: SecretSource<readonly DataKey[]> | null;
};

/** Where the secrets of a sound configuration are, for a process that needs some of them. */
export function sourcesOf(values: Values, { entries }: RawEnv, need: readonly Need[] = []): SecretSources {
  const source = <T>(entry: RawEntry | undefined, parse: (text: string) => Parsed<T>) =>
    entry === undefined ? null : fromEntry(entry, parse);
  const isSender = need.includes('accounts');
  return {
    accounts: listSource(values, entries.WAYBILL_ACCOUNTS, isSender) ?? singleSource(values, entries),
    proxies: {
      https: source(entries.HTTPS_PROXY, authorizationOfProxy),
      http: source(entries.HTTP_PROXY, authorizationOfProxy),
    },
    redisPassword:
      source<string | null>(entries.REDIS_PASSWORD, SETTINGS.REDIS_PASSWORD.kind.parse) ??
      source(entries.REDIS_URL, passwordOfUrl),
    sentinelPassword: source(entries.REDIS_SENTINEL_PASSWORD, SETTINGS.REDIS_SENTINEL_PASSWORD.kind.parse),
    webhookTokens: source(entries.WAYBILL_WEBHOOK_TOKEN, SETTINGS.WAYBILL_WEBHOOK_TOKEN.kind.parse),
    apiCallers: source(entries.WAYBILL_API_KEYS, SETTINGS.WAYBILL_API_KEYS.kind.parse),
    eventEndpoints: source(entries.WAYBILL_EVENT_ENDPOINTS, SETTINGS.WAYBILL_EVENT_ENDPOINTS.kind.parse),
    dataKeys: source(entries.WAYBILL_DATA_KEY, SETTINGS.WAYBILL_DATA_KEY.kind.parse),
  };
}

type AccountsSource = SecretSources['accounts'];

function listSource(
  { WAYBILL_PREFLIGHT }: Values,
  entry: RawEntry | undefined,
  isSender: boolean,
): AccountsSource {
  if (entry === undefined) return null;
  return fromEntry(entry, (text) => {
    const parsed = SETTINGS.WAYBILL_ACCOUNTS.kind.parse(text);
    if (!parsed.ok) return parsed;
    const keyed = withPreflight(parsed.value, WAYBILL_PREFLIGHT).map(({ account, key }, index) => ({
      account,
      key: keySource(key, `${entry.variable} at /${index}/apiKeyFile`),
    }));
    const problems = keyed.flatMap(({ account, key }, index) =>
      isSender && key === null
        ? [{ problem: `in ${account.name}, at /${index} has no key`, expected: 'apiKey or apiKeyFile' }]
        : [],
    );
    return problems.length > 0 ? { ok: false, problems } : good(keyed);
  });
}

function keySource(key: KeySource, setting: string): SecretSource<string> | null {
  switch (key.kind) {
    case 'file':
      return { setting, origin: { kind: 'file', path: key.path }, parse: asKey };
    case 'text':
      return { setting, origin: { kind: 'text', text: key.text }, parse: asKey };
    case 'none':
      return null;
    default:
      return key satisfies never;
  }
}

/** The number of the single form stays; its key may be a file. */
function singleSource(
  { WAYBILL_FROM, WAYBILL_PREFLIGHT }: Values,
  { WAYBILL_FROM: from, WAYBILL_PROVIDER_API_KEY: entry }: RawEnv['entries'],
): AccountsSource {
  if (WAYBILL_FROM === null || from === undefined) return null;
  const account = { ...singleAccount(WAYBILL_FROM), preflight: WAYBILL_PREFLIGHT };
  const key = entry === undefined ? null : fromEntry(entry, asKey);
  return fromEntry(from, () => good([{ account, key }]));
}

function fromEntry<T>(entry: RawEntry, parse: (text: string) => Parsed<T>): SecretSource<T> {
  const origin =
    entry.file === null
      ? ({ kind: 'text', text: entry.text } as const)
      : ({ kind: 'file', path: entry.file } as const);
  return { setting: entry.variable, origin, parse };
}

function asKey(text: string): Parsed<string> {
  return text === '' ? bad('is empty', 'a key') : good(text);
}

function authorizationOfProxy(text: string): Parsed<string | null> {
  const parsed = SETTINGS.HTTPS_PROXY.kind.parse(text);
  return parsed.ok ? good(parsed.value.authorization) : parsed;
}

function passwordOfUrl(text: string): Parsed<string | null> {
  const parsed = SETTINGS.REDIS_URL.kind.parse(text);
  return parsed.ok ? good(parsed.value.password) : parsed;
}
