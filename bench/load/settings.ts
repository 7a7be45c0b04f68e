import { type Asked, type Setting, scaled } from '../report/result.js';

const MATRIX = {
  quick: { latencies: [20], concurrencies: [50], workers: [1] },
  usual: { latencies: [20], concurrencies: [200, 500], workers: [1, 2] },
  full: { latencies: [0, 20, 200], concurrencies: [50, 200, 500], workers: [1, 2] },
};

/** Those that were asked for, or those that belong to the size. */
export function settingsOf({ settings, size }: Asked): readonly Setting[] {
  if (settings.length > 0) return settings;
  const { latencies, concurrencies, workers: processes } = MATRIX[size];
  return latencies.flatMap((latencyMs) =>
    concurrencies.flatMap((concurrency) => processes.map((workers) => ({ latencyMs, concurrency, workers }))),
  );
}

export function labelOf({ latencyMs, concurrency, workers }: Setting): string {
  return `${latencyMs} ms, ${concurrency} × ${workers}`;
}

const MOST = 24_000;
/** Where the provider's time is the limit, so long is enough. */
const LONGEST_MS = 4500;

/** How many are sent, for some seconds of it. */
export function countOf({ latencyMs, concurrency, workers }: Setting, asked: Asked): number {
  const inFlight = concurrency * workers;
  const most = latencyMs === 0 ? MOST : Math.min(MOST, (LONGEST_MS * inFlight) / latencyMs);
  return scaled(most, asked, 3 * inFlight);
}
