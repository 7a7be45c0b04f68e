import type { Position } from '../domain/cursor.js';
import type { GapEvent, WaybillEvent } from '../domain/event.js';
import type { Owner, Sealer } from '../domain/seal.js';
import type { Redis } from './connection.js';
import { type DeliveryFacts, readEntry, readGap, type StreamEntry } from './event-entry.js';
import { accountKeys, deadEventsKey } from './keys.js';
import { openMetadata } from './private-view.js';
import { createScriptRunner } from './script.js';

/** So many events are read at once: bounds what a slow reader keeps in memory. */
const PAGE = 100;

/** A piece of an account's stream, in order. */
export type EventPage = {
  /** The events of this version that are told; of others only the position shows. */
  readonly events: readonly {
    readonly position: Position;
    readonly event: WaybillEvent | GapEvent;
  }[];
  /** Where to read on; `after` itself when there is nothing newer. */
  readonly next: Position;
};

/** What reading events takes. */
export type EventReader = {
  readonly sealer: Sealer;
  /** The name of the account with this number, as far as it is known. */
  readonly nameOf: (from: string) => string | undefined;
};

type Asked = EventReader & { readonly from: string; readonly after: Position };

/**
 * Reads on after a position; a gap comes first where something in between is not kept any more.
 * @throws DataKeyError
 */
export async function readEvents(
  redis: Redis,
  prefix: string,
  { from, after, sealer, nameOf }: Asked,
): Promise<EventPage> {
  const keys = accountKeys(prefix, from);
  const raw = await createScriptRunner(redis)('events', keys.fixed, { after, most: PAGE });
  const [missed, firstKept, ...flat] = Array.isArray(raw) ? raw : [];
  const entries = entriesOf(flat);
  const read = factsReader(redis, keys.record, sealer);
  const facts = await readFacts(entries, (id) => read({ from, id }));
  const of = { from, account: nameOf(from) ?? from };
  const gap = Number(missed) === 1 ? [readGap(of, { after, firstKept: String(firstKept) })] : [];
  return {
    events: [
      ...gap.map((event) => ({ position: after, event })),
      ...entries.flatMap((entry) => readEntry(entry, of, facts)),
    ],
    next: entries.at(-1)?.position ?? (gap.length > 0 ? String(firstKept) : after),
  };
}

function entriesOf(flat: readonly unknown[]): readonly StreamEntry[] {
  return flat.flatMap((position, index) => {
    const values = flat[index + 1];
    if (index % 2 === 1 || !Array.isArray(values)) return [];
    const pairs = values.flatMap((name, at): [string, string][] =>
      at % 2 === 0 ? [[String(name), String(values[at + 1])]] : [],
    );
    return [{ position: String(position), fields: new Map(pairs) }];
  });
}

/** What the deliveries' records add to their events: what is there once stays, and only a failure's words may grow. */
async function readFacts(
  entries: readonly StreamEntry[],
  read: (id: string) => Promise<DeliveryFacts>,
): Promise<ReadonlyMap<string, DeliveryFacts>> {
  const ids = [...new Set(entries.flatMap(({ fields }) => fields.get('delivery') ?? []))];
  const facts = await Promise.all(ids.map(async (id) => [id, await read(id)] as const));
  return new Map(facts);
}

const FACTS = ['unique', 'metadata', 'failureCode', 'failureReason'];

function factsReader(redis: Redis, recordOf: (id: string) => string, sealer: Sealer) {
  return async (owner: Owner): Promise<DeliveryFacts> => {
    const [unique, metadata, code, reason] = await redis.hmget(recordOf(owner.id), ...FACTS);
    return {
      unique: unique || null,
      failureCode: code ?? null,
      failureReason: reason ?? null,
      metadata: openMetadata(metadata ?? undefined, owner, sealer),
    };
  };
}

/** Where the account's stream ends; `0-0` while there is nothing in it. */
export async function newestPosition(redis: Redis, prefix: string, from: string): Promise<Position> {
  const [newest] = await redis.xrevrange(accountKeys(prefix, from).fixed.events, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? '0-0';
}

/**
 * Drops the events that are older than this (epoch ms), BullMQ's and those that endpoints did not take as well: a quiet
 * account would keep them for ever. To the last one, since each names a delivery.
 */
export async function dropEvents(
  redis: Redis,
  prefix: string,
  { from, before }: { readonly from: string; readonly before: number },
): Promise<void> {
  const { events, bullEvents, pushed } = accountKeys(prefix, from).fixed;
  // Also of endpoints that are configured nowhere any more.
  const endpoints = await redis.hkeys(pushed);
  const streams = [events, bullEvents, ...endpoints.map((endpoint) => deadEventsKey(prefix, endpoint))];
  await Promise.all(streams.map((stream) => redis.xtrim(stream, 'MINID', before)));
}
