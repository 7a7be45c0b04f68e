import { SECOND } from '../../domain/time.js';
import { UnavailableError } from '../../errors.js';
import { ProblemError } from './problem.js';

export type BacklogCapOptions = {
  /** Deliveries of one account that have not ended. */
  readonly limit: number;
  readonly countOf: (from: string) => Promise<number>;
  /** Any clock in milliseconds that only goes forward. */
  readonly monotonic: () => number;
};

/** How old a count may be; what was let in since then is added to it. */
const STALE_MS = SECOND;
const RETRY_AFTER_SECONDS = 10;

type Count = { readonly at: number; known: number };

/**
 * Keeps an account's backlog below a limit, without counting at each call. Several processes that let in at the same
 * moment may go over it by what they take within a second.
 */
export function createBacklogCap({ limit, countOf, monotonic }: BacklogCapOptions) {
  const counts = new Map<string, Count>();

  async function countNow(from: string): Promise<Count> {
    const known = counts.get(from);
    if (known !== undefined && monotonic() - known.at < STALE_MS) return known;
    try {
      const count = { at: monotonic(), known: await countOf(from) };
      counts.set(from, count);
      return count;
    } catch (error) {
      // Whether Redis is away the call itself will tell; a moment's slowness of it is no reason to refuse.
      if (known === undefined || !(error instanceof UnavailableError)) throw error;
      return known;
    }
  }

  /** Lets `wanted` more in. @throws ProblemError backlog_full */
  return async function admit(from: string, wanted = 1): Promise<void> {
    const count = await countNow(from);
    if (count.known + wanted > limit) {
      const detail = `${limit} deliveries of this account are waiting already: send this one again later`;
      throw new ProblemError('backlog_full', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    count.known += wanted;
  };
}
