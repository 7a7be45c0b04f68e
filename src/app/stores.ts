import { createAttemptStore } from '../redis/attempt-store.js';
import type { Redis } from '../redis/connection.js';
import { createDeliveryStore } from '../redis/delivery-store.js';
import { type Core, retentionOf, sealerOf } from './core.js';

/** The records of deliveries and attempts, on one connection. */
export function openStores(core: Core, redis: Redis) {
  const { config, effects } = core;
  const shared = { redis, prefix: config.prefix, retention: retentionOf(config), sealer: sealerOf(core) };
  return {
    store: createDeliveryStore(shared),
    attempts: createAttemptStore({ ...shared, random: effects.random }),
  };
}
