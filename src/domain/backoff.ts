/** Retries spread over time. Milliseconds. */
export type RetryPolicy = { readonly maxAttempts: number; readonly baseMs: number; readonly capMs: number };

/**
 * Full jitter: anything from 0 to the doubled bound, so that deliveries that failed together do not return
 * together. `attempt` counts from 1; `random` is in [0, 1).
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.floor(bound * random);
}
