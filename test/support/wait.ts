const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** How long `eventually` keeps trying. */
export interface EventuallyOptions {
  /** By default 10 s. */
  readonly timeoutMs?: number;
  /** What is awaited, for the failure message. */
  readonly what?: string;
}

/**
 * Calls `fn` until it neither throws nor returns false, undefined or null, and resolves with what it returned.
 *
 * @throws Error at the deadline, telling what was awaited and what the last try came to.
 */
export async function eventually<T>(
  fn: () => T | Promise<T>,
  { timeoutMs = 10_000, what = 'The condition' }: EventuallyOptions = {},
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + timeoutMs;
  for (
    let tries = 1, pauseMs = FIRST_PAUSE_MS;
    ;
    tries += 1, pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  ) {
    const result = await attempt(fn);
    if (result.met) return result.value;
    if (performance.now() >= deadline) {
      const message = `${what} was not met in ${timeoutMs} ms (${tries} tries); last: ${result.last}`;
      throw new Error(message, { cause: result.cause });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

type Met<T> = { readonly met: true; readonly value: Exclude<T, false | undefined | null> };
type Unmet = { readonly met: false; readonly last: string; readonly cause?: unknown };

async function attempt<T>(fn: () => T | Promise<T>): Promise<Met<T> | Unmet> {
  try {
    const value = await fn();
    return isMet(value) ? { met: true, value } : { met: false, last: `returned ${String(value)}` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { met: false, last: `threw ${message}`, cause: error };
  }
}

function isMet<T>(value: T): value is Exclude<T, false | undefined | null> {
  return value !== false && value !== undefined && value !== null;
}
