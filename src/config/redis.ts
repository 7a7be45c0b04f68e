import type { HostPort } from '../domain/host-port.js';
import type { Values } from './settings.js';

/** How Redis is reached; its passwords are among the secrets. `tls` is null for a plain connection. */
export type RedisConfig = RedisPlace & {
  readonly username: string | null;
  /** How many replicas must know what is told and what is sent. */
  readonly waitReplicas: number;
  readonly tls: { readonly ca: string | null } | null;
};

type RedisPlace =
  | { readonly kind: 'url'; readonly host: string; readonly port: number; readonly db: number }
  | {
      readonly kind: 'sentinels';
      readonly sentinels: readonly HostPort[];
      readonly name: string;
      readonly sentinelUsername: string | null;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] };

/** Asked once the rules hold: at most one of the three ways is set. */
export function redisOf(values: Values): RedisConfig {
  const place = placeOf(values);
  const byTls = values.REDIS_TLS || (place.kind === 'url' && values.REDIS_URL.tls);
  return {
    ...place,
    username: values.REDIS_USERNAME ?? (place.kind === 'url' ? values.REDIS_URL.username : null),
    waitReplicas: values.REDIS_WAIT_REPLICAS,
    tls: byTls ? { ca: values.REDIS_CA_FILE } : null,
  };
}

function placeOf(values: Values): RedisPlace {
  const { REDIS_CLUSTER, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_URL } = values;
  if (REDIS_CLUSTER !== null) return { kind: 'cluster', nodes: REDIS_CLUSTER };
  if (REDIS_SENTINELS !== null && REDIS_SENTINEL_NAME !== null) {
    const sentinelUsername = values.REDIS_SENTINEL_USERNAME;
    return { kind: 'sentinels', sentinels: REDIS_SENTINELS, name: REDIS_SENTINEL_NAME, sentinelUsername };
  }
  const { host, port, db } = REDIS_URL;
  return { kind: 'url', host, port, db };
}
