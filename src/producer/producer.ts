import { type Actor, type Signature, signed } from '../domain/operation.js';
import type { PublishedAccount } from '../domain/published-account.js';
import type { Status } from '../domain/status.js';
import { IllegalStateError, NotFoundError, UnknownAccountError, WaybillError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import {
  checkLookup,
  checkRecords,
  checkRequests,
  checkSignature,
  checkSource,
  checkWait,
} from './arguments.js';
import { enqueueStream } from './bulk/enqueue-stream.js';
import { type BulkAnswer, type BulkOptions, type BulkRecord, withSummary } from './bulk/record.js';
import { createContentIds } from './content-id.js';
import { type EnqueueDeps, type Enqueued, type EnqueuedOrError, enqueue } from './enqueue.js';
import { type EventsAsked, type EventsDeps, type ReadEvent, readEvents } from './events.js';
import type { EnqueueRequest } from './read-request.js';
import { whileOpen } from './unavailable.js';
import { type WaitOptions, waitFor } from './watch.js';

type NamedAccount = Pick<PublishedAccount, 'from' | 'name'>;

export type ProducerDeps = Omit<EnqueueDeps, 'accounts'> & {
  readonly accounts: () => Promise<readonly NamedAccount[]>;
  /** Resolves when Redis can be asked. */
  readonly ready: (withinMs: number) => Promise<void>;
  /** Whether this client was closed: what fails then says so. */
  readonly isClosed: () => boolean;
  readonly follow: EventsDeps['follow'];
  /** Who asks, where a call does not say. */
  readonly signature: Signature;
};

/** Where a delivery is looked for; default: in every account. An id is unique in its account alone. */
export type Narrow = {
  /** The account's number or name. */
  readonly from?: string;
  /** Several accounts, each by number or name. */
  readonly among?: readonly string[];
};

/**
 * What an app can do with deliveries. Every call rejects with `UnavailableError` within a second of asking where Redis
 * is away, and with `ClosedError` after `close()`. What is no argument at all is a `ValidationError`. `View`: what
 * `get` and `wait` give of a delivery.
 */
export type Producer<View> = {
  /**
   * Takes a request. Safe to repeat with the same id: the same again is the same delivery.
   * @throws ValidationError with every fault of the request
   * @throws UnknownAccountError where `from` is no account, and nothing else is wrong
   * @throws IdempotencyConflictError when the id belongs to a delivery with another payload
   */
  enqueue(request: EnqueueRequest): Promise<Enqueued>;

  /**
   * Takes many; each answer stands at its request's place, an error too. Order inside a conversation is the array's.
   */
  enqueueMany(requests: readonly EnqueueRequest[]): Promise<readonly EnqueuedOrError[]>;

  /**
   * Takes records as they come, any number of them in bounded memory, and answers them in their order. One without
   * an id gets one out of what it asks for: the same records again are the same deliveries, and in another `run` new
   * ones.
   */
  enqueueStream<Source extends BulkRecord>(
    source: AsyncIterable<readonly Source[]>,
    options?: BulkOptions,
  ): AsyncIterable<readonly BulkAnswer<Source>[]>;

  /**
   * A delivery, with its timeline and attempts.
   * @throws NotFoundError, UnknownAccountError
   * @throws WaybillError `AMBIGUOUS_ID` when several accounts have the id
   */
  get(id: string, narrow?: Narrow): Promise<View>;

  /**
   * Resolves at the status or a better one: `read` is better than `delivered`.
   * @throws IllegalStateError when the delivery ended otherwise; `reason` and the message say why
   * @throws WaitTimeoutError after `timeoutMs`, with the status that it had by then
   * @throws NotFoundError
   */
  wait(id: string, until: Status, options: WaitOptions & Narrow): Promise<View>;

  /**
   * Cancels a delivery that is not being sent; its timeline says who did it, from where and why.
   * @throws IllegalStateError once its attempt has begun, or after the end
   * @throws NotFoundError
   */
  cancel(id: string, options?: Narrow & Signature): Promise<void>;

  /**
   * What becomes of deliveries and accounts, as it comes; resumes where a reader was cut.
   * @throws ValidationError at the first step when `after` or `types` are none
   */
  events(asked?: EventsAsked): AsyncIterable<ReadEvent>;
};

export function createProducer(deps: ProducerDeps): Producer<DeliveryView> {
  const onRedis = whileOpen(deps);
  return {
    enqueue: (request) => onRedis(() => enqueue(request, deps)),

    async enqueueMany(requests) {
      checkRequests(requests);
      const answers: EnqueuedOrError[] = [];
      for await (const some of enqueueStream(records(requests), { deps })) {
        for (const { answer } of some) answers.push(answer);
      }
      return answers;
    },

    enqueueStream(source, options = {}) {
      checkSource(source, options);
      const { run, onSummary } = options;
      const answers = enqueueStream(checkRecords(source), {
        deps,
        makeId: createContentIds(run),
        wasThere: true,
      });
      return onSummary === undefined ? answers : withSummary(answers, onSummary);
    },

    get: (id, narrow = {}) => onRedis(() => find(id, narrow, deps)),

    async wait(id, until, options) {
      checkWait(id, until, options);
      const { from } = await onRedis(() => find(id, options, deps));
      return waitFor({ id, until }, () => onRedis(() => deps.read({ from, id })), options);
    },

    async cancel(id, options = {}) {
      checkSignature(options);
      const by = signed(options, deps.signature);
      await onRedis(async () => cancel(await find(id, options, deps), by, deps));
    },

    events: (asked = {}) => readEvents(asked, { ...deps, onRedis }),
  };
}

async function find(id: string, narrow: Narrow, deps: ProducerDeps): Promise<DeliveryView> {
  checkLookup(id, narrow);
  const { from, among } = narrow;
  const accounts = await deps.accounts();
  const seen = accounts.filter((account) =>
    [from === undefined ? undefined : [from], among].every(
      (names) => names === undefined || names.includes(account.from) || names.includes(account.name),
    ),
  );
  if (from !== undefined && seen.length === 0) throw unknownAccount(from, among, accounts);
  const read = await Promise.all(seen.map((account) => deps.read({ from: account.from, id })));
  const [view, ...others] = read.filter((each) => each !== null);
  if (view === undefined) throw new NotFoundError(id);
  if (others.length === 0) return view;
  const names = seen.filter((_, index) => read[index] !== null).map(({ name }) => name);
  throw new WaybillError('AMBIGUOUS_ID', `Several accounts have this id: name one of ${names.join(', ')}`);
}

/** `among`: of others nothing is told. */
function unknownAccount(
  from: string,
  among: Narrow['among'],
  accounts: readonly NamedAccount[],
): UnknownAccountError {
  const told = accounts.filter(
    (account) => among === undefined || among.includes(account.from) || among.includes(account.name),
  );
  return new UnknownAccountError(from, { known: told.map(({ name }) => name) });
}

/** @throws IllegalStateError */
export async function cancel(
  delivery: DeliveryRef & { readonly status: Status },
  by: Actor,
  { store }: Pick<ProducerDeps, 'store'>,
): Promise<void> {
  const end = await store.conclude(delivery, { status: 'cancelled', reason: 'cancelled', by });
  if (end.done) return;
  const detail = 'only one that is not being sent can be cancelled';
  throw new IllegalStateError('cancel', end.status ?? delivery.status, { detail });
}

async function* records(
  requests: readonly EnqueueRequest[],
): AsyncGenerator<readonly BulkRecord[], void, undefined> {
  yield requests.map((request) => ({ request }));
}
