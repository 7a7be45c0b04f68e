import type { Redis } from 'ioredis';
import type { QueuedRequest, Queues } from '../../src/queue/queues.js';
import type { AccountKeys } from '../../src/redis/keys.js';

export type TakenJob = { readonly id: string; readonly timestamp: number; readonly data: QueuedRequest };

/** BullMQ's delayed set has its time in the upper bits. */
const SCORE = 0x1000;
/** And the prioritised one its priority, then a counter. */
const PRIORITY = 0x100000000;

export type ModelQueue = ReturnType<typeof createModelQueue>;

/**
 * BullMQ as the scripts see it, on its own keys: a list that waits, one that is in hand, and a set of delayed jobs.
 * A job is somebody's until its lock is taken away; who has no lock can do nothing to it.
 */
export function createModelQueue(redis: Redis, keys: AccountKeys, now: () => number) {
  const { bullDelayed, bullWait, bullPrioritized, bullPriorities, bullActive, bullMeta } = keys.fixed;
  const locks = new Map<string, string>();
  let restsUntil = 0;
  let paused = false;

  async function promote(): Promise<void> {
    const due = await redis.zrangebyscore(bullDelayed, '-inf', (now() + 1) * SCORE - 1);
    for (const id of due) {
      await redis.zrem(bullDelayed, id);
      await line(id);
    }
  }

  /** At the back of those of its priority. */
  async function line(id: string): Promise<void> {
    const priority = Number(await redis.hget(keys.job(id), 'priority'));
    if (priority === 0) await redis.lpush(bullWait, id);
    else await redis.zadd(bullPrioritized, priority * PRIORITY + (await redis.incr(bullPriorities)), id);
  }

  /** Before those of its priority. */
  async function putBack(id: string): Promise<void> {
    const priority = Number(await redis.hget(keys.job(id), 'priority'));
    if (priority === 0) await redis.rpush(bullWait, id);
    else await redis.zadd(bullPrioritized, priority * PRIORITY, id);
  }

  async function next(): Promise<string | null> {
    const id = await redis.rpoplpush(bullWait, bullActive);
    if (id !== null) return id;
    const [low] = await redis.zpopmin(bullPrioritized);
    if (low === undefined) return null;
    await redis.lpush(bullActive, low);
    return low;
  }

  async function release(id: string, token: string): Promise<boolean> {
    if (locks.get(id) !== token) return false;
    locks.delete(id);
    return (await redis.lrem(bullActive, 1, id)) === 1;
  }

  const queues: Queues = {
    changeRequest: async () => undefined,
    forgetFinished: async () => undefined,
    async remove(_, jobId) {
      if (locks.has(jobId)) return 'in_hand';
      await redis
        .multi()
        .lrem(bullWait, 0, jobId)
        .zrem(bullDelayed, jobId)
        .zrem(bullPrioritized, jobId)
        .exec();
      return (await redis.del(keys.job(jobId))) === 1 ? 'removed' : 'gone';
    },
    async rest(_, ms): Promise<void> {
      restsUntil = now() + ms;
    },
    async pause(): Promise<void> {
      paused = true;
      await redis.hset(bullMeta, 'paused', 1);
    },
    async resume(): Promise<void> {
      restsUntil = 0;
      paused = false;
      await redis.hdel(bullMeta, 'paused');
    },
    isPaused: async () => paused,
    counts: async () => ({}),
    close: async () => undefined,
  };

  return {
    queues,

    async fetch(token: string): Promise<TakenJob | null> {
      await promote();
      if (paused || now() < restsUntil) return null;
      const id = await next();
      if (id === null) return null;
      locks.set(id, token);
      const [data, timestamp] = await redis.hmget(keys.job(id), 'data', 'timestamp');
      return { id, timestamp: Number(timestamp), data: JSON.parse(data ?? '{}') };
    },

    /** Completed or failed. */
    async finish(id: string, token: string): Promise<void> {
      await release(id, token);
    },

    async delay(id: string, token: string, until: number): Promise<void> {
      if (await release(id, token)) await redis.zadd(bullDelayed, until * SCORE, id);
    },

    /** Back to the front. */
    async giveBack(id: string, token: string): Promise<void> {
      if (await release(id, token)) await putBack(id);
    },

    /** What BullMQ's stalled check does with the jobs whose holder has not renewed its lock. */
    async stall(isGone: (token: string) => boolean): Promise<void> {
      for (const [id, token] of [...locks]) {
        if (isGone(token) && (await release(id, token))) await redis.rpush(bullWait, id);
      }
    },

    rests: () => paused || now() < restsUntil,
    holderOf: (id: string) => locks.get(id),
  };
}
