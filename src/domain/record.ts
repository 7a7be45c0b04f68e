import type { Status } from './status.js';

/** Durations that records live by, in milliseconds. */
export type Retention = { readonly recordMs: number; readonly idMs: number };

export type Accepted =
  /** The same request was here before, where it is not new. */
  | { readonly kind: 'new' | 'again'; readonly status: Status }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused' };
