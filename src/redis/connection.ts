import { once } from 'node:events';
import { Cluster, Redis as SingleRedis } from 'ioredis';
import {
  type ConnectionPatience,
  inCluster,
  PATIENT,
  REDIRECTIONS,
  type RedisAddress,
  retryStrategy,
  sharedOptions,
  throughSentinels,
  tlsOptions,
} from './connection-options.js';

export type { ConnectionPatience } from './connection-options.js';

/** A connection to one server, to a Sentinel's master or to a cluster. */
export type Redis = SingleRedis | Cluster;

export function connectRedis(address: RedisAddress, patience: ConnectionPatience): Redis {
  const options = sharedOptions(patience, address);
  switch (address.kind) {
    case 'url': {
      const { host, port, db } = address;
      return new SingleRedis({ ...options, host, port, db, retryStrategy });
    }
    case 'sentinels':
      return new SingleRedis({ ...options, ...throughSentinels(address), retryStrategy });
    case 'cluster':
      return new Cluster([...address.nodes], { ...inCluster(address, patience), redisOptions: options });
    default:
      return address satisfies never;
  }
}

/** The same, for one server by its URL. Throws a TypeError when it is none. */
export function connectRedisUrl(
  url: string,
  patience: ConnectionPatience,
  tls: RedisAddress['tls'] = null,
): Redis {
  if (!/^rediss?:\/\//.test(url)) throw new TypeError('a Redis URL begins with redis:// or rediss://');
  const trusted = tls === null ? {} : { tls: tlsOptions(tls) };
  return new SingleRedis(url, { ...sharedOptions(patience), ...trusted, retryStrategy });
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
    redis instanceof Cluster
      ? redis.duplicate([], {
          enableOfflineQueue: true,
          maxRedirections: REDIRECTIONS.waits,
          redisOptions: BLOCKING,
        })
      : redis.duplicate(BLOCKING);
  copy.on('error', () => undefined);
  return copy;
}

/** Whether one command may only be about keys of one slot. */
export function isCluster(redis: Redis): boolean {
  return redis instanceof Cluster;
}

/**
 * Asks every server that takes writes: the one that there is, or a cluster's masters. One that is away is left out, as
 * another is about to take its place; throws where none answers.
 */
export async function askMasters<T>(
  redis: Redis,
  ask: (server: SingleRedis) => Promise<T>,
): Promise<readonly T[]> {
  if (!(redis instanceof Cluster)) return [await ask(redis)];
  // Its masters are known once it has answered.
  await redis.ping();
  const asked = await Promise.allSettled(redis.nodes('master').map(ask));
  const answers = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (answers.length === 0) throw new Error('Cluster has no master that answers');
  return answers;
}
