import type { Config } from '../config.js';
import { type Billing, findAccount } from '../domain/account.js';
import type { Sealer } from '../domain/seal.js';
import type { Waybill } from '../index.js';
import { createOperator, type Operator } from '../producer/operate.js';
import { newDeliveryId } from '../queue/new-id.js';
import type { Queues } from '../queue/queues.js';
import { listAccounts } from '../redis/accounts.js';
import { createAmendStore } from '../redis/amend-store.js';
import { createAttemptStore } from '../redis/attempt-store.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { createDeliveryStore } from '../redis/delivery-store.js';
import { createErasureStore } from '../redis/erasure-store.js';
import { readStep } from '../redis/lists.js';
import { createOperatorStore } from '../redis/operator-store.js';
import { retentionOf, systemEffects } from './core.js';
import { knownAccounts } from './known-accounts.js';

type Parts = {
  readonly config: Config;
  readonly redis: Redis;
  readonly waybill: Waybill;
  readonly queues: Queues;
  readonly sealer: Sealer;
};

/** The operator's verbs on a connection that is open already. */
export function openOperator({ config, redis, waybill, queues, sealer }: Parts): Operator {
  const { prefix } = config;
  const shared = { redis, prefix, retention: retentionOf(config), sealer };
  return createOperator({
    operators: createOperatorStore(shared),
    amends: createAmendStore(shared),
    findAccount: (from) => accountOf(from, { config, redis }),
    now: systemEffects.now,
    erasure: createErasureStore(shared),
    queues,
    sealer,
    monotonic: systemEffects.monotonic,
    attempts: createAttemptStore({ ...shared, random: systemEffects.random }),
    store: createDeliveryStore(shared),
    billingOf: (from) => billingOf(from, { config, redis }),
    find: (id, narrow) => waybill.get(id, narrow),
    enqueue: (request) => waybill.enqueue(request),
    accounts: () => knownAccounts({ config, redis }),
    readStep: (asked) => readStep(redis, prefix, asked),
    ready: (withinMs) => whenReady(redis, withinMs),
    newId: () => newDeliveryId(systemEffects.now()),
  });
}

async function billingOf(from: string, parts: Pick<Parts, 'config' | 'redis'>): Promise<Billing> {
  return (await accountOf(from, parts))?.billing ?? 'session';
}

/** As configured here, else as the workers have it. */
async function accountOf(from: string, { config, redis }: Pick<Parts, 'config' | 'redis'>) {
  const here = findAccount(config.accounts, from);
  if (here !== undefined) return here;
  const published = await listAccounts(redis, config.prefix);
  return published.find((account) => account.from === from);
}
