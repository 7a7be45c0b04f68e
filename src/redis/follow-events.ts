import { duplicate, type Redis } from './connection.js';
import { newestEventId, readEvents, type StatusEvent } from './events.js';

const BLOCK_MS = 2000;

type Following = {
  readonly from: string;
  /** Read on after this event; undefined: only what comes from now on. */
  readonly after: string | undefined;
  readonly signal: AbortSignal | undefined;
};

/** An account's events as they come, on a connection of their own, until the signal or the caller's `break`. */
export async function* followEvents(
  redis: Redis,
  prefix: string,
  following: Following,
): AsyncGenerator<StatusEvent> {
  const { from, signal } = following;
  const connection = duplicate(redis);
  const stop = () => connection.disconnect();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    let after = following.after ?? (await newestEventId(redis, prefix, from));
    while (signal?.aborted !== true) {
      for (const event of await readEvents(connection, prefix, { from, after, blockMs: BLOCK_MS })) {
        after = event.id;
        yield event;
      }
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
