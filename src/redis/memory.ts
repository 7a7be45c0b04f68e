import { askMasters, type Redis } from './connection.js';

/** What a server holds, and how much it may: its `maxmemory`, or its machine's memory where that is not set. */
export type RedisMemory = { readonly usedBytes: number; readonly limitBytes: number };

/** Of a cluster's masters, the one that is nearest to its limit. */
export async function measureMemory(redis: Redis): Promise<RedisMemory> {
  const measured = await askMasters(redis, async (server) => readMemory(await server.info('memory')));
  const share = ({ usedBytes, limitBytes }: RedisMemory) => usedBytes / limitBytes;
  return measured.reduce((fullest, each) => (share(each) > share(fullest) ? each : fullest));
}

function readMemory(info: string): RedisMemory {
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return {
    usedBytes: field('used_memory'),
    limitBytes: field('maxmemory') || field('total_system_memory') || Number.POSITIVE_INFINITY,
  };
}
