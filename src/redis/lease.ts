import type { Redis } from './connection.js';
import { leaseKey } from './keys.js';

export type LeaseOptions = {
  readonly redis: Redis;
  readonly prefix: string;
  /** What only one process may do at a time. */
  readonly role: string;
  readonly holder: string;
  readonly ttlMs: number;
};

/** A role that one process at a time has; it ends by itself when its holder dies. */
export function createLease({ redis, prefix, role, holder, ttlMs }: LeaseOptions) {
  const key = leaseKey(prefix, role);
  return {
    /** Takes or prolongs the lease; false while another process has it. */
    async hold(): Promise<boolean> {
      const taken = await redis.set(key, holder, 'PX', ttlMs, 'NX');
      if (taken === 'OK') return true;
      if ((await redis.get(key)) !== holder) return false;
      return (await redis.pexpire(key, ttlMs)) === 1;
    },
    async release(): Promise<void> {
      if ((await redis.get(key)) === holder) await redis.del(key);
    },
  };
}
