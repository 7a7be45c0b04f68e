import type { HostPort } from '../domain/host-port.js';
import { type ConnectionPatience, connectRedis, connectRedisUrl, type Redis } from './connection.js';

/**
 * A Redis that one URL cannot tell of: behind sentinels, a cluster, or with a certificate of a private authority.
 * `tls: true` trusts the usual ones.
 */
export type RedisServers = (
  | {
      /** `rediss://…` */
      readonly url: string;
    }
  | {
      /** Some of them; the others are found. */
      readonly sentinels: readonly HostPort[];
      /** The master's name among them. */
      readonly name: string;
      /** The user at the sentinels. */
      readonly sentinelUsername?: string;
      /** The password at the sentinels. */
      readonly sentinelPassword?: string;
    }
  | {
      /** Some of its nodes; the others are found. */
      readonly cluster: readonly HostPort[];
    }
) & {
  /** The user at Redis. */
  readonly username?: string;
  /** The password at Redis. */
  readonly password?: string;
  /** True, or the authority to trust. */
  readonly tls?:
    | true
    | {
        /** Its certificate as PEM. */
        readonly ca: string;
      };
};

/** Throws a TypeError where no server is named. */
export function connectTo(where: string | RedisServers, patience: ConnectionPatience): Redis {
  if (typeof where === 'string') return connectRedisUrl(where, patience);
  const { username = null, password = null, tls } = where;
  const shared = { username, password, tls: tls === true ? { ca: null } : (tls ?? null) };
  if ('url' in where) return connectRedisUrl(where.url, patience, shared.tls);
  if ('cluster' in where) {
    const nodes = named(where.cluster, 'cluster');
    return connectRedis({ ...shared, kind: 'cluster', nodes, sentinelPassword: null }, patience);
  }
  const { name, sentinelUsername = null, sentinelPassword = null } = where;
  const sentinels = named(where.sentinels, 'sentinels');
  if (!name) throw new TypeError('redis.name is the master’s name among the sentinels');
  return connectRedis(
    { ...shared, kind: 'sentinels', sentinels, name, sentinelUsername, sentinelPassword },
    patience,
  );
}

function named(servers: readonly HostPort[], field: string): readonly HostPort[] {
  const isThere =
    Array.isArray(servers) && servers.length > 0 && servers.every(({ host, port }) => host && port);
  if (!isThere) throw new TypeError(`redis.${field} is a list of { host, port }, one or more`);
  return servers;
}
