import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { QuarantinedCallback } from '../domain/quarantine.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { quarantineKeys } from './keys.js';
import { parseJson } from './parse-json.js';
import { readReply, unexpectedReply } from './reply.js';
import type { RunScript } from './script.js';

const KEPT_MS = 30 * DAY;
const MOST = 1000;

type Deps = { readonly runScript: RunScript; readonly prefix: string };

/** Keeps what could not be applied, for a person to read; `duplicate`: the same lies there already. */
export async function keepUnread(
  { runScript, prefix }: Deps,
  name: string,
  raw: string,
): Promise<'kept' | 'duplicate'> {
  const { row, digest } = rowOf(name, raw);
  const args = { digest, row, keepMs: KEPT_MS, most: MOST };
  const { code } = readReply(await runScript('quarantine', quarantineKeys(prefix), args));
  return code === 'kept' || code === 'duplicate' ? code : unexpectedReply('quarantine', code);
}

function rowOf(name: string, raw: string) {
  const row = JSON.stringify({ name, raw });
  return { row, digest: createHash('sha256').update(row).digest('base64url') };
}

/** Some of what is kept, newest first. */
export type UnreadPage = {
  readonly callbacks: readonly QuarantinedCallback[];
  /** For the next page; null when nothing follows. */
  readonly cursor: string | null;
};

export async function listUnread(
  redis: Redis,
  prefix: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<UnreadPage> {
  const all = await readUnreadIndex(redis, prefix);
  const after = all.filter((place) => cursor === undefined || cursorOf(place) < cursor);
  const page = after.slice(0, limit);
  const last = after.length > limit ? page.at(-1) : undefined;
  return {
    callbacks: await readUnread(redis, prefix, page),
    cursor: last === undefined ? null : cursorOf(last),
  };
}

export async function findUnread(
  redis: Redis,
  prefix: string,
  id: string,
): Promise<QuarantinedCallback | null> {
  const places = (await readUnreadIndex(redis, prefix)).filter((place) => place.id === id);
  return (await readUnread(redis, prefix, places))[0] ?? null;
}

/** Takes out one that has been applied. */
export async function removeUnread(
  redis: Redis,
  prefix: string,
  { reason, raw }: QuarantinedCallback,
): Promise<void> {
  await drop(redis, prefix, rowOf(reason, raw).digest);
}

/** Takes out what mentions one of the names; how many there were. */
export async function dropUnread(redis: Redis, prefix: string, names: readonly string[]): Promise<number> {
  const { quarantineRows } = quarantineKeys(prefix);
  const rows = Object.entries(await redis.hgetall(quarantineRows));
  const about = rows.filter(([, row]) => names.some((name) => row.includes(name)));
  const dropped = await Promise.all(about.map(([digest]) => drop(redis, prefix, digest)));
  return dropped.reduce((sum, count) => sum + count, 0);
}

async function drop(redis: Redis, prefix: string, digest: string): Promise<number> {
  const { quarantine, quarantineRows } = quarantineKeys(prefix);
  await redis.zrem(quarantine, digest);
  return redis.hdel(quarantineRows, digest);
}

/** Where one stands: ids are for people to type, so they are shorter than digests and begin with no dash. */
export type UnreadPlace = Pick<QuarantinedCallback, 'id' | 'receivedAt'> & { readonly digest: string };

/** All of them, newest first: a thousand at most. */
export async function readUnreadIndex(redis: Redis, prefix: string): Promise<readonly UnreadPlace[]> {
  const flat = await redis.zrange(quarantineKeys(prefix).quarantine, '0', '-1', 'WITHSCORES');
  const places = flat.flatMap((digest, at): UnreadPlace[] =>
    at % 2 === 0 ? [{ digest, id: idOf(digest), receivedAt: Number(flat[at + 1]) }] : [],
  );
  return places.sort((one, other) => (cursorOf(one) < cursorOf(other) ? 1 : -1));
}

function idOf(digest: string): string {
  return Buffer.from(digest, 'base64url').toString('hex').slice(0, 12);
}

/** Sorts as text. */
function cursorOf({ receivedAt, id }: UnreadPlace): string {
  return `${String(receivedAt).padStart(15, '0')}-${id}`;
}

const rowSchema = z.object({ name: z.string(), raw: z.string() });

/** One that has gone meanwhile, or cannot be read, is left out. */
export async function readUnread(
  redis: Redis,
  prefix: string,
  places: readonly UnreadPlace[],
): Promise<readonly QuarantinedCallback[]> {
  if (places.length === 0) return [];
  const digests = places.map(({ digest }) => digest);
  const rows = await redis.hmget(quarantineKeys(prefix).quarantineRows, ...digests);
  return places.flatMap(({ id, receivedAt }, index) => {
    const row = rowSchema.safeParse(parseJson(rows[index] ?? ''));
    return row.success ? [{ id, receivedAt, reason: row.data.name, raw: row.data.raw }] : [];
  });
}
