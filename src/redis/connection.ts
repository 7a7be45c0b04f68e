import { once } from 'node:events';
import { Cluster, Redis as SingleRedis } from 'ioredis';

/** A connection to one server, to a Sentinel's master or to a cluster. */
export type Redis = SingleRedis | Cluster;

type HostPort = { readonly host: string; readonly port: number };

/** Where Redis is and who we are there. `tls` is null for a plain connection. */
export type RedisAddress = (
  | { readonly kind: 'url'; readonly host: string; readonly port: number; readonly db: number }
  | { readonly kind: 'sentinels'; readonly sentinels: readonly HostPort[]; readonly name: string }
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

const PATIENT = { maxRetriesPerRequest: null };
const IMPATIENT = { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 900 };

export function connectRedis(address: RedisAddress, patience: ConnectionPatience): Redis {
  const options = { ...(patience === 'waits' ? PATIENT : IMPATIENT), ...identity(address), reconnectOnError };
  switch (address.kind) {
    case 'url': {
      const { host, port, db } = address;
      return new SingleRedis({ ...options, host, port, db, retryStrategy });
    }
    case 'sentinels': {
      const { sentinels, name, sentinelPassword } = address;
      const password = sentinelPassword === null ? {} : { sentinelPassword };
      const found = { sentinels: [...sentinels], name, ...password, failoverDetector: true };
      return new SingleRedis({ ...options, ...found, retryStrategy });
    }
    case 'cluster':
      return new Cluster([...address.nodes], {
        redisOptions: options,
        clusterRetryStrategy: retryStrategy,
        maxRedirections: 100,
        retryDelayOnFailover: 200,
        retryDelayOnClusterDown: 200,
        retryDelayOnTryAgain: 200,
      });
    default:
      return address satisfies never;
  }
}

/** The same, for one server by its URL. Throws a TypeError when it is none. */
export function connectRedisUrl(url: string, patience: ConnectionPatience): Redis {
  if (!/^rediss?:\/\//.test(url)) throw new TypeError('a Redis URL begins with redis:// or rediss://');
  return new SingleRedis(url, {
    ...(patience === 'waits' ? PATIENT : IMPATIENT),
    reconnectOnError,
    retryStrategy,
  });
}

/** Waits for the connection, at most so long; throws when it is not there by then. */
export async function whenReady(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status !== 'ready') await (arrivals.get(redis) ?? awaitArrival(redis, withinMs));
}

/** One listener for all who wait for a connection: those of hundreds of calls would look like a leak. */
const arrivals = new WeakMap<Redis, Promise<unknown>>();

function awaitArrival(redis: Redis, withinMs: number): Promise<unknown> {
  const arrival = once(redis, 'ready', { signal: AbortSignal.timeout(withinMs) }).finally(() =>
    arrivals.delete(redis),
  );
  arrivals.set(redis, arrival);
  return arrival;
}

/** A command that blocks must outlast a timeout, and wait for its own connection to be made. */
const BLOCKING = { ...PATIENT, enableOfflineQueue: true, commandTimeout: undefined };

/** Another connection to the same place, for commands that block; its troubles show in their results. */
export function duplicate(redis: Redis): Redis {
  const copy =
    redis instanceof Cluster ? redis.duplicate([], { redisOptions: BLOCKING }) : redis.duplicate(BLOCKING);
  copy.on('error', () => undefined);
  return copy;
}

export function isCluster(redis: Redis): boolean {
  return redis instanceof Cluster;
}

function identity({ username, password, tls }: RedisAddress) {
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls === null ? {} : { tls: tls.ca === null ? {} : { ca: tls.ca } }),
  };
}

function retryStrategy(times: number): number {
  return Math.min(RECONNECT_MS * 2 ** Math.min(times, 10), RECONNECT_CAP_MS);
}

/** A demoted or loading node: reconnect, and send the command again there. */
function reconnectOnError(error: Error): 2 | false {
  return /^(READONLY|LOADING)/.test(error.message) ? 2 : false;
}
