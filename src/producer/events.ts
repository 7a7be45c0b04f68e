import { isDate } from 'node:util/types';
import { type Cursor, FROM_NOW_ON, parseCursor } from '../domain/cursor.js';
import {
  EVENT_TYPES,
  type EventType,
  type GapEvent,
  isEventType,
  type WaybillEvent,
} from '../domain/event.js';
import type { PublishedAccount } from '../domain/published-account.js';
import { ValidationError, type ValidationFault } from '../errors.js';
import type { Followed, Following } from '../redis/follow-events.js';
import { checkEvents } from './arguments.js';

/** Which events are read, and from where on. */
export type EventsOptions = {
  /** Accounts by number or name; default: all, also those that come later. */
  readonly from?: string | readonly string[];
  /**
   * Read on after this: an event's `cursor` or `id`, or the time to begin at (a `Date`, ISO 8601 with its zone, or epoch
   * milliseconds); `0`: all that is kept. Default: only what comes from now on.
   */
  readonly after?: string | Date;
  /** Default: all types. A gap is always told. */
  readonly types?: readonly EventType[];
  /** Ends the reading. */
  readonly signal?: AbortSignal;
};

/** What a reader gets: an event or a gap, and where to go on after it, over all the accounts that are read. */
export type ReadEvent = (WaybillEvent | GapEvent) & {
  /** Give it as `after` to read on after this event. */
  readonly cursor: string;
};

/** What `events` takes. */
export type EventsAsked = EventsOptions & {
  /** Of all accounts, those that the reader may see; default: all. */
  readonly isSeen?: (account: { readonly from: string; readonly name: string }) => boolean;
};

export type EventsDeps = {
  readonly findAccount: (fromOrName: string) => Promise<Pick<PublishedAccount, 'from'> | undefined>;
  readonly accounts: () => Promise<readonly Pick<PublishedAccount, 'from' | 'name'>[]>;
  readonly follow: (following: Following) => AsyncIterable<Followed>;
  /** Runs a question to Redis, for a second at most. */
  readonly onRedis: <T>(call: () => Promise<T>) => Promise<T>;
};

/** Reads events as they come. @throws ValidationError when `after` or `types` are none */
export async function* readEvents(asked: EventsAsked, deps: EventsDeps): AsyncGenerator<ReadEvent> {
  checkEvents(asked);
  const { types = [], signal } = asked;
  const after = checkAsked(asked);
  const from = await deps.onRedis(() => accountsOf(asked, deps));
  const later = asked.from === undefined ? { fromNow: () => accountsOf(asked, deps) } : {};
  for await (const { event, cursor } of deps.follow({ from, after, signal, ...later })) {
    const wanted = types.length === 0 || event.type === 'gap' || types.includes(event.type);
    if (wanted) yield { ...event, cursor: cursor() };
  }
}

function checkAsked({ after, types = [] }: EventsOptions): Cursor {
  const cursor = after === undefined ? FROM_NOW_ON : parseCursor(isDate(after) ? isoOf(after) : after);
  const faults: ValidationFault[] = types
    .filter((type) => !isEventType(type))
    .map(() => ({ pointer: '/types', detail: `must be some of ${EVENT_TYPES.join(', ')}` }));
  if (cursor === null) {
    faults.push({ pointer: '/after', detail: 'must be an event’s cursor or id, a time with its zone, or 0' });
  }
  if (cursor === null || faults.length > 0) throw new ValidationError(faults);
  return cursor;
}

/** Of a Date that is none, a text that is none. */
function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** A number that no worker has told of may still have events of its own: it is taken as it is. */
async function accountsOf(
  { from: asked, isSeen = () => true }: EventsAsked,
  deps: EventsDeps,
): Promise<readonly string[]> {
  if (asked === undefined) return (await deps.accounts()).filter(isSeen).map(({ from }) => from);
  const names = typeof asked === 'string' ? [asked] : asked;
  const found = await Promise.all(names.map(async (name) => (await deps.findAccount(name))?.from ?? name));
  return [...new Set(found)];
}
