import { createAttemptStore } from '../redis/attempt-store.js';
import type { Redis } from '../redis/connection.js';
import { createDeliveryStore } from '../redis/delivery-store.js';
import { type Core, retentionOf } from './core.js';

/** The records of deliveries and attempts, on one connection. */
export function openStores({ config, effects }: Core, redis: Redis) {
  const shared = { redis, prefix: config.prefix, retention: retentionOf(config) };
  return {
    store: createDeliveryStore(shared),
    attempts: createAttemptStore({ ...shared, random: effects.random }),
  };
}
