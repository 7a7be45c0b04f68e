import { MINUTE } from '../domain/time.js';
import type { Redis } from '../redis/connection.js';
import { readDispatch } from '../redis/dispatch.js';
import { createWatchdog, type WatchdogDeps } from '../worker/watchdog.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';

/** BullMQ itself sleeps for up to half of this where a queue rests. */
const LEAST_PATIENCE_MS = MINUTE;
const LOOKS_PER_PATIENCE = 12;

export type Watched = Pick<WatchdogDeps, 'accounts' | 'worker' | 'end'> & { readonly redis: Redis };

/** Tells when the worker last fetched, and ends a process that leaves due jobs lying for twice the time of an attempt. */
export function watchOver(
  { config, effects, observer, log }: Core,
  { accounts, redis, worker, end }: Watched,
): Running {
  const { prefix, sendTimeoutMs } = config;
  const patienceMs = Math.max(2 * sendTimeoutMs, LEAST_PATIENCE_MS);
  const dispatchOf = (from: string) => readDispatch(redis, prefix, from);
  const { monotonic } = effects;
  const look = createWatchdog({ accounts, dispatchOf, worker, monotonic, patienceMs, log, end });
  const tellProgress = () => observer.progressed(effects.now() - (monotonic() - worker.fetchedAt()));
  tellProgress();
  return every(patienceMs / LOOKS_PER_PATIENCE, log, async () => {
    tellProgress();
    await look();
  });
}
