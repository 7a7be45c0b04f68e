import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { startPrivateRedis } from '../../dev/private-redis.js';
import { until } from './until.js';

/** How often Redis puts its journal on disk. */
export const AOF_MODES = ['everysec', 'always'] as const;
export type Aof = (typeof AOF_MODES)[number];

export type BenchRedis = {
  readonly url: string;
  readonly pid: number;
  /** For arranging and looking. */
  readonly client: Redis;
  close(): Promise<void>;
};

export type BenchRedisOptions = {
  readonly aof: Aof;
  /** What it holds from the start. */
  readonly snapshot?: string;
};

const REWRITE_TIMEOUT_MS = 60_000;

/** A Redis of our own that keeps a journal, empty or as a snapshot has it. */
export async function startBenchRedis({ aof, snapshot }: BenchRedisOptions): Promise<BenchRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'waybill-bench-redis-'));
  if (snapshot !== undefined) await copyFile(snapshot, join(dir, 'dump.rdb'));
  const server = await startPrivateRedis({ dir, appendfsync: aof });
  const client = new Redis(server.url);
  // Only now: with a journal from the start it would not read the snapshot.
  await client.config('SET', 'appendonly', 'yes');
  await until(async () => isJournalled(await client.info('persistence')), {
    what: 'The journal of the snapshot',
    timeoutMs: REWRITE_TIMEOUT_MS,
  });
  return {
    url: server.url,
    pid: server.pid,
    client,
    async close() {
      client.disconnect();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function isJournalled(info: string): boolean {
  return /^aof_rewrite_in_progress:0/m.test(info) && /^aof_rewrite_scheduled:0/m.test(info);
}

/** Snapshots by name, made once and dropped at the end: filling a queue takes longer than sending it. */
export type Snapshots = {
  of(name: string, fill: (redisUrl: string) => Promise<void>): Promise<string>;
  close(): Promise<void>;
};

export async function openSnapshots(): Promise<Snapshots> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-bench-snapshots-'));
  const made = new Map<string, Promise<string>>();
  return {
    of(name, fill) {
      const known = made.get(name) ?? take(join(folder, `${made.size}.rdb`), fill);
      made.set(name, known);
      return known;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function take(file: string, fill: (redisUrl: string) => Promise<void>): Promise<string> {
  const server = await startPrivateRedis();
  const client = new Redis(server.url);
  try {
    await fill(server.url);
    await client.save();
    await copyFile(join(server.dir, 'dump.rdb'), file);
    return file;
  } finally {
    client.disconnect();
    await server.stop();
  }
}
