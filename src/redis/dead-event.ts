import { EVENT_TYPES, type WaybillEvent } from '../domain/event.js';
import type { Owner, Sealer } from '../domain/seal.js';
import { openMetadata } from './private-view.js';

/** An event as it lies in Redis: with a data key, its metadata is a sealed text. */
export type StoredEvent = Omit<WaybillEvent, 'data'> & { readonly data: Readonly<Record<string, unknown>> };

export function sealEvent(event: WaybillEvent, sealer: Sealer): WaybillEvent | StoredEvent {
  if (!sealer.isOn() || !('metadata' in event.data)) return event;
  const { metadata, ...data } = event.data;
  const sealed = sealer.seal(JSON.stringify(metadata), ownerOf(event), 'metadata');
  return { ...event, data: { ...data, metadata: sealed } };
}

/** @throws DataKeyError */
export function openEvent(stored: StoredEvent, sealer: Sealer): WaybillEvent {
  const { metadata } = stored.data;
  const opened =
    typeof metadata === 'string' ? { metadata: openMetadata(metadata, ownerOf(stored), sealer) } : {};
  // What `sealEvent` took apart is whole again.
  return { ...stored, data: { ...stored.data, ...opened } } as WaybillEvent;
}

function ownerOf({ data }: { readonly data: object }): Owner {
  const { from, deliveryId }: { readonly from?: unknown; readonly deliveryId?: unknown } = data;
  return { from: String(from), id: String(deliveryId) };
}

/** As `sealEvent` made it; null where a later version has written another kind. */
export function parseStored(json: string): StoredEvent | null {
  const event = JSON.parse(json);
  return EVENT_TYPES.includes(event?.type) ? event : null;
}
