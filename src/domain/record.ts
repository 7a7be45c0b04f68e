import type { Status } from './status.js';

/** Durations that records live by, in milliseconds. */
export type Retention = { readonly recordMs: number; readonly idMs: number };

export type Accepted =
  | { readonly kind: 'new'; readonly status: Status }
  /** The same request was here before, by a job of this time (epoch ms); null where only its id is remembered. */
  | { readonly kind: 'again'; readonly status: Status; readonly jobAt: number | null }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused' };
