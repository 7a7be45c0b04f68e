import type { WaybillError } from '../../errors.js';
import type { EnqueuedOrError } from '../enqueue.js';

/** One of many requests as it was read: not yet validated, or already known to be none. */
export type BulkRecord = { readonly request: unknown } | { readonly error: WaybillError };

/** What became of a record; it comes back as it was given, whatever else it carries. */
export type BulkAnswer<Source extends BulkRecord> = {
  readonly record: Source;
  readonly answer: EnqueuedOrError;
};

export type BulkOptions = {
  /** Names this run: what brings no id is new in another run, though it asks for the same. */
  readonly run?: string | undefined;
  /** Told once everything has been answered. */
  readonly onSummary?: (summary: BulkSummary) => void;
};

/** What became of a batch, in numbers. */
export type BulkSummary = {
  readonly taken: number;
  /** Were here before: nothing was added for them. */
  readonly duplicates: number;
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
