import type { GapEvent, WaybillEvent } from '../domain/event.js';
import type { Redis } from './connection.js';
import { type EventReader, readEvents } from './events.js';

/** The events that are kept of accounts since then (epoch ms), up to where their streams end; one account after the other. */
export async function* keptEvents(
  redis: Redis,
  prefix: string,
  { from, since, ...reader }: EventReader & { readonly from: readonly string[]; readonly since: number },
): AsyncGenerator<WaybillEvent | GapEvent> {
  for (const account of from) {
    for (let after = `${Math.max(0, since)}-0`; ; ) {
      const page = await readEvents(redis, prefix, { from: account, after, ...reader });
      for (const { event } of page.events) yield event;
      if (page.next === after) break;
      after = page.next;
    }
  }
}
