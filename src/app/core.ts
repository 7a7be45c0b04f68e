import { randomUUID } from 'node:crypto';
import type { Secrets } from '../config/secrets.js';
import type { Config } from '../config.js';
import type { Sealer } from '../domain/seal.js';
import { HOUR, SECOND } from '../domain/time.js';
import { WaybillError } from '../errors.js';
import { createTunnels, type TunnelTo } from '../network/tunnel.js';
import type { Log } from '../observe/log.js';
import type { Observer } from '../observe/observer.js';
import type { Network } from '../preflight/network.js';
import { createSealer } from '../queue/sealer.js';
import { askMasters, type ConnectionPatience, connectRedis, type Redis } from '../redis/connection.js';
import { waitForReplicas } from '../redis/replicated.js';
import { timeCommands } from '../redis/time-commands.js';
import type { Effects } from '../worker/clock.js';
import { redisPlace, redisTrouble } from './explain-redis.js';

/** What every process is made from. */
export type Core = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly observer: Observer;
  readonly effects: Effects;
  /** How the hosts of files are reached. */
  readonly network: Network;
};

/** Something that runs until it is closed; closing twice is closing once. */
export type Running = {
  close(): Promise<void>;
  /** How long what must not be cut off may still take, in milliseconds; 0 when nothing is in hand. */
  readonly leftMs?: () => number;
  /** The state of what it depends on, in a word each: for `/readyz`. */
  readonly dependencies?: () => Readonly<Record<string, string>>;
};

export const systemEffects: Effects = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  newId: () => randomUUID(),
};

type Settled = Pick<Core, 'config' | 'secrets'>;

/** A connection to the configured Redis; its errors are the caller's to hear. */
export function connectConfigured({ config, secrets }: Settled, patience: ConnectionPatience): Redis {
  const password = secrets.redisPassword();
  const sentinelPassword = secrets.sentinelPassword();
  const redis = connectRedis({ ...config.redis, password, sentinelPassword }, patience);
  waitForReplicas(redis, config.redis.waitReplicas);
  return redis;
}

/** A Redis that stays away is told of again after so long. */
const TOLD_AGAIN_MS = 10 * SECOND;

/** Opens a connection that tells of its losses, and how long it takes. */
export function openRedis(core: Core, patience: ConnectionPatience): Redis {
  const { config, log, observer, effects } = core;
  const redis = connectConfigured(core, patience);
  timeCommands(redis, { onEnded: observer.redisCommandEnded, monotonic: effects.monotonic });
  const address = redisPlace(config.redis);
  let lost: string | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  redis.on('close', () => {
    lost ??= 'closed';
  });
  redis.on('error', (error: Error) => {
    if (closing.has(redis)) return;
    lost = redisTrouble(error);
    const now = effects.monotonic();
    if (now - toldAt < TOLD_AGAIN_MS) return;
    toldAt = now;
    log.warn('redis connection failed', { address, reason: lost });
  });
  redis.on('ready', () => {
    if (lost !== null) observer.redisReconnected({ connection: patience, reason: lost });
    lost = null;
    toldAt = Number.NEGATIVE_INFINITY;
  });
  return redis;
}

/** Those that are closed while they are being made complain, which is no news. */
const closing = new WeakSet<Redis>();

export async function closeRedis(redis: Redis): Promise<void> {
  closing.add(redis);
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  redis.disconnect();
}

/**
 * Refuses a Redis that may throw keys away when memory runs short: a record that is gone is a delivery lost.
 * @throws WaybillError REDIS_EVICTS
 */
export async function checkEviction(redis: Redis): Promise<void> {
  const infos = await askMasters(redis, (server) => server.info('memory'));
  const policies = infos.map((info) => /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction');
  const policy = policies.find((each) => each !== 'noeviction');
  if (policy === undefined) return;
  throw new WaybillError(
    'REDIS_EVICTS',
    `Redis may evict keys (maxmemory-policy ${policy}): set maxmemory-policy to noeviction, in its configuration or, with a hosted one, in its parameter group or settings (docs/deployment.md)`,
  );
}

/** The ways through the configured proxies, with what they want to know as it is at each moment. */
export function tunnelsOf({ config, secrets }: Settled): TunnelTo {
  return createTunnels({ rules: config.proxies, authorization: secrets.proxyAuthorization });
}

/** By the data keys as they are at each moment. */
export function sealerOf({ secrets }: Pick<Core, 'secrets'>): Sealer {
  return createSealer(() => secrets.dataKeys());
}

export function retentionOf({ retention }: Config) {
  return { recordMs: retention.recordHours * HOUR, idMs: retention.idHours * HOUR };
}
