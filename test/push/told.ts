import type { Redis } from 'ioredis';
import type { GapEvent, WaybillEvent } from '../../src/domain/event.js';
import { readEvents } from '../../src/redis/events.js';
import { PLAIN } from '../support/sealing.js';

type Event = WaybillEvent | GapEvent;
type Seen = { readonly id: string };

/** All events that are kept of an account, as they were written. */
export async function allEvents(redis: Redis, from: string): Promise<readonly Event[]> {
  const all: Event[] = [];
  for (let after = '0-0'; ; ) {
    const { events, next } = await readEvents(redis, 'waybill', {
      from,
      after,
      sealer: PLAIN,
      nameOf: () => 'shop',
    });
    all.push(...events.map(({ event }) => event));
    if (next === after) return all;
    after = next;
  }
}

/** The events that were not seen. */
export function missing(told: readonly Event[], seen: readonly Seen[]): readonly string[] {
  const ids = new Set(seen.map(({ id }) => id));
  return told.map(({ id }) => id).filter((id) => !ids.has(id));
}

/** Those that were first seen after a later one of the same delivery. */
export function outOfOrder(told: readonly Event[], seen: readonly Seen[]): readonly string[] {
  const firstSeen = new Map<string, number>();
  for (const [index, { id }] of seen.entries()) if (!firstSeen.has(id)) firstSeen.set(id, index);
  const latest = new Map<string, number>();
  return told.flatMap(({ id, data }) => {
    const lane = 'deliveryId' in data ? data.deliveryId : '';
    const at = firstSeen.get(id) ?? -1;
    const before = latest.get(lane) ?? -1;
    latest.set(lane, Math.max(at, before));
    return at < before ? [id] : [];
  });
}
