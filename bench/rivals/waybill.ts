import Redis from 'ioredis';
import { createCallbackStore } from '../../src/redis/callback-store.js';
import type { Env } from '../lab/process.js';
import { ACCOUNT_NAME, API_KEY, FROM } from '../load/account.js';
import { chunks, type SendRequest } from '../load/requests.js';
import { openWaybill } from './producer.js';
import type { Rival, WorkerSetting } from './rival.js';

const AT_ONCE = 1000;

/** Waybill with its default settings, session billing among them. */
export const WAYBILL: Rival = {
  name: 'Waybill',
  worker: 'waybill-worker',
  env: workerEnv,
  async fill(redisUrl, requests) {
    await clientsWrite(redisUrl, new Set(requests.map(({ to }) => to)), Date.now());
    await enqueueAll(redisUrl, requests);
  },
  finished: (redis) => redis.zcard(`waybill:queue:{${FROM}}:completed`),
};

export function workerEnv({ redisUrl, providerUrl, concurrency, unpaced = false }: WorkerSetting): Env {
  const account = { from: FROM, name: ACCOUNT_NAME, apiKey: API_KEY };
  const pair = unpaced ? { pairBurst: 1000, pairIntervalMs: 0 } : {};
  return {
    REDIS_URL: redisUrl,
    WAYBILL_ACCOUNTS: JSON.stringify([{ ...account, ...pair }]),
    WAYBILL_PROVIDER_URL: providerUrl,
    WAYBILL_CONCURRENCY: String(concurrency),
    WAYBILL_CONCURRENCY_TOTAL: String(Math.max(500, concurrency)),
    WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
  };
}

/** Each of these clients wrote at that time, as the webhook consumer takes it down. */
export async function clientsWrite(redisUrl: string, clients: Iterable<string>, at: number): Promise<void> {
  const redis = new Redis(redisUrl);
  const callbacks = createCallbackStore({ redis, prefix: 'waybill', isAccount: async () => true });
  const inbound = {
    kind: 'inbound',
    account: FROM,
    fromId: null,
    windowLeftMs: null,
    quotedUnique: null,
  } as const;
  for (const some of chunks([...clients], AT_ONCE)) {
    await Promise.all(
      some.map((number) =>
        callbacks.applyInbound({ ...inbound, number, unique: `in-${number}-${at}`, timestamp: at }),
      ),
    );
  }
  redis.disconnect();
}

/** @throws Error when one of them is not taken */
export async function enqueueAll(redisUrl: string, requests: readonly SendRequest[]): Promise<void> {
  const { many, close } = openWaybill(redisUrl);
  try {
    for (const some of chunks(requests, AT_ONCE)) await many(some);
  } finally {
    await close();
  }
}
