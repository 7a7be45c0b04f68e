import { createInTurn } from './in-turn.js';
import { createSegment, type Segment, SegmentTakenError } from './segment.js';
import type { Sizes } from './sizes.js';

export const SEGMENT_ENDING = '.spool';
/** Small enough to be read at once, and again from its beginning after an interruption. */
const SEGMENT_BYTES = 1024 * 1024;

export type WriterOptions = {
  /** This process's own; nobody else makes files in it. */
  readonly folder: string;
  /** Part of each segment's name, so that none is ever used twice. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** Appends lines to one segment after the other. */
export type Writer = {
  /** Bytes that are not on disk yet. */
  readonly waitingBytes: number;
  /** Resolves when the line is on disk; those that come meanwhile go there together. @throws what the disk says */
  append(line: Buffer): Promise<void>;
  /** Begins no more in this segment, should it be the present one, or in whichever that is. */
  end(name?: string): Promise<void>;
};

type Waiting = { readonly line: Buffer; readonly done: (error?: unknown) => void };

export function createWriter(options: WriterOptions, sizes: Sizes): Writer {
  const inTurn = createInTurn();
  const segments = createSegments(options, sizes);
  let waiting: Waiting[] = [];
  let waitingBytes = 0;

  async function writeWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    const lines = Buffer.concat(batch.map(({ line }) => line));
    const error = await segments.write(lines).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    waitingBytes -= lines.length;
    for (const { done } of batch) done(error);
  }

  return {
    get waitingBytes() {
      return waitingBytes;
    },
    append: (line) =>
      new Promise((resolve, reject) => {
        const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        waitingBytes += line.length;
        if (waiting.push({ line, done }) === 1) void inTurn(writeWaiting);
      }),
    end: (name) => inTurn(() => segments.end(name)),
  };
}

/** One segment at a time is written to; what is asked of them is asked in turn. */
function createSegments({ folder, id, now }: WriterOptions, sizes: Sizes) {
  let current: Segment | undefined;
  let made = 0;

  async function end(name = current?.name): Promise<void> {
    if (current === undefined || current.name !== name) return;
    const ended = current;
    current = undefined;
    await ended.close();
  }

  async function begin(): Promise<Segment> {
    made += 1;
    return createSegment(folder, segmentName(now(), made, id));
  }

  async function writeOnce(bytes: Buffer): Promise<void> {
    current ??= await begin();
    await current.append(bytes);
    sizes.set(current.name, current.bytes);
    if (current.bytes >= SEGMENT_BYTES) await end();
  }

  /** After a failure the segment is ended; one that was taken over is others' now, and another is begun. */
  async function write(bytes: Buffer): Promise<void> {
    try {
      await writeOnce(bytes);
    } catch (error) {
      const name = current?.name ?? '';
      await end();
      if (!(error instanceof SegmentTakenError)) throw error;
      sizes.set(name, 0);
      await writeOnce(bytes);
    }
  }

  return { write, end };
}

/** In the order of their making, by name; those of other processes fit in as far as clocks agree. */
function segmentName(at: number, made: number, id: string): string {
  return `${String(at).padStart(15, '0')}-${String(made).padStart(6, '0')}-${id}${SEGMENT_ENDING}`;
}
