import type Redis from 'ioredis';

/** What Redis has done for scripts so far. */
export type ScriptStats = { readonly calls: number; readonly micros: number };

export async function scriptStats(redis: Redis): Promise<ScriptStats> {
  const found = /^cmdstat_evalsha:calls=(\d+),usec=(\d+)/m.exec(await redis.info('commandstats'));
  return { calls: Number(found?.[1] ?? 0), micros: Number(found?.[2] ?? 0) };
}

/** Bytes that Redis holds of everything. */
export async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}
