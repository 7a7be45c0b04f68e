import { setTimeout as sleep } from 'node:timers/promises';
import { type Cursor, formatCursor, type Position } from '../domain/cursor.js';
import type { GapEvent, WaybillEvent } from '../domain/event.js';
import { SECOND } from '../domain/time.js';
import { duplicate, isCluster, type Redis } from './connection.js';
import { type EventReader, newestPosition, readEvents } from './events.js';
import { accountKeys } from './keys.js';

const BLOCK_MS = 2 * SECOND;
/** In a cluster one command cannot wait for the streams of several nodes. */
const CLUSTER_PAUSE_MS = 250;

export type Following = {
  /** Account numbers. */
  readonly from: readonly string[];
  readonly after: Cursor;
  readonly signal: AbortSignal | undefined;
  /** Asked again and again: the accounts that there are by now. New ones are read from their first event on. */
  readonly fromNow?: () => Promise<readonly string[]>;
};

/** An event, and the cursor after which the next one comes: over all accounts that are followed. */
export type Followed = {
  readonly event: WaybillEvent | GapEvent;
  readonly account: string;
  readonly position: Position;
  readonly cursor: () => string;
};

/**
 * The events of accounts as they come, in order for each account, on a connection of its own, until the signal or the
 * caller's `break`. Reads no further ahead than a page: who is slow finds the rest in Redis.
 */
export async function* followEvents(
  redis: Redis,
  prefix: string,
  { from, after, signal, fromNow, sealer, nameOf }: Following & EventReader,
): AsyncGenerator<Followed> {
  const connection = duplicate(redis);
  const stop = () => connection.disconnect();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const start = await startOf(redis, prefix, { from, after });
    let news: readonly string[] = from;
    while (signal?.aborted !== true) {
      for (const account of news) yield* readAll(connection, prefix, { account, start, sealer, nameOf });
      news = await waitForNews(connection, prefix, start.positions);
      if (fromNow !== undefined)
        news = [...news, ...addNew(await fromNow().catch(() => []), start.positions, after)];
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Positions move on as events are handed out. */
type Start = { readonly positions: Map<string, Position>; readonly listed: Map<string, Position> } & Pick<
  Cursor,
  'base'
>;

async function startOf(
  redis: Redis,
  prefix: string,
  { from, after }: Pick<Following, 'from' | 'after'>,
): Promise<Start> {
  const found = from.map(async (account): Promise<[string, Position]> => {
    const position = after.positions.get(account) ?? after.base;
    return [account, position ?? (await newestPosition(redis, prefix, account))];
  });
  const positions = new Map(await Promise.all(found));
  // Who begins now has a position in every account; who resumes names those that have moved since, and the base.
  const resumed = [...after.positions].filter(([account]) => from.includes(account));
  const listed = new Map(after.base === null ? positions : resumed);
  return { positions, listed, base: from.length > 1 ? after.base : null };
}

/** What is not listed in the cursor is read on from its base, where somebody resumes. */
function addNew(
  accounts: readonly string[],
  positions: Map<string, Position>,
  { base }: Cursor,
): readonly string[] {
  const added = accounts.filter((account) => !positions.has(account));
  for (const account of added) positions.set(account, base ?? '0-0');
  return added;
}

async function* readAll(
  connection: Redis,
  prefix: string,
  { account, start, ...reader }: EventReader & { readonly account: string; readonly start: Start },
): AsyncGenerator<Followed> {
  const { positions, listed, base } = start;
  for (;;) {
    const after = positions.get(account) ?? '0-0';
    const page = await readEvents(connection, prefix, { from: account, after, ...reader });
    for (const { event, position } of page.events) {
      positions.set(account, position);
      listed.set(account, position);
      const cursor = () => formatCursor({ positions: listed, base });
      yield { event, account, position, cursor };
    }
    positions.set(account, page.next);
    if (page.next === after) return;
  }
}

/** The accounts that may have something new; all of them where that cannot be told. */
async function waitForNews(
  connection: Redis,
  prefix: string,
  positions: ReadonlyMap<string, Position>,
): Promise<readonly string[]> {
  const accounts = [...positions.keys()];
  if (isCluster(connection) || accounts.length === 0) {
    await sleep(CLUSTER_PAUSE_MS);
    return accounts;
  }
  const streams = accounts.map((account) => accountKeys(prefix, account).fixed.events);
  const after = [...positions.values()];
  const reply: unknown = await connection.xread(
    'COUNT',
    1,
    'BLOCK',
    BLOCK_MS,
    'STREAMS',
    ...streams,
    ...after,
  );
  const told = new Set(Array.isArray(reply) ? reply.map((each) => String(each?.[0])) : []);
  return accounts.filter((_, index) => told.has(streams[index] ?? ''));
}
