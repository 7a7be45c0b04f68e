import type { WaybillError } from '../../errors.js';
import type { EnqueuedOrError } from '../enqueue.js';

/** One of many requests as it was read: not yet validated, or already known to be none. */
export type BulkRecord = { readonly request: unknown } | { readonly error: WaybillError };

/** What became of a record; it comes back as it was given, whatever else it carries. */
export type BulkAnswer<Source extends BulkRecord> = {
  readonly record: Source;
  readonly answer: EnqueuedOrError;
};
