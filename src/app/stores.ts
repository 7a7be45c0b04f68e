import { SECOND } from '../domain/time.js';
import { createAttemptStore } from '../redis/attempt-store.js';
import type { Redis } from '../redis/connection.js';
import { createDeliveryStore } from '../redis/delivery-store.js';
import { CONNECT_TIMEOUT_MS, GUARD_MS } from '../worker/send.js';
import { LOCK_MS } from '../worker/worker.js';
import { type Core, retentionOf } from './core.js';

const MARGIN_MS = 5 * SECOND;

/** The records of deliveries and attempts, on one connection. */
export function openStores({ config }: Core, redis: Redis) {
  const shared = { redis, prefix: config.prefix, retention: retentionOf(config), horizonMs: horizonOf(config) };
  return {
    store: createDeliveryStore({ ...shared, maxAttempts: config.retry.maxAttempts }),
    attempts: createAttemptStore(shared),
  };
}

/** From a claim until no sender can still be sending it: guard, connecting, the attempt itself, the job's lock. */
function horizonOf({ sendTimeoutMs, localStorageTimeoutMs }: Core['config']): number {
  return GUARD_MS + CONNECT_TIMEOUT_MS + Math.max(sendTimeoutMs, localStorageTimeoutMs) + LOCK_MS + MARGIN_MS;
}
