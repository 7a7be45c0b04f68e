import { SECOND } from '../domain/time.js';
import type { Attempt, AttemptStore } from '../redis/attempt-store.js';

export type ReleaseDeps = {
  readonly attempts: Pick<AttemptStore, 'release'>;
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** After that the sweeper has called the attempt unknown, and whoever knows better comes too late. */
  readonly keptMs: number;
};

export type Releases = {
  /** Gives an attempt back, now or as soon as Redis can be told; never throws. */
  readonly release: (attempt: Attempt) => Promise<void>;
  /** Tries once more what is left. */
  close(): Promise<void>;
};

const TRY_AGAIN_MS = SECOND;

/** The attempts that this process asked for and will not dispatch: given back, so that none becomes unknown. */
export function createReleases({ attempts, monotonic, sleep, keptMs }: ReleaseDeps): Releases {
  const kept = new Map<string, { readonly attempt: Attempt; readonly until: number }>();
  let trying: Promise<void> | undefined;
  let closed = false;

  async function tell(attempt: Attempt): Promise<boolean> {
    return attempts.release(attempt).then(
      () => true,
      () => false,
    );
  }

  async function tellKept(): Promise<void> {
    for (const [id, { attempt, until }] of kept) {
      if ((await tell(attempt)) || monotonic() > until) kept.delete(id);
    }
  }

  async function tryAgain(): Promise<void> {
    while (kept.size > 0 && !closed) {
      await sleep(TRY_AGAIN_MS);
      await tellKept();
    }
    trying = undefined;
  }

  return {
    async release(attempt) {
      if (await tell(attempt)) return;
      kept.set(attempt.attempt, { attempt, until: monotonic() + keptMs });
      trying ??= tryAgain();
    },
    async close() {
      closed = true;
      await trying;
      await tellKept();
      kept.clear();
    },
  };
}
