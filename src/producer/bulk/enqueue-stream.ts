import { UnavailableError } from '../../errors.js';
import type { EnqueuedOrError } from '../enqueue.js';
import { type MakeId, randomId } from '../read-request.js';
import { inBatches } from './batches.js';
import { type BatchDeps, startBatch } from './enqueue-batch.js';
import type { BulkAnswer, BulkRecord } from './record.js';
import { settled } from './settled.js';

/**
 * So many records go to Redis at once: it is busy with them for a few milliseconds. What it writes meanwhile it keeps
 * until their end, for its file and its replicas, and more of that would not fit into a processor's cache.
 */
const BATCH = 50;
/** While Redis works at some, the next are validated and the last answered. */
const MOST_IN_FLIGHT = 6;

/** A Redis that has answered before may be slow for a moment: a batch of it is asked for again. */
const TRIES = 4;

export type StreamOptions = {
  readonly deps: BatchDeps;
  /** Default: a random id for each that brings none. */
  readonly makeId?: MakeId;
  /** Redis has just answered; default: that is not known, and a first batch that it does not answer is not insisted on. */
  readonly wasThere?: boolean;
};

type Arrived<Source extends BulkRecord> =
  | { readonly kind: 'read'; readonly batch: readonly Source[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'answered'; readonly answers: readonly BulkAnswer<Source>[] };

/**
 * Takes in records as they come and answers them in their order, as soon as it can; it reads on only as its answers
 * are taken. Once Redis is away nothing more is tried: what follows is answered as unavailable.
 */
export async function* enqueueStream<Source extends BulkRecord>(
  source: AsyncIterable<readonly Source[]>,
  { deps, makeId = randomId, wasThere = false }: StreamOptions,
): AsyncGenerator<readonly BulkAnswer<Source>[], void, undefined> {
  const batches = inBatches(source, BATCH);
  const inFlight: Promise<Arrived<Source>>[] = [];
  let next: Promise<Arrived<Source>> | null = read(batches);
  let [isThere, away] = [wasThere, false];
  try {
    while (next !== null || inFlight.length > 0) {
      const mayRead: boolean = next !== null && inFlight.length < MOST_IN_FLIGHT;
      const awaited = [...(next !== null && mayRead ? [next] : []), ...inFlight.slice(0, 1)];
      const arrived = await Promise.race(awaited);
      if (arrived.kind === 'end') next = null;
      else if (arrived.kind === 'read') {
        const { batch } = arrived;
        const options = { deps, makeId, tries: isThere ? TRIES : 1 };
        const answers = away ? unavailable(batch) : (await startBatch(batch, options)).answers;
        inFlight.push(answered(batch, answers));
        next = read(batches);
      } else {
        void inFlight.shift();
        away ||= arrived.answers.some(isUnavailable);
        isThere ||= !away && arrived.answers.length > 0;
        yield arrived.answers;
      }
    }
  } finally {
    // Not awaited: a source that stands still would keep whoever has had enough.
    batches.return(undefined).catch(() => undefined);
  }
}

function read<Source extends BulkRecord>(
  batches: AsyncGenerator<readonly Source[], void, undefined>,
): Promise<Arrived<Source>> {
  return settled(
    batches
      .next()
      .then(({ done, value }) => (done === true ? { kind: 'end' } : { kind: 'read', batch: value })),
  );
}

function answered<Source extends BulkRecord>(
  batch: readonly Source[],
  answers: Promise<readonly EnqueuedOrError[]>,
): Promise<Arrived<Source>> {
  const pair = (answer: EnqueuedOrError, index: number): readonly BulkAnswer<Source>[] => {
    const record = batch[index];
    return record === undefined ? [] : [{ record, answer }];
  };
  return settled(answers.then((all) => ({ kind: 'answered', answers: all.flatMap(pair) })));
}

async function unavailable(batch: readonly BulkRecord[]): Promise<readonly EnqueuedOrError[]> {
  return batch.map((record) => ('error' in record ? record : { error: new UnavailableError() }));
}

function isUnavailable({ answer }: BulkAnswer<BulkRecord>): boolean {
  return 'error' in answer && answer.error instanceof UnavailableError;
}
