import type Redis from 'ioredis';
import type { Env } from '../lab/process.js';
import type { SendRequest } from '../load/requests.js';

export type WorkerSetting = {
  readonly redisUrl: string;
  readonly providerUrl: string;
  /** Deliveries in flight per process. */
  readonly concurrency: number;
  /** Of a case that is not about it: a client may get any number of files at once. */
  readonly unpaced?: boolean;
};

/** Somebody who sends files from a queue. */
export type Rival = {
  readonly name: string;
  /** Its worker, under `processes/`. */
  readonly worker: string;
  readonly env: (setting: WorkerSetting) => Env;
  /** Opens the clients' windows, for those who know of such, and puts the requests into the queue. */
  readonly fill: (redisUrl: string, requests: readonly SendRequest[]) => Promise<void>;
  /** Jobs that ended well. */
  readonly finished: (redis: Redis) => Promise<number>;
};
