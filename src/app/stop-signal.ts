import { systemEffects } from './core.js';

/**
 * Two signals closer together than this are one wish: npm passes Ctrl-C on to a process that has had it from the
 * terminal already.
 */
const SAME_WISH_MS = 500;

/** Aborted by the first SIGTERM or SIGINT; one more, a moment later, ends the process at once with exit code 1. */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const heed = (): void => {
    const now = systemEffects.monotonic();
    firstAt ??= now;
    if (now - firstAt >= SAME_WISH_MS) process.exit(1);
    stop.abort();
  };
  process.on('SIGTERM', heed);
  process.on('SIGINT', heed);
  return stop.signal;
}

/** Resolves when the signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
