import type { Accepted } from '../../domain/record.js';
import { UnavailableError, WaybillError } from '../../errors.js';
import { answerOf, type EnqueueDeps, type EnqueuedOrError } from '../enqueue.js';
import type { MakeId, ReadRequest } from '../read-request.js';
import { insist, orUnavailable, patiently } from '../unavailable.js';
import { readBatch, type Slot } from './read-batch.js';
import type { BulkRecord } from './record.js';
import { settled } from './settled.js';

export type BatchDeps = EnqueueDeps & {
  /** Resolves when Redis can be asked. */
  readonly ready: (withinMs: number) => Promise<void>;
};

/** A batch on its way; each answer stands at its record's place. */
export type Batch = { readonly answers: Promise<readonly EnqueuedOrError[]> };

export type BatchOptions = {
  readonly deps: BatchDeps;
  readonly makeId: MakeId;
  /** So often Redis is asked for the same before it counts as away. */
  readonly tries: number;
};

/**
 * Takes in a batch in one round trip to each account, however many it holds. Resolves once that is on its way, so that a
 * batch begun after it comes after it in every lane.
 */
export async function startBatch(records: readonly BulkRecord[], options: BatchOptions): Promise<Batch> {
  const { deps, makeId, tries } = options;
  const onRedis = patiently(deps.ready);
  let slots: readonly Slot[] = records.map((record) => ('error' in record ? record : UNAVAILABLE));
  try {
    slots = await insist(tries, () => onRedis(() => readBatch(records, deps, makeId)));
    const accepting = await orUnavailable(() => startAccepting(slots, deps));
    return { answers: finish(slots, accepting, options) };
  } catch (error) {
    return { answers: Promise.resolve(withoutRedis(slots, error)) };
  }
}

const UNAVAILABLE = { error: new UnavailableError() };

type Taken = { readonly read: ReadRequest; readonly accepted: Accepted };
type Accepting = { readonly answers: Promise<readonly Taken[]> };

/** Each account's requests in one call, in their order. */
async function startAccepting(slots: readonly Slot[], { store }: BatchDeps): Promise<Accepting> {
  const reads = slots.flatMap((slot) => ('read' in slot ? [slot.read] : []));
  const accounts = [...new Set(reads.map(({ delivery }) => delivery.from))];
  const accepting = await Promise.all(
    accounts.map(async (from) => {
      const own = reads.filter(({ delivery }) => delivery.from === from);
      const { answers } = await store.acceptMany(own);
      return { own, answers: settled(answers) };
    }),
  );
  const taken = accepting.map(async ({ own, answers }) => pair(own, await answers));
  return { answers: settled(Promise.all(taken).then((each) => each.flat())) };
}

function pair(reads: readonly ReadRequest[], answers: readonly Accepted[]): readonly Taken[] {
  return answers.flatMap((accepted, index) => {
    const read = reads[index];
    return read === undefined ? [] : [{ read, accepted }];
  });
}

async function finish(
  slots: readonly Slot[],
  first: Accepting,
  { deps, tries }: BatchOptions,
): Promise<readonly EnqueuedOrError[]> {
  const onRedis = patiently(deps.ready);
  try {
    const taken = await insist(tries, (tried) =>
      tried === 0
        ? orUnavailable(() => first.answers)
        : // Under the ids that they have by now.
          onRedis(async () => ownAsNew(await (await startAccepting(slots, deps)).answers)),
    );
    const answers = await insist(tries, () =>
      onRedis(() => Promise.all(taken.map(({ read, accepted }) => answerOf(read, accepted, deps)))),
    );
    const answered = new Map(taken.map(({ read }, index) => [read, answers[index]]));
    return slots.map((slot) => ('read' in slot ? (answered.get(slot.read) ?? UNAVAILABLE) : slot));
  } catch (error) {
    return withoutRedis(slots, error);
  }
}

/** What an earlier question of this batch has added, whose answer never came, is no duplicate: its job has the same time. */
function ownAsNew(taken: readonly Taken[]): readonly Taken[] {
  const met = new Set<string>();
  return taken.map(({ read, accepted }) => {
    const { id } = read.delivery;
    const isOwn = accepted.kind === 'again' && accepted.jobAt === read.job.timestamp && !met.has(id);
    met.add(id);
    return { read, accepted: isOwn ? { kind: 'new', status: accepted.status } : accepted };
  });
}

/** What was found wrong with a record stays its answer; all others get the error. */
function withoutRedis(slots: readonly Slot[], error: unknown): readonly EnqueuedOrError[] {
  if (!(error instanceof WaybillError)) throw error;
  return slots.map((slot) => ('read' in slot || slot === UNAVAILABLE ? { error } : slot));
}
