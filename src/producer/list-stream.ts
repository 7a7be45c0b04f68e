import type { DeliveryRow, Step, StepAsked } from '../redis/lists.js';
import { isAfter, type Place, tagOf } from './cursor.js';

/** A delivery and its place in the list. */
export type Placed = Place & { readonly row: DeliveryRow };

/** One account's deliveries, newest first, read step by step. */
export type Stream = ReturnType<typeof openStream>;

export type StreamOptions = {
  readonly asked: Omit<StepAsked, 'atMost' | 'most'>;
  /** Only what comes after it. */
  readonly start: Place;
  /** Deliveries of the first step; the next ones grow. */
  readonly most: number;
  readonly readStep: (asked: StepAsked) => Promise<Step>;
};

const LONGEST_STEP = 500;

export function openStream({ asked, start, most: firstMost, readStep }: StreamOptions) {
  const tag = tagOf(asked.from);
  let [after, most, isLast] = [start, firstMost, false];
  let buffer: Placed[] = [];

  return {
    head: (): Placed | undefined => buffer[0],

    /** Whether its head is known, or that it has none. */
    isFilled: (): boolean => buffer.length > 0 || isLast,

    take(): void {
      after = buffer.shift() ?? after;
    },

    /** Reads one step, where none is left to take. */
    async fill(): Promise<void> {
      if (buffer.length > 0 || isLast) return;
      const step = await readStep({ ...asked, atMost: after.createdAt, most });
      const placed = step.rows.map((row) => ({ createdAt: row.createdAt, id: row.id, tag, row }));
      // Of those that were created in one millisecond, the first may have been taken already.
      buffer = placed.filter((each) => isAfter(each, after));
      isLast = step.isLast;
      // Grows beyond its usual length only where it would find nothing but those.
      most =
        buffer.length === 0 && placed.length > 0
          ? most * 2
          : Math.min(most * 2, Math.max(most, LONGEST_STEP));
    },
  };
}

/** Takes the newest of all heads. */
export function takeNewest(streams: readonly Stream[]): Placed | undefined {
  let newest: Stream | undefined;
  for (const stream of streams) {
    const [head, best] = [stream.head(), newest?.head()];
    if (head !== undefined && (best === undefined || isAfter(best, head))) newest = stream;
  }
  const head = newest?.head();
  newest?.take();
  return head;
}
