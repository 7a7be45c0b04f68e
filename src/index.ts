import { hostname, userInfo } from 'node:os';
import { parseDataKeys } from './config/data-key.js';
import type { AccountTemplate, ClosedWindowPolicy } from './domain/account.js';
import type { Signature } from './domain/operation.js';
import type { Country } from './domain/phone-number.js';
import type { PublishedAccount } from './domain/published-account.js';
import type { DataKey } from './domain/seal.js';
import { DAY, HOUR } from './domain/time.js';
import { ClosedError } from './errors.js';
import type { Amended, Changes } from './producer/amend.js';
import type { ListFilter, Page } from './producer/list.js';
import { createOperator, type Operator } from './producer/operate.js';
import { createProducer, type Narrow, type Producer, type ProducerDeps } from './producer/producer.js';
import type { ResendOptions, Resent } from './producer/resend.js';
import type { Resolution, Resolved } from './producer/resolve.js';
import { newDeliveryId } from './queue/new-id.js';
import { createQueues, type Queues } from './queue/queues.js';
import { createSealer } from './queue/sealer.js';
import { createAccountDirectory } from './redis/account-directory.js';
import { createAmendStore } from './redis/amend-store.js';
import { createAttemptStore } from './redis/attempt-store.js';
import { type Redis, whenReady } from './redis/connection.js';
import { createDeliveryStore } from './redis/delivery-store.js';
import { readDelivery } from './redis/delivery-view.js';
import { createErasureStore } from './redis/erasure-store.js';
import { followEvents } from './redis/follow-events.js';
import { readStep } from './redis/lists.js';
import { createOperatorStore } from './redis/operator-store.js';
import { waitForReplicas } from './redis/replicated.js';
import type { StoreOptions } from './redis/run-on-delivery.js';
import { connectTo, type RedisServers } from './redis/servers.js';

export type { Delivery } from './domain/delivery.js';
export type { EventType, GapEvent, TestEvent, WaybillEvent } from './domain/event.js';
export type { Operation, Signature } from './domain/operation.js';
export type { DataKey } from './domain/seal.js';
export type { Status } from './domain/status.js';
export * from './errors.js';
export type { Amended, Changes } from './producer/amend.js';
export type { BulkAnswer, BulkOptions, BulkRecord, BulkSummary } from './producer/bulk/record.js';
export type { Enqueued, EnqueuedOrError } from './producer/enqueue.js';
export type { EventsOptions, ReadEvent } from './producer/events.js';
export type { ListFilter, Page } from './producer/list.js';
export type { Narrow } from './producer/producer.js';
export type { EnqueueRequest } from './producer/read-request.js';
export type { ResendOptions, Resent } from './producer/resend.js';
export type { Resolution, Resolved } from './producer/resolve.js';
export { deliveryIdOf } from './queue/names.js';
export type { DeliveryView } from './redis/delivery-view.js';
export type { RedisServers } from './redis/servers.js';

/** An account as far as an app has to know it. */
export type KnownAccount = {
  readonly from: string;
  readonly name?: string;
  readonly onClosedWindow?: ClosedWindowPolicy;
  readonly template?: AccountTemplate | null;
  /** ISO 3166 alpha-2, as the workers' `country`: whose national numbers are taken as recipients. */
  readonly country?: Country | null;
};

export type WaybillOptions = {
  /**
   * `redis://…`, `rediss://…`; `{ sentinels, name }`; `{ cluster }`; `{ url, tls: { ca } }`; or your own ioredis connection, which then stays
   * yours to close.
   */
  readonly redis: string | RedisServers | Redis;
  /** Replicas of Redis that must know of a delivery before `enqueue` answers; default 0. */
  readonly waitReplicas?: number;
  /** First part of every key; `waybill` unless the workers are set otherwise. */
  readonly prefix?: string;
  /**
   * For an app that enqueues before any worker has ever run: they count until a worker publishes the account. Or a
   * function that gives them, which is asked each time.
   */
  readonly accounts?: readonly KnownAccount[] | (() => readonly KnownAccount[]);
  /** Default 168 and 720, as the workers' `WAYBILL_RETENTION_HOURS` and `WAYBILL_ID_RETENTION_HOURS`. */
  readonly retentionHours?: number;
  readonly idRetentionHours?: number;
  /**
   * As the workers' `WAYBILL_DATA_KEY`: its text, or a function that gives the keys of 32 bytes, which is asked each time.
   * The first encrypts, all decrypt.
   */
  readonly dataKey?: string | (() => readonly DataKey[]);
  /** Told of connection troubles; calls fail by themselves. */
  readonly onError?: (error: Error) => void;
};

/**
 * What people do with deliveries that nothing else helps, as `waybill list`, `resend` and `resolve` do it. Timelines say
 * `who` did it, from where (`source`) and why (`reason`).
 */
export type OperatorVerbs = {
  /**
   * One page of deliveries, newest first; all that is given must be met.
   * @throws ValidationError, UnknownAccountError
   */
  list(filter?: ListFilter): Promise<Page>;

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
   * Says what became of a delivery whose outcome is unknown.
   * @throws IllegalStateError while its attempt may still be on its way, NotFoundError
   */
  resolve(id: string, resolution: Resolution, said?: Narrow & Signature): Promise<Resolved>;
};

export type Waybill = Producer &
  OperatorVerbs & {
    /** Closes what was opened here. Idempotent. */
    close(): Promise<void>;
  };

/**
 * The library: what an app needs to have files sent and to know what became of them.
 * @throws ConfigError when `dataKey` is none; TypeError where `redis` is neither a Redis URL nor a connection
 */
export function createWaybill(options: WaybillOptions): Waybill {
  if (typeof options !== 'object' || options === null) throw new TypeError(OPTIONS_FORM);
  const { prefix = 'waybill', onError = () => undefined } = options;
  let closed = false;
  // Mostly a variable of the environment that is not set: said here, not by the first call.
  if (!isRedis(options.redis)) throw new TypeError(REDIS_FORM);
  const sealer = createSealer(dataKeysOf(options));
  const own = !isConnection(options.redis);
  const redis = isConnection(options.redis) ? options.redis : connectTo(options.redis, 'fails');
  if (own) redis.on('error', onError);
  waitForReplicas(redis, options.waitReplicas ?? 0);
  const queues = createQueues({ connection: redis, prefix, onError });
  const directory = createAccountDirectory({
    redis,
    prefix,
    configured: configuredBy(options),
    now: Date.now,
  });
  const nameOf = (from: string) => directory.known().find((account) => account.from === from)?.name;
  const retention = {
    recordMs: (options.retentionHours ?? 7 * (DAY / HOUR)) * HOUR,
    idMs: (options.idRetentionHours ?? 30 * (DAY / HOUR)) * HOUR,
  };
  const stored = { redis, prefix, retention, sealer };
  const shared: Shared = {
    store: createDeliveryStore(stored),
    amends: createAmendStore(stored),
    sealer,
    queues,
    findAccount: directory.find,
    accounts: directory.all,
    read: (asked) => readDelivery(redis, prefix, { ...asked, sealer }),
    follow: (following) => untilClosed(followEvents(redis, prefix, { ...following, sealer, nameOf }), () => closed),
    ready: async (withinMs) => {
      if (closed) throw new ClosedError();
      return whenReady(redis, withinMs);
    },
    isClosed: () => closed,
    now: Date.now,
    signature: { who: userName(), source: `library on ${hostname()}` },
  };
  const producer = createProducer(shared);
  const operator = openOperator({ ...shared, producer, stored });

  const close = async () => {
    if (closed) return;
    closed = true;
    await queues.close();
    if (own) redis.disconnect();
  };
  return Object.assign(producer, { ...verbsOf(operator), close });
}

type Shared = Omit<ProducerDeps, 'accounts'> & {
  readonly accounts: () => Promise<readonly PublishedAccount[]>;
  readonly queues: Queues;
};
type OperatorParts = Shared & { readonly producer: Producer; readonly stored: StoreOptions };

function openOperator({ producer, stored, ...shared }: OperatorParts): Operator {
  const { redis, prefix } = stored;
  return createOperator({
    ...shared,
    operators: createOperatorStore(stored),
    erasure: createErasureStore(stored),
    attempts: createAttemptStore({ ...stored, random: Math.random }),
    monotonic: () => performance.now(),
    billingOf: async (from) => (await shared.findAccount(from))?.billing ?? 'session',
    find: producer.get,
    enqueue: producer.enqueue,
    readStep: (asked) => readStep(redis, prefix, asked),
    newId: () => newDeliveryId(Date.now()),
  });
}

function verbsOf({ list, amend, resend, resolve }: Operator): OperatorVerbs {
  return {
    list: (filter = {}) => list(filter),
    amend,
    resend: (id, options = {}, narrow = {}) => resend(id, options, narrow),
    resolve: (id, resolution, said = {}) => resolve(id, { ...said, resolution }, said),
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

/** The same array until what is given changes. */
function configuredBy({ accounts = [] }: WaybillOptions): () => readonly PublishedAccount[] {
  const given = typeof accounts === 'function' ? accounts : () => accounts;
  let before = given();
  let configured = before.map(published);
  return () => {
    const now = given();
    if (now !== before) configured = now.map(published);
    before = now;
    return configured;
  };
}

function published({
  from,
  name = from,
  onClosedWindow = 'hold',
  template,
  country,
}: KnownAccount): PublishedAccount {
  const rest = { template: template ?? null, country: country ?? null };
  return { from, name, onClosedWindow, ...rest, billing: 'session' };
}
