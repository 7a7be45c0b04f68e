/** What an attempt came to. */
export const OUTCOMES = [
  'accepted',
  'rejected',
  'throttled',
  'account_error',
  'window_closed',
  'not_sent',
  'unknown',
] as const;
/**
 * What an attempt came to.
 * @useDeclaredType
 */
export type OutcomeKind = (typeof OUTCOMES)[number];

/** What the provider said of a message that it took. Source: the Send File response. */
export type Acceptance = {
  /** The provider's id of the message; null when the answer had none, which is flagged. */
  readonly unique: string | null;
  /** The provider's clock, epoch milliseconds; null when the answer had none. */
  readonly timestamp: number | null;
  /** Milliseconds until the customer window closes; null when the answer did not tell. */
  readonly windowLeftMs: number | null;
  /** The request as the provider saw it, without the key; only when asked for with `showRequest`. */
  readonly originalRequest?: string;
};

/**
 * One attempt's outcome. `reason` is the FAIL reason as text (`"6"`), `http_503`, or the transport's word
 * (`refused`, `dns`, `connect_timeout`, `tls`, `reset`, `timeout`, `too_large`, `not_json`, …).
 * `detail` is for people: bounded, and free of keys, numbers and links.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly acceptance: Acceptance; readonly reason: 'ok' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly mapped: boolean; readonly detail: string }
  | {
      readonly kind: 'throttled';
      readonly reason: string;
      readonly detail: string;
      /** From `Retry-After`, clamped to 1 s … 1 h; null when the provider named no time. */
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'account_error'; readonly reason: string; readonly detail: string }
  | {
      readonly kind: 'window_closed';
      readonly reason: string;
      readonly detail: string;
      readonly windowLeftMs: number | null;
    }
  | { readonly kind: 'not_sent'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly detail: string };

export function isOutcome(text: unknown): text is OutcomeKind {
  return (OUTCOMES as readonly unknown[]).includes(text);
}
