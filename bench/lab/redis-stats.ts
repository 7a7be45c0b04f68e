import type Redis from 'ioredis';

/** By command, those inside scripts too: how often, and for how long, in microseconds. A script's time holds its commands'. */
export type CommandStats = ReadonlyMap<string, { readonly calls: number; readonly micros: number }>;

/** What Redis has done so far. */
export async function commandStats(redis: Redis): Promise<CommandStats> {
  const found = (await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm);
  return new Map(
    [...found].map(([, name = '', calls, micros]) => [
      name,
      { calls: Number(calls), micros: Number(micros) },
    ]),
  );
}

/** Bytes that Redis holds of everything. */
export async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}
