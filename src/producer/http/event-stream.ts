import { MINUTE, SECOND } from '../../domain/time.js';
import type { ReadEvent } from '../events.js';

export type StreamPace = {
  /** After so long a silence a comment is sent, so that nobody between takes the connection for dead. */
  readonly silenceMs?: number;
  /** Who has taken nothing for so long is cut: a stream is held for few only. */
  readonly stalledMs?: number;
  readonly cut: () => void;
};

const SILENCE_MS = 15 * SECOND;
const STALLED_MS = MINUTE;
/** How soon a reader who was cut should come back. */
const RETRY_MS = 2 * SECOND;

/**
 * Events as server-sent ones. Each is taken from its source when the one before has gone to the reader: who is slow
 * lets them wait in Redis, not here.
 */
export async function* toEventStream(
  events: AsyncIterable<ReadEvent>,
  pace: StreamPace,
): AsyncGenerator<string> {
  const { silenceMs = SILENCE_MS } = pace;
  const source = events[Symbol.asyncIterator]();
  try {
    yield* offer(`retry: ${RETRY_MS}\n\n`, pace);
    for (let next = source.next(); ; ) {
      const first = await orSilence(next, silenceMs);
      if (first === null) {
        yield* offer(':\n\n', pace);
        continue;
      }
      if (first.done === true) return;
      yield* offer(frameOf(first.value), pace);
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
}

function* offer(text: string, { stalledMs = STALLED_MS, cut }: StreamPace): Generator<string> {
  const stalled = setTimeout(cut, stalledMs);
  try {
    yield text;
  } finally {
    clearTimeout(stalled);
  }
}

function frameOf({ cursor, ...event }: ReadEvent): string {
  return `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function orSilence<T>(next: Promise<T>, silenceMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), silenceMs);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
