import { hostname, userInfo } from 'node:os';
import { parseDataKeys } from './config/data-key.js';
import type { Signature } from './domain/operation.js';
import type { PublishedAccount } from './domain/published-account.js';
import type { DataKey } from './domain/seal.js';
import { DAY, HOUR } from './domain/time.js';
import { ClosedError } from './errors.js';
import type { Amended } from './producer/amend.js';
import { faultOfOptions } from './producer/arguments.js';
import { knownAccounts, type WaybillOptions } from './producer/client-options.js';
import type { ListFilter, Page } from './producer/list.js';
import { createOperator, type Operator } from './producer/operate.js';
import { createProducer, type Narrow, type Producer, type ProducerDeps } from './producer/producer.js';
import type { ResendOptions, Resent } from './producer/resend.js';
import type { Resolution, Resolved } from './producer/resolve.js';
import type { Changes } from './queue/delivery-request.js';
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
import { connectTo } from './redis/servers.js';

export type { AccountTemplate, ClosedWindowPolicy, UnknownPolicy } from './domain/account.js';
export type { Receipt } from './domain/callback.js';
export type { Delivery, Priority } from './domain/delivery.js';
export type {
  AccountEvent,
  AccountEventData,
  BudgetEvent,
  BudgetEventData,
  DeliveryEvent,
  DeliveryEventData,
  DeliveryEventType,
  EventAccount,
  EventEnvelope,
  EventType,
  GapEvent,
  TestEvent,
  WaybillEvent,
} from './domain/event.js';
export type { AttemptFacts } from './domain/explain/facts.js';
export type { HostPort } from './domain/host-port.js';
export type { MediaType } from './domain/media.js';
export type { Actor, Operation, Signature, Verb } from './domain/operation.js';
export type { OutcomeKind } from './domain/outcome.js';
export type { Country } from './domain/phone-number.js';
export type { DataKey } from './domain/seal.js';
export type { Receipts, Status } from './domain/status.js';
export * from './errors.js';
export type { Amended } from './producer/amend.js';
export type { BulkAnswer, BulkOptions, BulkRecord, BulkSummary } from './producer/bulk/record.js';
export type { KnownAccount, WaybillOptions } from './producer/client-options.js';
export type { Enqueued, EnqueuedOrError } from './producer/enqueue.js';
export type { EventsAsked, EventsOptions, ReadEvent } from './producer/events.js';
export type { ListFilter, Page } from './producer/list.js';
export type { Narrow, Producer } from './producer/producer.js';
export type { EnqueueRequest } from './producer/read-request.js';
export type { ResendOptions, Resent } from './producer/resend.js';
export type { Resolution, Resolved } from './producer/resolve.js';
export type { WaitOptions } from './producer/watch.js';
export type { Warning } from './queue/check-request.js';
export type { Changes, DeliveryRequest, RequestTemplate } from './queue/delivery-request.js';
export { deliveryIdOf } from './queue/names.js';
export type { DeliveryView } from './redis/delivery-view.js';
export type { ListedDelivery } from './redis/lists.js';
export type { PrivateView } from './redis/private-view.js';
export type { RedisServers } from './redis/servers.js';
export type { AskedView, PreflightView, Timeline, TimelineEntry } from './redis/timeline.js';

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
   * Settles a delivery whose outcome is unknown.
   * @throws IllegalStateError while its attempt may still be on its way, NotFoundError
   */
  resolve(id: string, resolution: Resolution, said?: Narrow & Signature): Promise<Resolved>;
};

/** What an app does with deliveries. Make one with `createWaybill`, and close it at the end. */
export type Waybill = Producer &
  OperatorVerbs & {
    /** Closes what was opened here. Idempotent. */
    close(): Promise<void>;
  };

/**
 * The library: sends files, and follows each delivery to its end.
 * @throws ConfigError when `dataKey` is none; TypeError where an option is none, such as a `redis` that is neither a URL nor a connection
 */
export function createWaybill(options: WaybillOptions): Waybill {
  if (typeof options !== 'object' || options === null) throw new TypeError(OPTIONS_FORM);
  const { prefix = 'waybill', onError = () => undefined } = options;
  let closed = false;
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
  const directory = createAccountDirectory({
    redis,
    prefix,
    configured: knownAccounts(options),
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
    follow: (following) =>
      untilClosed(followEvents(redis, prefix, { ...following, sealer, nameOf }), () => closed),
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
