import type { Config } from '../config.js';
import type { Sealer } from '../domain/seal.js';
import type { Waybill } from '../index.js';
import { createOperator, type Operator } from '../producer/operate.js';
import { newDeliveryId } from '../queue/new-id.js';
import type { Queues } from '../queue/queues.js';
import type { AccountDirectory } from '../redis/account-directory.js';
import { createAmendStore } from '../redis/amend-store.js';
import { createAttemptStore } from '../redis/attempt-store.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { createDeliveryStore } from '../redis/delivery-store.js';
import { createErasureStore } from '../redis/erasure-store.js';
import { readStep } from '../redis/lists.js';
import { createOperatorStore } from '../redis/operator-store.js';
import { retentionOf, systemEffects } from './core.js';

type Parts = {
  readonly config: Config;
  readonly redis: Redis;
  readonly waybill: Waybill;
  readonly queues: Queues;
  readonly sealer: Sealer;
  readonly accounts: AccountDirectory;
};

/** The operator's verbs on a connection that is open already. */
export function openOperator({ config, redis, waybill, queues, sealer, accounts }: Parts): Operator {
  const { prefix } = config;
  const shared = { redis, prefix, retention: retentionOf(config), sealer };
  return createOperator({
    operators: createOperatorStore(shared),
    amends: createAmendStore(shared),
    findAccount: accounts.find,
    now: systemEffects.now,
    erasure: createErasureStore(shared),
    queues,
    sealer,
    monotonic: systemEffects.monotonic,
    attempts: createAttemptStore({ ...shared, random: systemEffects.random }),
    store: createDeliveryStore(shared),
    billingOf: async (from) => (await accounts.find(from))?.billing ?? 'session',
    find: (id, narrow) => waybill.get(id, narrow),
    enqueue: (request) => waybill.enqueue(request),
    accounts: accounts.all,
    readStep: (asked) => readStep(redis, prefix, asked),
    ready: (withinMs) => whenReady(redis, withinMs),
    newId: () => newDeliveryId(systemEffects.now()),
    signature: {},
    isClosed: () => false,
  });
}
