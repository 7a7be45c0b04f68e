/** Where a reader is in one account's stream: an entry's id there, `<ms>-<number>`. */
export type Position = string;

/**
 * Where a reader is in the streams of several accounts. Accounts that have no position of their own are read on from
 * `base`: null, only what comes from now on.
 */
export type Cursor = {
  /** By account number. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly base: Position | null;
};

export const FROM_NOW_ON: Cursor = { positions: new Map(), base: null };

/** The id of an account's event, in all of its tellings. */
export function eventId(from: string, position: Position): string {
  return `${from}-${position}`;
}

/** A cursor as readers keep it; one of a single account that has no base is the event's own id. */
export function formatCursor({ positions, base }: Cursor): string {
  const parts = [...positions].map(([from, position]) => eventId(from, position));
  return (base === null ? parts : [timeOf(base), ...parts]).join(',');
}

/** ISO 8601 with seconds and zone. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a cursor: an event's id, the time (epoch ms) to begin at, or both of several accounts, comma-separated; or
 * that time as ISO 8601. Null when it is none. Where only ids are given, other accounts are read from the earliest of
 * their times on.
 */
export function parseCursor(text: string): Cursor | null {
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (time >= 0) return { positions: new Map(), base: `${time}-0` };
  const positions = new Map<string, Position>();
  let base: number | null = null;
  for (const part of text.split(',')) {
    const [, from, ms, count] = /^(?:(\d{8,15})-)?(\d{1,14})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    if (ms === undefined || (from === undefined) !== (count === undefined)) return null;
    if (from === undefined) base = Number(ms);
    else positions.set(from, `${Number(ms)}-${Number(count)}`);
  }
  const earliest = Math.min(...[...positions.values()].map((position) => Number(timeOf(position))));
  return { positions, base: `${base ?? earliest}-0` };
}

/** When an entry was written, epoch milliseconds by Redis's clock. */
export function timeOf(position: Position): string {
  return position.split('-', 1)[0] ?? '0';
}
