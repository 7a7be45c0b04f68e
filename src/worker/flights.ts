import { SECOND } from '../domain/time.js';

export type Flights = {
  /** Runs one attempt that ends within its timeout. */
  readonly fly: <T>(timeoutMs: number, attempt: () => Promise<T>) => Promise<T>;
  /** How long what is in flight may still take to end and to be written down; 0 when nothing is. */
  readonly leftMs: () => number;
};

const WRITE_DOWN_MS = 2 * SECOND;

/** The attempts that this process has with the provider: cutting one off would make an unknown outcome of it. */
export function createFlights(monotonic: () => number): Flights {
  const ends = new Set<{ readonly at: number }>();
  return {
    async fly(timeoutMs, attempt) {
      const end = { at: monotonic() + timeoutMs };
      ends.add(end);
      try {
        return await attempt();
      } finally {
        ends.delete(end);
      }
    },
    leftMs() {
      const last = Math.max(...[...ends].map(({ at }) => at));
      return ends.size === 0 ? 0 : Math.max(0, last - monotonic()) + WRITE_DOWN_MS;
    },
  };
}
