import type { Status } from './status.js';

/** Durations that records live by, in milliseconds. */
export type Retention = { readonly recordMs: number; readonly idMs: number };

export type Accepted =
  | { readonly kind: 'new'; readonly delayMs: number; readonly status: Status }
  /** The same request was here before; `request` is still set when its job was never seen in the queue. */
  | { readonly kind: 'again'; readonly status: Status; readonly request: string | null }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused' };
