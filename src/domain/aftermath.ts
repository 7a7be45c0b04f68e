import { backoffMs, type RetryPolicy } from './backoff.js';
import { blame, type Meeting, OTHERS_FIRST_MS } from './blame.js';
import type { Outcome } from './outcome.js';
import { HOUR, SECOND } from './time.js';

/** An answer that no table explains is tried this often before it counts as a rejection. */
export const UNMAPPED_ATTEMPTS = 3;

/** How the account's gate is left by an attempt. */
export type GateChange =
  | { readonly kind: 'until'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'paused'; readonly reason: string };

/** What an attempt's outcome means for its delivery, before anything is written. */
export type Aftermath =
  | { readonly do: 'accept' }
  | { readonly do: 'fail'; readonly reason: string; readonly gate: GateChange | null }
  | { readonly do: 'retry'; readonly delayMs: number; readonly gate: GateChange | null }
  | { readonly do: 'hold_account'; readonly gate: GateChange }
  /** The account is well: it alone is tried again later, as if it had not been tried. */
  | { readonly do: 'set_aside'; readonly delayMs: number }
  | { readonly do: 'close_window' }
  | { readonly do: 'doubt' };

type Context = {
  readonly attempt: number;
  readonly retry: RetryPolicy;
  readonly random: number;
  /** Of an account error: what is remembered; without it, it is the first. */
  readonly meeting?: Meeting | null;
};

export function aftermathOf(outcome: Outcome, context: Context): Aftermath {
  switch (outcome.kind) {
    case 'accepted':
      return { do: 'accept' };
    case 'unknown':
      return { do: 'doubt' };
    case 'account_error':
      return afterAccountError(outcome.reason, context);
    case 'window_closed':
      return { do: 'close_window' };
    case 'rejected': {
      const final =
        outcome.mapped || context.attempt >= Math.min(UNMAPPED_ATTEMPTS, context.retry.maxAttempts);
      return final ? { do: 'fail', reason: outcome.reason, gate: null } : retry(context, null);
    }
    case 'throttled':
      return retry(context, gateOf(outcome.retryAfterMs, outcome.reason));
    case 'not_sent':
      return retry(context, null);
  }
}

function afterAccountError(reason: string, context: Context): Aftermath {
  const { meeting = null } = context;
  const found = meeting === null ? ({ kind: 'account', reason } as const) : blame(meeting);
  switch (found.kind) {
    case 'delivery':
      return { do: 'fail', reason, gate: null };
    case 'set_aside':
      return found.othersPass ? retry(context, null) : { do: 'set_aside', delayMs: OTHERS_FIRST_MS };
    case 'account':
      return { do: 'hold_account', gate: { kind: 'paused', reason: found.reason } };
  }
}

function retry(context: Context, gate: GateChange | null): Aftermath {
  if (context.attempt >= context.retry.maxAttempts) return { do: 'fail', reason: 'attempts_used_up', gate };
  return { do: 'retry', delayMs: backoffMs(context.retry, context.attempt, context.random), gate };
}

function gateOf(retryAfterMs: number | null, reason: string): GateChange | null {
  if (retryAfterMs === null) return null;
  const delayMs = Math.min(Math.max(retryAfterMs, SECOND), HOUR);
  return { kind: 'until', delayMs, reason };
}
