import type { WaybillError } from '../../errors.js';
import type { EnqueuedOrError } from '../enqueue.js';

/** One of many requests as it was read: not yet validated, or already known to be none. */
export type BulkRecord =
  | {
      /** The request, an `EnqueueRequest` if all is well. */
      readonly request: unknown;
    }
  | {
      /** Why it is none. */
      readonly error: WaybillError;
    };

/** The result for a record; it comes back as it was given, whatever else it carries. */
export type BulkAnswer<Source extends BulkRecord> = {
  /** The record as it was given. */
  readonly record: Source;
  /** The result. */
  readonly answer: EnqueuedOrError;
};

/** How a stream of records is taken. */
export type BulkOptions = {
  /** Names this run: what brings no id is new in another run, though it asks for the same. */
  readonly run?: string | undefined;
  /** Told once everything has been answered. */
  readonly onSummary?: (summary: BulkSummary) => void;
};

/** The results of a batch, in numbers. */
export type BulkSummary = {
  /** New deliveries. */
  readonly taken: number;
  /** Were here before: nothing was added for them. */
  readonly duplicates: number;
  /** Requests with an error. */
  readonly refused: number;
};

/** Passes answers on, and counts them. */
export async function* withSummary<Source extends BulkRecord>(
  source: AsyncIterable<readonly BulkAnswer<Source>[]>,
  onSummary: (summary: BulkSummary) => void,
): AsyncGenerator<readonly BulkAnswer<Source>[], void, undefined> {
  const summary = { taken: 0, duplicates: 0, refused: 0 };
  for await (const answers of source) {
    for (const { answer } of answers) {
      if ('error' in answer) summary.refused += 1;
      else if (answer.duplicate) summary.duplicates += 1;
      else summary.taken += 1;
    }
    yield answers;
  }
  onSummary(summary);
}
