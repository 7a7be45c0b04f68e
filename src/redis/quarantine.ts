import { createHash } from 'node:crypto';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { quarantineKeys } from './keys.js';
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
  const row = JSON.stringify({ name, raw });
  const digest = createHash('sha256').update(row).digest('base64url');
  const args = { digest, row, keepMs: KEPT_MS, most: MOST };
  const { code } = readReply(await runScript('quarantine', quarantineKeys(prefix), args));
  return code === 'kept' || code === 'duplicate' ? code : unexpectedReply('quarantine', code);
}

/** Takes out what mentions one of the names; how many there were. */
export async function dropUnread(redis: Redis, prefix: string, names: readonly string[]): Promise<number> {
  const { quarantine, quarantineRows } = quarantineKeys(prefix);
  const rows = Object.entries(await redis.hgetall(quarantineRows));
  const about = rows.filter(([, row]) => names.some((name) => row.includes(name)));
  const dropped = await Promise.all(
    about.map(async ([digest]) => {
      await redis.zrem(quarantine, digest);
      return redis.hdel(quarantineRows, digest);
    }),
  );
  return dropped.reduce((sum, count) => sum + count, 0);
}
