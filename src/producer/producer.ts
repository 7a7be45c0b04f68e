import type { Status } from '../domain/status.js';
import { IllegalStateError, NotFoundError, WaybillError } from '../errors.js';
import type { PublishedAccount } from '../redis/accounts.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { enqueueStream } from './bulk/enqueue-stream.js';
import { type BulkAnswer, type BulkOptions, type BulkRecord, withSummary } from './bulk/record.js';
import { createContentIds } from './content-id.js';
import { type EnqueueDeps, type Enqueued, type EnqueuedOrError, enqueue } from './enqueue.js';
import { type EventsDeps, type EventsOptions, type ReadEvent, readEvents } from './events.js';
import type { EnqueueRequest } from './read-request.js';
import { patiently } from './unavailable.js';
import { type WaitOptions, waitFor } from './watch.js';

export type ProducerDeps = EnqueueDeps & {
  readonly accounts: () => Promise<readonly PublishedAccount[]>;
  /** Resolves when Redis can be asked. */
  readonly ready: (withinMs: number) => Promise<void>;
  readonly follow: EventsDeps['follow'];
};

/** `from` narrows to one account, `among` to several; each by number or name. */
export type Narrow = { readonly from?: string; readonly among?: readonly string[] };

export type Producer = ReturnType<typeof createProducer>;

/** What an app can do with deliveries. Every call fails with UnavailableError within a second of asking. */
export function createProducer(deps: ProducerDeps) {
  const onRedis = patiently(deps.ready);

  async function find(id: string, { from, among }: Narrow): Promise<DeliveryView> {
    const accounts = await deps.accounts();
    const seen = accounts.filter((account) =>
      [from === undefined ? undefined : [from], among].every(
        (names) => names === undefined || names.includes(account.from) || names.includes(account.name),
      ),
    );
    const found = await Promise.all(seen.map((account) => deps.read({ from: account.from, id })));
    const [view, other] = found.filter((each) => each !== null);
    if (view === undefined) throw new NotFoundError(id);
    if (other !== undefined)
      throw new WaybillError('AMBIGUOUS_ID', 'Two accounts have this id: name the account');
    return view;
  }

  return {
    enqueue: (request: EnqueueRequest): Promise<Enqueued> => onRedis(() => enqueue(request, deps)),

    /** Takes many; each answer stands at its request's place. Order inside a conversation is the array's. */
    async enqueueMany(requests: readonly EnqueueRequest[]): Promise<readonly EnqueuedOrError[]> {
      const answers: EnqueuedOrError[] = [];
      for await (const some of enqueueStream(records(requests), { deps })) {
        for (const { answer } of some) answers.push(answer);
      }
      return answers;
    },

    /**
     * Takes records as they come, any number of them in bounded memory, and answers them in their order. One without
     * an id gets one out of what it asks for: the same records again are the same deliveries, and in another `run` new
     * ones.
     */
    enqueueStream: <Source extends BulkRecord>(
      source: AsyncIterable<readonly Source[]>,
      { run, onSummary }: BulkOptions = {},
    ): AsyncIterable<readonly BulkAnswer<Source>[]> => {
      const answers = enqueueStream(source, { deps, makeId: createContentIds(run), wasThere: true });
      return onSummary === undefined ? answers : withSummary(answers, onSummary);
    },

    get: (id: string, narrow: Narrow = {}): Promise<DeliveryView> => onRedis(() => find(id, narrow)),

    /** Resolves at the status or a better one; rejects on an end that is not, or after `timeoutMs`. */
    async wait(id: string, until: Status, options: WaitOptions & Narrow): Promise<DeliveryView> {
      const { from } = await onRedis(() => find(id, options));
      return waitFor({ id, until }, () => onRedis(() => deps.read({ from, id })), options);
    },

    /**
     * Cancels a delivery that is not being sent.
     * @throws IllegalStateError once its attempt has begun, or after the end
     */
    async cancel(id: string, narrow: Narrow = {}): Promise<void> {
      await onRedis(async () => {
        const view = await find(id, narrow);
        const end = await deps.store.conclude(view, { status: 'cancelled', reason: 'cancelled' });
        if (!end.done) throw new IllegalStateError('cancel', end.status ?? view.status);
      });
    },

    /** What becomes of deliveries and accounts, as it comes; resumes where a reader was cut. */
    events: (asked: EventsOptions = {}): AsyncIterable<ReadEvent> => readEvents(asked, { ...deps, onRedis }),
  };
}

async function* records(
  requests: readonly EnqueueRequest[],
): AsyncGenerator<readonly BulkRecord[], void, undefined> {
  yield requests.map((request) => ({ request }));
}
