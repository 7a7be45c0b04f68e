import type { Rival, WorkerSetting } from '../rivals/rival.js';
import { type Process, startProcess } from './process.js';
import { type Provider, startProvider } from './provider.js';
import { type Aof, type BenchRedis, startBenchRedis } from './redis.js';

/** A Redis, a provider and a rival's workers: what most cases are played on. */
export type Stage = {
  readonly redis: BenchRedis;
  readonly provider: Provider;
  readonly workers: readonly Process[];
  /** The same, unless a worker ends by itself first. */
  alive<T>(wait: Promise<T>): Promise<T>;
};

export type StageOptions = Omit<WorkerSetting, 'redisUrl' | 'providerUrl'> & {
  readonly rival: Rival;
  readonly aof: Aof;
  readonly latencyMs: number;
  /** Default 1. */
  readonly workers?: number;
  /** What Redis holds from the start. */
  readonly snapshot?: string;
  /** One that stays; else there is a new one. */
  readonly redis?: BenchRedis;
  /** Of Node, for the workers. */
  readonly nodeArgs?: readonly string[];
};

/** Builds the stage, plays on it, and clears it away. */
export async function onStage<T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  const provider = await startProvider(options);
  const redis = options.redis ?? (await startBenchRedis(options));
  const { rival, workers: count = 1, nodeArgs = [] } = options;
  const env = rival.env({ ...options, redisUrl: redis.url, providerUrl: provider.url });
  const workers = Array.from({ length: count }, () => startProcess(rival.worker, { env, nodeArgs }));
  const alive = <W>(wait: Promise<W>) => Promise.race([wait, ...workers.map(({ died }) => died)]);
  try {
    return await play({ redis, provider, workers, alive });
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await provider.close();
    if (options.redis === undefined) await redis.close();
  }
}
