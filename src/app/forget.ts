import type { Config } from '../config.js';
import { DAY, HOUR } from '../domain/time.js';
import type { Queues } from '../queue/queues.js';
import type { Redis } from '../redis/connection.js';
import { dropEvents } from '../redis/events.js';
import { trimLedger } from '../redis/ledger.js';
import { type Core, retentionOf } from './core.js';

/** How long a finished job is kept, for listeners that come late; never longer than its delivery's record. */
export function finishedJobsMs(config: Pick<Config, 'retention'>): number {
  return Math.min(24 * HOUR, config.retention.recordHours * HOUR);
}

/**
 * Takes away what is older than it is to be kept, and has no lifetime of its own in Redis: events, those that endpoints
 * did not take, sessions of old bills, and finished jobs, which BullMQ itself only drops when the next one finishes.
 */
export async function forget(
  { config, effects }: Core,
  {
    redis,
    queues,
    accounts,
  }: {
    readonly redis: Redis;
    readonly queues: Queues;
    readonly accounts: () => readonly { readonly from: string }[];
  },
): Promise<void> {
  const { prefix, retention } = config;
  const before = effects.now() - retentionOf(config).recordMs;
  for (const { from } of accounts()) {
    await dropEvents(redis, prefix, { from, before });
    await queues.forgetFinished(from, finishedJobsMs(config));
    await trimLedger(redis, prefix, { from, keptMs: retention.ledgerDays * DAY });
  }
}
