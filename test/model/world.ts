import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { ACCOUNT_DEFAULTS, type Account } from '../../src/domain/account.js';
import type { Receipt } from '../../src/domain/callback.js';
import { DAY, MINUTE } from '../../src/domain/time.js';
import { ValidationError } from '../../src/errors.js';
import { enqueue } from '../../src/producer/enqueue.js';
import type { EnqueueRequest } from '../../src/producer/read-request.js';
import { createAmendStore } from '../../src/redis/amend-store.js';
import { createAttemptStore } from '../../src/redis/attempt-store.js';
import { renewBudget } from '../../src/redis/budget.js';
import { createCallbackStore } from '../../src/redis/callback-store.js';
import { createDeliveryStore } from '../../src/redis/delivery-store.js';
import { readDelivery } from '../../src/redis/delivery-view.js';
import { setGate } from '../../src/redis/gate.js';
import { accountKeys } from '../../src/redis/keys.js';
import { wakeRemoved } from '../../src/redis/removed.js';
import { walkOn } from '../../src/redis/walk.js';
import { sweep } from '../../src/worker/sweep.js';
import { createWalk } from '../../src/worker/walk.js';
import { createQueuedWalk } from '../../src/worker/walk-queued.js';
import { PLAIN } from '../support/sealing.js';
import { type Actor, createActor } from './actor.js';
import { createModelProvider, FATES, type Taken } from './model-provider.js';
import { createModelQueue } from './model-queue.js';
import { LOUD, SILENT } from './silent-observer.js';
import type { Tape } from './tape.js';
import { clockKey, withVirtualTime } from './virtual-time.js';
import { work } from './work.js';

export const FROM = '972771234567';
export const PREFIX = 'model';
export const NUMBERS = ['972500000001', '972500000002', '972500000003'] as const;
/** The second client's other name. */
export const FROM_ID = 'IL.1605856887361213';
export const PER_DAY = 3;
/** Slow enough to be met. */
export const PER_SECOND = 2;
const HISTORY_LAG_MS = 2 * MINUTE;
const START = Date.UTC(2027, 0, 15, 8);

export type Planned = {
  readonly id: string;
  readonly to: string;
  readonly sendAt: number;
  readonly request: EnqueueRequest & { readonly id: string };
};

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A small shop: its Redis, its provider, and processes that do nothing but what the schedule lets them do. */
export async function openWorld(
  { redis, bullQueue }: { readonly redis: Redis; readonly bullQueue: Queue },
  tape: Tape,
) {
  const keys = accountKeys(PREFIX, FROM);
  let clock = START;
  let named = 0;
  let benign = false;
  let account = shop(PER_DAY);
  const now = () => clock;
  const newId = () => `n${++named}`;
  const planned = new Map<string, Planned>();
  const broken: string[] = [];
  /** Of each delivery, what it last reserved and the place at which it first joined its lane. */
  const reservations = new Map<string, string>();
  const joined = new Map<string, number>();
  /** Deliveries whose job somebody removed. */
  const removed = new Set<string>();
  let aliasKnownAt = Number.POSITIVE_INFINITY;

  await redis.flushall();
  await redis.set(clockKey(FROM), clock);
  const timed = withVirtualTime(redis, FROM);
  const shared = {
    redis: timed,
    prefix: PREFIX,
    retention: { recordMs: 30 * DAY, idMs: 60 * DAY },
    sealer: PLAIN,
  };
  const store = createDeliveryStore(shared);
  const amends = createAmendStore(shared);
  const attempts = createAttemptStore({ ...shared, random: () => 0.5 });
  const callbacks = createCallbackStore({ ...shared, isAccount: async (from) => from === FROM });
  const queue = createModelQueue(redis, keys, now);
  const walk = createWalk((part) => walkOn(timed, PREFIX, part));
  const walkQueued = createQueuedWalk((part) => wakeRemoved(timed, PREFIX, part));

  const provider = createModelProvider({
    now,
    fate: () => (benign || !tape.once(2) ? 'taken' : tape.pick(FATES)),
    historyAnswers: () => benign || !tape.once(5),
    canonical: (to) => (to === FROM_ID ? NUMBERS[1] : to),
    historyLagMs: HISTORY_LAG_MS - 1,
    onTaken: checkTaken,
  });

  function checkTaken({ id, at }: Taken): void {
    if (provider.taken().some((other) => other.id === id)) broken.push(`${id} was taken twice`);
    if (at < (planned.get(id)?.sendAt ?? 0)) broken.push(`${id} was taken before its time`);
  }

  // Most clients have written before anybody listened.
  for (const number of NUMBERS) if (!tape.once(4)) provider.writes(number);

  const works = {
    account: () => account,
    store,
    attempts,
    queue,
    provider,
    now,
    newId,
    bullQueue,
    historyLagMs: HISTORY_LAG_MS,
  };
  const actors: Actor[] = [];

  async function start(kind: Kind, task: (as: Actor) => Promise<void>): Promise<void> {
    const started = createActor(`${kind}-${newId()}`);
    actors.push(started);
    await started.start(() => task(started));
  }

  return {
    redis,
    keys,
    now,
    planned,
    provider,
    queue,
    broken,
    reservations,
    joined,
    removed,
    actors,
    account: () => account,
    busy: () => actors.filter((each) => each.busy()),
    aliasKnownAt: () => aliasKnownAt,

    async advance(ms: number): Promise<void> {
      clock += ms;
      await redis.set(clockKey(FROM), clock);
      provider.arrive();
    },

    startWorker: () => start('worker', (as) => work(as, works)),

    startSweep: () =>
      start('sweeper', async (as) => {
        const deps = { store: as.gated(store), attempts: as.gated(attempts) };
        await sweep(account, { ...deps, observer: SILENT, log: LOUD });
        await as.gate(() => walk(FROM));
        await as.gate(() => walkQueued(FROM));
        await as.gate(() => renewBudget(timed, PREFIX, { from: FROM, budget: account.budget, now: now() }));
      }),

    /** An app enqueues, or asks again with the same id. */
    startEnqueue: (request: EnqueueRequest & { readonly id: string }) =>
      start('app', async (as) => {
        const stores = { store: as.gated(store), amends: as.gated(amends), queues: as.gated(queue.queues) };
        const asked = enqueue(request, {
          ...stores,
          now,
          sealer: PLAIN,
          read: (by) => as.gate(() => readDelivery(timed, PREFIX, { ...by, sealer: PLAIN })),
          findAccount: async () => account,
        });
        await asked.catch((error: unknown) => {
          // Asked again when it has expired.
          if (!(error instanceof ValidationError)) throw error;
        });
      }),

    startCancel: ({ id, to }: Planned) =>
      start('app', async (as) => {
        const ref = { from: FROM, id, to };
        await as.gate(() => store.conclude(ref, { status: 'cancelled', reason: 'cancelled' }));
      }),

    /** Somebody removes a job that is in nobody's hands. */
    async removeJob({ id }: Planned): Promise<void> {
      if ((await queue.queues.remove(FROM, `d-${id}`)) === 'removed') removed.add(id);
    },

    /** A client writes; the second one shows one of its names, or both. */
    async inbound(number: string, shown: 'number' | 'from_id' | 'both' = 'number', times = 1): Promise<void> {
      provider.writes(number);
      const callback = {
        kind: 'inbound' as const,
        account: FROM,
        number: shown === 'from_id' ? null : number,
        fromId: shown === 'number' ? null : FROM_ID,
        unique: newId(),
        timestamp: now(),
        windowLeftMs: null,
        quotedUnique: null,
      };
      if (shown === 'both') aliasKnownAt = Math.min(aliasKnownAt, now());
      for (let time = 0; time < times; time += 1) await callbacks.applyInbound(callback);
    },

    async receipt({ unique, client }: Taken, receipt: Receipt): Promise<void> {
      const about = { account: FROM, recipient: client, unique, code: null, reason: null, timestamp: null };
      await callbacks.applyReceipt({ kind: 'receipt', ...about, receipt });
    },

    async openGate(): Promise<void> {
      await setGate(timed, PREFIX, { from: FROM, state: 'open', reason: '' });
      await queue.queues.resume(FROM);
    },

    /** Jobs whose process is dead come back, and now and then one whose process lives. */
    stall: (also: (token: string) => boolean) => {
      const alive = new Set(actors.filter((each) => each.busy()).map(({ name }) => name));
      return queue.stall((token) => !alive.has(token) || also(token));
    },

    /** From now on nothing goes wrong, and there is budget for all. */
    turnBenign(): void {
      benign = true;
      account = shop(null);
    },
  };
}

type Kind = 'worker' | 'sweeper' | 'app';

function shop(perDay: number | null): Account {
  return {
    ...ACCOUNT_DEFAULTS,
    from: FROM,
    name: 'shop',
    ratePerSecond: PER_SECOND,
    pairBurst: 3,
    budget: { perDay, perMonth: null, timeZone: 'UTC' },
    template: { name: 'file', variables: [] },
  };
}
