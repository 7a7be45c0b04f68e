import type { Caller } from '../domain/caller.js';
import type { DataKey } from '../domain/seal.js';
import { ConfigError, type ConfigFault } from '../errors.js';
import { createReloaded, type ReloadDeps } from './reloaded.js';
import type { SecretSource, SecretSources } from './sources.js';

/** Secrets as they are now: those from files follow the files. Ask each time, keep nothing. */
export type Secrets = {
  /** The provider's key of the account with this number. */
  apiKey(from: string): string | undefined;
  /** What the proxy for a scheme wants to know of us, as a `Proxy-Authorization` header. */
  proxyAuthorization(scheme: 'https' | 'http'): string | null;
  redisPassword(): string | null;
  sentinelPassword(): string | null;
  webhookTokens(): readonly string[];
  apiCallers(): readonly Caller[];
  /** The signing secrets of the event endpoint with this URL, the newest first. */
  eventSecrets(url: string): readonly string[];
  /** 32 bytes each, by their ids; the first encrypts, all decrypt. */
  dataKeys(): readonly DataKey[];
};

/**
 * Reads every secret once and throws a ConfigError that names all that cannot be read; later a file that has
 * become unreadable or unusable is reported and the last good value stays.
 */
export function createSecrets(sources: SecretSources, deps: ReloadDeps): Secrets {
  const faults: ConfigFault[] = [];
  const open = <T>(source: SecretSource<T> | null, none: T): (() => T) => {
    if (source === null) return () => none;
    const reloaded = createReloaded(source, deps);
    if (reloaded.ok) return reloaded.read;
    faults.push(...reloaded.faults);
    return () => none;
  };
  const secrets = assemble(sources, open);
  if (faults.length > 0) throw new ConfigError(faults);
  return secrets;
}

type Open = <T>(source: SecretSource<T> | null, none: T) => () => T;

function assemble(sources: SecretSources, open: Open): Secrets {
  const apiKeys = new Map([...sources.apiKeys].map(([from, source]) => [from, open(source, '')]));
  const proxies = {
    https: open<string | null>(sources.proxies.https, null),
    http: open<string | null>(sources.proxies.http, null),
  };
  const endpoints = open(sources.eventEndpoints, []);
  return {
    apiKey: (from) => apiKeys.get(from)?.(),
    proxyAuthorization: (scheme) => proxies[scheme](),
    redisPassword: open(sources.redisPassword, null),
    sentinelPassword: open<string | null>(sources.sentinelPassword, null),
    webhookTokens: open(sources.webhookTokens, []),
    apiCallers: open(sources.apiCallers, []),
    eventSecrets: (url) => endpoints().find((endpoint) => endpoint.url === url)?.secrets ?? [],
    dataKeys: open(sources.dataKeys, []),
  };
}
