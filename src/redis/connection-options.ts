import type { ClusterOptions } from 'ioredis';
import type { HostPort } from '../domain/host-port.js';
import { SteadySentinelConnector } from './sentinel-connector.js';

/** Where Redis is and who we are there. `tls` is null for a plain connection. */
export type RedisAddress = (
  | { readonly kind: 'url'; readonly host: string; readonly port: number; readonly db: number }
  | {
      readonly kind: 'sentinels';
      readonly sentinels: readonly HostPort[];
      readonly name: string;
      readonly sentinelUsername: string | null;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] }
) & {
  readonly username: string | null;
  readonly password: string | null;
  readonly sentinelPassword: string | null;
  readonly tls: { readonly ca: string | null } | null;
};

/** `waits`: commands wait for Redis to come back, as a worker's do. `fails`: they fail within a second. */
export type ConnectionPatience = 'waits' | 'fails';

const RECONNECT_MS = 100;
const RECONNECT_CAP_MS = 1000;

/** A host that is gone answers nothing: the next one is asked. */
const CONNECT_TIMEOUT_MS = 3000;
const SENTINEL_TIMEOUT_MS = 1500;
const SENTINEL_AGAIN_MS = 5000;
/** How often a command is sent again while its part of a cluster has no master, or another than we thought. */
const REDIRECTED_AGAIN_MS = 200;
/** Finds out that a node has frozen: it is none of the cluster's any more, and what it was asked is asked elsewhere. */
const CLUSTER_LOOKED_AT_EACH_MS = 5000;

export const PATIENT = { maxRetriesPerRequest: null };
const IMPATIENT = { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 900 };
/** For an hour at least, as good as without end; for about a second. */
export const REDIRECTIONS = { waits: 20_000, fails: 5 };

/** What every connection has; who we are, where no URL says so. */
export function sharedOptions(patience: ConnectionPatience, address?: RedisAddress) {
  return {
    ...(patience === 'waits' ? PATIENT : IMPATIENT),
    ...(address === undefined ? {} : identity(address)),
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectOnError,
  };
}

type Sentinels = Extract<RedisAddress, { readonly kind: 'sentinels' }>;

export function throughSentinels({ sentinels, name, sentinelUsername, sentinelPassword, tls }: Sentinels) {
  return {
    sentinels: [...sentinels],
    name,
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...(tls === null ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(tls) }),
    // A planned failover leaves the old master up for seconds: what is written there by then would be lost.
    failoverDetector: true,
    Connector: SteadySentinelConnector,
    updateSentinels: true,
    sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
    sentinelReconnectStrategy: () => SENTINEL_AGAIN_MS,
  };
}

export function inCluster({ tls }: RedisAddress, patience: ConnectionPatience) {
  return {
    enableOfflineQueue: patience === 'waits',
    // A replica may not know yet what its master has just said.
    scaleReads: 'master',
    clusterRetryStrategy: retryStrategy,
    maxRedirections: REDIRECTIONS[patience],
    retryDelayOnFailover: REDIRECTED_AGAIN_MS,
    retryDelayOnClusterDown: REDIRECTED_AGAIN_MS,
    retryDelayOnTryAgain: REDIRECTED_AGAIN_MS,
    slotsRefreshInterval: CLUSTER_LOOKED_AT_EACH_MS,
    slotsRefreshTimeout: SENTINEL_TIMEOUT_MS,
    // A certificate is for the name that was configured, not for the address behind it.
    ...(tls === null ? {} : { dnsLookup: keepName }),
  } as const satisfies ClusterOptions;
}

function keepName(name: string, done: (error: null, address: string) => void): void {
  done(null, name);
}

function identity({ username, password, tls }: RedisAddress) {
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls === null ? {} : { tls: tlsOptions(tls) }),
  };
}

export function tlsOptions({ ca }: NonNullable<RedisAddress['tls']>) {
  return ca === null ? {} : { ca };
}

export function retryStrategy(times: number): number {
  return Math.min(RECONNECT_MS * 2 ** Math.min(times, 10), RECONNECT_CAP_MS);
}

/** A demoted or loading node: reconnect, and send the command again there. */
function reconnectOnError(error: Error): 2 | false {
  return /^(READONLY|LOADING)/.test(error.message) ? 2 : false;
}
