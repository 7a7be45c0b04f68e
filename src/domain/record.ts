import type { Status } from './status.js';

/** Durations that records live by, in milliseconds. */
export type Retention = { readonly recordMs: number; readonly idMs: number };

export type Accepted =
  | { readonly kind: 'new'; readonly delayMs: number; readonly status: Status }
  /** The same request was here before; `jobAt` is its job's time (epoch ms) while that was never seen in the queue. */
  | { readonly kind: 'again'; readonly status: Status; readonly jobAt: number | null }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused' };
