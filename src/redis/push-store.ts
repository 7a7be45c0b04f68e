import type { Position } from '../domain/cursor.js';
import type { DeliveryEvent, WaybillEvent } from '../domain/event.js';
import type { Sealer } from '../domain/seal.js';
import type { Redis } from './connection.js';
import { openEvent, parseStored, type StoredEvent, sealEvent } from './dead-event.js';
import { newestPosition } from './events.js';
import { accountKeys, deadEventsKey } from './keys.js';

/** So many dead letters of an endpoint are kept, some more for a while. */
const DEAD_KEPT = 10_000;
const DEAD_PAGE = 100;

/** An event that an endpoint did not take. */
export type DeadEvent = {
  /** Among the dead letters of its endpoint. */
  readonly id: string;
  readonly event: WaybillEvent;
  readonly reason: string;
};

export type PushStore = ReturnType<typeof createPushStore>;

/** Where each endpoint is in the accounts' streams, and what it did not take. */
export function createPushStore(redis: Redis, prefix: string, sealer: Sealer) {
  const pushedKey = (from: string) => accountKeys(prefix, from).fixed.pushed;

  async function add(endpoint: string, event: WaybillEvent, reason: string): Promise<string> {
    const fields = ['event', JSON.stringify(sealEvent(event, sealer)), 'reason', reason];
    const id = await redis.xadd(deadEventsKey(prefix, endpoint), 'MAXLEN', '~', DEAD_KEPT, '*', ...fields);
    return String(id);
  }

  async function exhume(endpoint: string, id: string): Promise<void> {
    await redis.xdel(deadEventsKey(prefix, endpoint), id);
  }

  async function hasRecord({ from, deliveryId }: DeliveryEvent['data']): Promise<boolean> {
    return (await redis.exists(accountKeys(prefix, from).record(deliveryId))) === 1;
  }

  return {
    /** Where to push on; an endpoint that is new here begins with what comes from now on. */
    async begin(endpoint: string, from: string): Promise<Position> {
      const known = await redis.hget(pushedKey(from), endpoint);
      if (known !== null) return known;
      await redis.hsetnx(pushedKey(from), endpoint, await newestPosition(redis, prefix, from));
      return (await redis.hget(pushedKey(from), endpoint)) ?? '0-0';
    },

    /** Everything up to here is done with. */
    async save(endpoint: string, from: string, position: Position): Promise<void> {
      await redis.hset(pushedKey(from), endpoint, position);
    },

    /** How many events the endpoint has not taken. */
    countDead: (endpoint: string): Promise<number> => redis.xlen(deadEventsKey(prefix, endpoint)),

    /** Of a delivery that was erased while its event was on its way, nothing is kept that only its record told. */
    async bury(endpoint: string, event: WaybillEvent, reason: string): Promise<void> {
      const id = await add(endpoint, event, reason);
      // Looked at afterwards: who erases takes away what lies there once the record has gone.
      if (!isDeliveryEvent(event) || (await hasRecord(event.data))) return;
      await exhume(endpoint, id);
      await add(endpoint, { ...event, data: { ...event.data, unique: null, metadata: {} } }, reason);
    },

    /** The dead letters, oldest first. @throws DataKeyError */
    async *dead(endpoint: string): AsyncGenerator<DeadEvent> {
      for await (const { event, ...entry } of readDead(redis, deadEventsKey(prefix, endpoint))) {
        yield { ...entry, event: openEvent(event, sealer) };
      }
    },

    exhume,
  };
}

function isDeliveryEvent(event: WaybillEvent): event is DeliveryEvent {
  return 'deliveryId' in event.data;
}

type StoredDead = Omit<DeadEvent, 'event'> & { readonly event: StoredEvent };

/** The dead letters as they lie in Redis, oldest first. */
export async function* readDead(redis: Redis, key: string): AsyncGenerator<StoredDead> {
  for (let after = '-'; ; ) {
    const page = await redis.xrange(key, after, '+', 'COUNT', DEAD_PAGE);
    for (const [id, fields] of page) {
      const [json, reason] = [fields[fields.indexOf('event') + 1], fields[fields.indexOf('reason') + 1]];
      const event = parseStored(json ?? '');
      if (event !== null) yield { id, event, reason: reason ?? '' };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = `(${last[0]}`;
  }
}
