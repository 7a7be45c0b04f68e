import type { Caller } from '../domain/caller.js';
import type { DataKey } from '../domain/seal.js';
import type { AccountEntry } from './accounts.js';
import type { EventEndpoint } from './endpoints.js';
import type { RawEntry, RawEnv } from './env.js';
import { bad, good, type Parsed } from './kinds.js';
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

export type SecretSources = {
  /** By account number. */
  readonly apiKeys: ReadonlyMap<string, SecretSource<string>>;
  /** What proxies want to know of us, as a header. */
  readonly proxies: Readonly<Record<'https' | 'http', SecretSource<string | null> | null>>;
  readonly redisPassword: SecretSource<string | null> | null;
  readonly sentinelPassword: SecretSource<string> | null;
  readonly webhookTokens: SecretSource<readonly string[]> | null;
  readonly apiCallers: SecretSource<readonly Caller[]> | null;
  readonly eventEndpoints: SecretSource<readonly EventEndpoint[]> | null;
  readonly dataKeys: SecretSource<readonly DataKey[]> | null;
};

/** Where the secrets of a sound configuration are. */
export function sourcesOf(values: Values, { entries }: RawEnv): SecretSources {
  const source = <T>(entry: RawEntry | undefined, parse: (text: string) => Parsed<T>) =>
    entry === undefined ? null : fromEntry(entry, parse);
  return {
    apiKeys: new Map([
      ...keysOfList(values, entries.WAYBILL_ACCOUNTS),
      ...singleKey(values, entries.WAYBILL_PROVIDER_API_KEY),
    ]),
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

type KeyEntry = readonly [from: string, source: SecretSource<string>];

function keysOfList(values: Values, entry: RawEntry | undefined): KeyEntry[] {
  if (entry === undefined) return [];
  return (values.WAYBILL_ACCOUNTS ?? []).flatMap(({ account: { from }, key }, index): KeyEntry[] => {
    const setting = `${entry.variable} at /${index}/apiKeyFile`;
    if (key.kind === 'file')
      return [[from, { setting, origin: { kind: 'file', path: key.path }, parse: asKey }]];
    return key.kind === 'text' ? [[from, fromEntry(entry, (text) => keyInList(text, from))]] : [];
  });
}

function singleKey({ WAYBILL_FROM }: Values, entry: RawEntry | undefined): KeyEntry[] {
  return WAYBILL_FROM === null || entry === undefined ? [] : [[WAYBILL_FROM, fromEntry(entry, asKey)]];
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

/** The list's file may have been replaced: only the key is taken from it, accounts stay as they were at the start. */
function keyInList(text: string, from: string): Parsed<string> {
  const parsed = SETTINGS.WAYBILL_ACCOUNTS.kind.parse(text);
  if (!parsed.ok) return parsed;
  const key = parsed.value.find((entry: AccountEntry) => entry.account.from === from)?.key;
  return key?.kind === 'text' ? good(key.text) : bad('no longer has the key of one of the accounts');
}

function authorizationOfProxy(text: string): Parsed<string | null> {
  const parsed = SETTINGS.HTTPS_PROXY.kind.parse(text);
  return parsed.ok ? good(parsed.value.authorization) : parsed;
}

function passwordOfUrl(text: string): Parsed<string | null> {
  const parsed = SETTINGS.REDIS_URL.kind.parse(text);
  return parsed.ok ? good(parsed.value.password) : parsed;
}
