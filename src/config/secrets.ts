import type { Account } from '../domain/account.js';
import type { Caller } from '../domain/caller.js';
import type { DataKey } from '../domain/seal.js';
import { ConfigError, type ConfigFault } from '../errors.js';
import { deepFreeze } from './freeze.js';
import { good, type Problem } from './kinds.js';
import { createReloaded, type ReloadDeps } from './reloaded.js';
import type { KeyedAccount, SecretSource, SecretSources } from './sources.js';

/** What may come from files, as it is now: it follows the files. Ask each time, keep nothing. */
export type Secrets = {
  /** The accounts that are configured here; the same array until they change. */
  accounts(): readonly Account[];
  /** The provider's key of the account with this number; of one that is no longer configured, the last. */
  apiKey(from: string): string | undefined;
  /** What the proxy for a scheme wants to know of us, as a `Proxy-Authorization` header. */
  proxyAuthorization(scheme: 'https' | 'http'): string | null;
  redisPassword(): string | null;
  sentinelPassword(): string | null;
  webhookTokens(): readonly string[];
  apiCallers(): readonly Caller[];
  /** The signing secrets of the event endpoint with this URL, the newest first. */
  eventSecrets(url: string): readonly string[];
  /** The headers that go with each event to the endpoint with this URL. */
  eventHeaders(url: string): Readonly<Record<string, string>>;
  /** 32 bytes each, by their ids; the first encrypts, all decrypt. */
  dataKeys(): readonly DataKey[];
  /** Looks at every file, so that what is wrong with one shows although nobody asks for it. */
  look(): void;
  /** The settings whose file is not usable by now; their last good content is in use. */
  unusable(): readonly string[];
};

/**
 * Reads every secret once and throws a ConfigError that names all that cannot be read; later a file that has
 * become unreadable or unusable is reported and the last good value stays.
 */
export function createSecrets(sources: SecretSources, deps: ReloadDeps): Secrets {
  const faults: ConfigFault[] = [];
  const readers: (() => unknown)[] = [];
  const troubles = createTroubles(deps);
  const open = <T>(source: SecretSource<T> | null, none: T): (() => T) => {
    if (source === null) return () => none;
    const reloaded = createReloaded(source, troubles.deps);
    if (!reloaded.ok) faults.push(...reloaded.faults);
    const read = reloaded.ok ? reloaded.read : () => none;
    readers.push(read);
    return read;
  };
  const secrets = assemble(sources, open, troubles);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    ...secrets,
    look: () => {
      for (const read of readers) read();
      for (const { from } of secrets.accounts()) secrets.apiKey(from);
    },
    unusable: troubles.settings,
  };
}

type Troubles = ReturnType<typeof createTroubles>;

/** Remembers which settings are in trouble. */
function createTroubles({ now, onFailure, onMended }: ReloadDeps) {
  const settings = new Set<string>();
  const deps = {
    now,
    onFailure: (failure) => {
      settings.add(failure.setting);
      onFailure(failure);
    },
    onMended: (setting) => {
      if (settings.delete(setting)) onMended?.(setting);
    },
  } satisfies ReloadDeps;
  return { deps, settings: () => [...settings].sort() };
}

type Open = <T>(source: SecretSource<T> | null, none: T) => () => T;

function assemble(
  sources: SecretSources,
  open: Open,
  troubles: Troubles,
): Omit<Secrets, 'look' | 'unusable'> {
  const { accounts } = sources;
  const list = open(accounts && withKeys(accounts, troubles), NO_ACCOUNTS);
  const lastKeys = new Map<string, string>();
  const proxies = {
    https: open<string | null>(sources.proxies.https, null),
    http: open<string | null>(sources.proxies.http, null),
  };
  const endpoints = open(sources.eventEndpoints, []);
  const endpointAt = (url: string) => endpoints().find((endpoint) => endpoint.url === url);
  return {
    accounts: () => list().accounts,
    apiKey(from) {
      const key = list().keys.get(from)?.() ?? lastKeys.get(from);
      // An attempt that has begun is ended with the key that it began with.
      if (key !== undefined) lastKeys.set(from, key);
      return key;
    },
    proxyAuthorization: (scheme) => proxies[scheme](),
    redisPassword: open(sources.redisPassword, null),
    sentinelPassword: open<string | null>(sources.sentinelPassword, null),
    webhookTokens: open(sources.webhookTokens, []),
    apiCallers: open(sources.apiCallers, []),
    eventSecrets: (url) => endpointAt(url)?.secrets ?? [],
    eventHeaders: (url) => endpointAt(url)?.headers ?? {},
    dataKeys: open(sources.dataKeys, []),
  };
}

type KeyedAccounts = {
  readonly accounts: readonly Account[];
  readonly keys: ReadonlyMap<string, () => string>;
};

const NO_ACCOUNTS: KeyedAccounts = { accounts: [], keys: new Map() };

/** A list is taken as a whole, with every key that it names, or not at all. */
function withKeys(
  source: SecretSource<readonly KeyedAccount[]>,
  { deps, settings }: Troubles,
): SecretSource<KeyedAccounts> {
  const { setting, origin, parse } = source;
  const keyFiles = `${setting} at `;
  return {
    setting,
    origin,
    parse(text) {
      const parsed = parse(text);
      if (!parsed.ok) return parsed;
      const keys = new Map<string, () => string>();
      const problems: Problem[] = [];
      for (const { account, key } of parsed.value) {
        if (key === null) continue;
        const opened = createReloaded(key, deps);
        if (opened.ok) keys.set(account.from, opened.read);
        else problems.push(...opened.faults.map((fault) => keyProblem(account, fault, setting)));
      }
      if (problems.length > 0) return { ok: false, problems };
      // What was wrong with the key files of the list before this one is over.
      for (const each of settings().filter((name) => name.startsWith(keyFiles))) deps.onMended(each);
      return good({ accounts: deepFreeze(parsed.value.map(({ account }) => account)), keys });
    },
  };
}

function keyProblem({ name: account }: Account, { name, problem, expected }: ConfigFault, setting: string) {
  const place = name.startsWith(setting) ? name.slice(setting.length).trim() : name;
  return { problem: `in ${account}, ${place}: ${problem}`, expected };
}
