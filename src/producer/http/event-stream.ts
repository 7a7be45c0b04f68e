import { SECOND } from '../../domain/time.js';
import type { ReadEvent } from '../events.js';

/** Sent in a silence, so that nobody between takes the connection for dead. */
const SILENCE_MS = 15 * SECOND;
/** How soon a reader who was cut should come back. */
const RETRY_MS = 2 * SECOND;

/**
 * Events as server-sent ones. Each is taken from its source when the one before has gone to the reader: who is slow
 * lets them wait in Redis, not here.
 */
export async function* toEventStream(events: AsyncIterable<ReadEvent>): AsyncGenerator<string> {
  const source = events[Symbol.asyncIterator]();
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    for (let next = source.next(); ; ) {
      const first = await orSilence(next);
      if (first === null) {
        yield ':\n\n';
        continue;
      }
      if (first.done === true) return;
      yield frameOf(first.value);
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
}

function frameOf({ cursor, ...event }: ReadEvent): string {
  return `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function orSilence<T>(next: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SILENCE_MS);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
