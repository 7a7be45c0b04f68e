import { hostname, userInfo } from 'node:os';
import { parseDataKeys } from './config/data-key.js';
import type { Signature } from './domain/operation.js';
import type { DataKey, Sealer } from './domain/seal.js';
import { DAY, HOUR } from './domain/time.js';
import { ClosedError } from './errors.js';
import type { Amended } from './producer/amend.js';
import { faultOfOptions } from './producer/arguments.js';
import { knownAccounts, type WaybillOptions } from './producer/client-options.js';
import { toldDelivery, toldRow } from './producer/delivery-schema.js';
import type { ListFilter, Page } from './producer/list.js';
import { createOperator, type Operator } from './producer/operate.js';
import { createProducer, type Narrow, type Producer, type ProducerDeps } from './producer/producer.js';
import type { ResendOptions, Resent } from './producer/resend.js';
import type { Resolution, Resolved } from './producer/resolve.js';
import type { Delivery, ListedDelivery } from './producer/told.js';
import type { Changes } from './queue/delivery-request.js';
import { newDeliveryId } from './queue/new-id.js';
import { createQueues, type Queues } from './queue/queues.js';
import { createSealer } from './queue/sealer.js';
import { type AccountDirectory, createAccountDirectory } from './redis/account-directory.js';
import { createAmendStore } from './redis/amend-store.js';
import { createAttemptStore } from './redis/attempt-store.js';
import { type Redis, whenReady } from './redis/connection.js';
import { createDeliveryStore } from './redis/delivery-store.js';
import { type DeliveryView, readDelivery } from './redis/delivery-view.js';
import { createErasureStore } from './redis/erasure-store.js';
import { type Following, followEvents } from './redis/follow-events.js';
import { readStep } from './redis/lists.js';
import { createOperatorStore } from './redis/operator-store.js';
import { waitForReplicas } from './redis/replicated.js';
import type { DeliveryRef, StoreOptions } from './redis/run-on-delivery.js';
import { connectTo } from './redis/servers.js';

/**
 * What people do with deliveries that nothing else helps, as `waybill list`, `resend` and `resolve` do it. Timelines say
 * `who` did it, from where (`source`) and why (`reason`).
 */
export type OperatorVerbs = {
  /**
   * One page of deliveries, newest first; all that is given must be met.
   * @throws ValidationError, UnknownAccountError
   */
  list(filter?: ListFilter): Promise<Page<ListedDelivery>>;

  /**
   * Changes a delivery that has not been sent. From then on its id belongs to the request as it is now.
   * @throws IllegalStateError once its attempt has begun, ValidationError, NotFoundError, DataKeyError
   */
  amend(id: string, changes: Changes, options?: Narrow & Signature): Promise<Amended>;

  /**
   * Makes a new delivery of one that failed or expired. Said again, it answers the same.
   * @throws IllegalStateError, NotFoundError, WaybillError (`REQUEST_GONE`)
   */
  resend(id: string, options?: ResendOptions, narrow?: Narrow & Signature): Promise<Resent>;

  /**
   * Settles a delivery whose outcome is unknown.
   * @throws IllegalStateError while its attempt may still be on its way, NotFoundError
   */
  resolve(id: string, resolution: Resolution, said?: Narrow & Signature): Promise<Resolved>;
};

/** What an app does with deliveries. Make one with `createWaybill`, and close it at the end. */
export type Waybill = Producer<Delivery> &
  OperatorVerbs & {
    /** Closes what was opened here. Idempotent. */
    close(): Promise<void>;
  };

/**
 * The library: sends files, and follows each delivery to its end.
 * @throws ConfigError when `dataKey` is none; TypeError where an option is none, such as a `redis` that is neither a URL nor a connection
 */
export function createWaybill(options: WaybillOptions): Waybill {
  const signature = { who: userName(), source: `library on ${hostname()}` };
  const { producer, operator, close } = openLibrary(options, signature);
  return {
    ...producer,
    get: async (id, narrow) => toldDelivery(await producer.get(id, narrow)),
    wait: async (id, until, waiting) => toldDelivery(await producer.wait(id, until, waiting)),
    ...verbsOf(operator),
    close,
  };
}

/** What commands and the API use as well: deliveries come as they are kept, and times in epoch milliseconds. */
export type Library = {
  readonly producer: Producer<DeliveryView>;
  readonly operator: Operator;
  readonly queues: Queues;
  /** Closes what was opened here. Idempotent. */
  close(): Promise<void>;
};

/** `signature`: who asks, where a call does not say. */
export function openLibrary(options: WaybillOptions, signature: Signature): Library {
  if (typeof options !== 'object' || options === null) throw new TypeError(OPTIONS_FORM);
  const { prefix = 'waybill', onError = () => undefined } = options;
  // Mostly a variable of the environment that is not set: said here, not by the first call.
  if (!isRedis(options.redis)) throw new TypeError(REDIS_FORM);
  const wrong = faultOfOptions(options);
  if (wrong !== null) throw new TypeError(wrong);
  const sealer = createSealer(dataKeysOf(options));
  const own = !isConnection(options.redis);
  const redis = isConnection(options.redis) ? options.redis : connectTo(options.redis, 'fails');
  if (own) redis.on('error', onError);
  waitForReplicas(redis, options.waitReplicas ?? 0);
  const queues = createQueues({ connection: redis, prefix, onError });
  const configured = knownAccounts(options);
  const directory = createAccountDirectory({ redis, prefix, configured, now: Date.now });
  let closed = false;
  const parts = { stored: { redis, prefix, retention: retentionOf(options), sealer }, queues, directory };
  const verbs = openVerbs(parts, { signature, isClosed: () => closed });
  return {
    ...verbs,
    queues,
    async close() {
      if (closed) return;
      closed = true;
      await queues.close();
      if (own) redis.disconnect();
    },
  };
}

function retentionOf({ retentionHours, idRetentionHours }: WaybillOptions): StoreOptions['retention'] {
  return {
    recordMs: (retentionHours ?? 7 * (DAY / HOUR)) * HOUR,
    idMs: (idRetentionHours ?? 30 * (DAY / HOUR)) * HOUR,
  };
}

type Parts = {
  readonly stored: StoreOptions & { readonly sealer: Sealer };
  readonly queues: Queues;
  readonly directory: AccountDirectory;
};

type Asked = Pick<ProducerDeps, 'signature' | 'isClosed'>;

function openVerbs(
  { stored, queues, directory }: Parts,
  asked: Asked,
): Pick<Library, 'producer' | 'operator'> {
  const { redis, prefix, sealer } = stored;
  const nameOf = (from: string) => directory.known().find((account) => account.from === from)?.name;
  const shared = {
    ...asked,
    store: createDeliveryStore(stored),
    amends: createAmendStore(stored),
    sealer,
    queues,
    findAccount: directory.find,
    accounts: directory.all,
    read: (ref: Pick<DeliveryRef, 'from' | 'id'>) => readDelivery(redis, prefix, { ...ref, sealer }),
    follow: (following: Following) =>
      untilClosed(followEvents(redis, prefix, { ...following, sealer, nameOf }), asked.isClosed),
    ready: async (withinMs: number) => {
      if (asked.isClosed()) throw new ClosedError();
      return whenReady(redis, withinMs);
    },
    now: Date.now,
  };
  const producer = createProducer(shared);
  const operator = createOperator({
    ...shared,
    operators: createOperatorStore(stored),
    erasure: createErasureStore(stored),
    attempts: createAttemptStore({ ...stored, random: Math.random }),
    monotonic: () => performance.now(),
    billingOf: async (from) => (await directory.find(from))?.billing ?? 'session',
    find: producer.get,
    enqueue: producer.enqueue,
    readStep: (step) => readStep(redis, prefix, step),
    newId: () => newDeliveryId(Date.now()),
  });
  return { producer, operator };
}

function verbsOf({ list, amend, resend, resolve }: Operator): OperatorVerbs {
  return {
    list: async (filter = {}) => {
      const { deliveries, cursor } = await list(filter);
      return { deliveries: deliveries.map(toldRow), cursor };
    },
    amend,
    resend: (id, options = {}, narrow = {}) => resend(id, options, narrow),
    resolve: async (id, resolution, said = {}) => resolve(id, { ...said, resolution }, said),
  };
}

/** Whose process this is; in a container there may be no such name. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

const OPTIONS_FORM = 'createWaybill takes an object, for example { redis: "redis://127.0.0.1:6379" }';
const REDIS_FORM = 'redis must be a URL such as redis://127.0.0.1:6379, or a connection';

function isRedis(redis: unknown): boolean {
  return (typeof redis === 'string' && redis !== '') || (typeof redis === 'object' && redis !== null);
}

/** What a closed connection says is no news of Redis. */
async function* untilClosed<T>(source: AsyncIterable<T>, isClosed: () => boolean): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw isClosed() ? new ClosedError({ cause: error }) : error;
  }
}

/** Of any copy of ioredis. */
function isConnection(redis: WaybillOptions['redis']): redis is Redis {
  return typeof redis === 'object' && 'status' in redis;
}

function dataKeysOf({ dataKey = () => [] }: WaybillOptions): () => readonly DataKey[] {
  if (typeof dataKey !== 'string') return dataKey;
  const keys = parseDataKeys(dataKey);
  return () => keys;
}
