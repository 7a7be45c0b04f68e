import type { Account } from '../domain/account.js';
import type { GateChange } from '../domain/aftermath.js';
import { FAILURES_ALLOWED, healthOf } from '../domain/breaker.js';
import type { Actor } from '../domain/operation.js';
import type { Outcome } from '../domain/outcome.js';
import { isStatus, RECEIPT_PRECEDENCE, type Status, UNCONFIRMED_MS } from '../domain/status.js';
import { type BreakerMove, breakerArgs, readBreakerMove } from './breaker.js';
import { accountKeys } from './keys.js';
import { readRemembered } from './met.js';
import { acceptanceArgs, gateArgs, oneLine, tellerArgs } from './outcome-args.js';
import { type Reply, unexpectedReply } from './reply.js';
import {
  type Args,
  createRunOnDelivery,
  type DeliveryRef,
  type RunOnDelivery,
  type StoreOptions,
} from './run-on-delivery.js';

/** The attempt no longer owns the record: another writer was there first, and what it wrote stands. */
export type Stale = { readonly kind: 'stale'; readonly status: Status | null };

export type Settled =
  | Stale
  | {
      readonly kind: 'settled';
      readonly status: Status;
      /** Epoch milliseconds by Redis's clock. */
      readonly now: number;
      readonly dueAt: number;
      /** When the message opened a session; null when one was open. */
      readonly sessionOpenedAt: number | null;
      readonly breaker: BreakerMove;
    };

export type Postponed =
  | Stale
  | {
      readonly kind: 'postponed';
      readonly now: number;
      readonly windowCorrected: boolean;
      readonly breaker: BreakerMove;
    };

export type Doubted =
  | Stale
  | {
      readonly kind: 'unknown';
      readonly startedAt: number;
      readonly now: number;
      readonly breaker: BreakerMove;
    };

export type Attempt = DeliveryRef & { readonly attempt: string };

export type AttemptStoreOptions = StoreOptions & {
  /** In [0, 1). */
  readonly random: () => number;
};

export type AttemptStore = ReturnType<typeof createAttemptStore>;

/** What an attempt came to, written by compare-and-set on the attempt's id. */
export function createAttemptStore(options: AttemptStoreOptions) {
  const run = createRunOnDelivery(options);
  const acceptanceOf = (attempt: Attempt, outcome: Outcome) =>
    acceptanceArgs(attempt, outcome, options.sealer);
  const toldOf = (outcome: Pick<Outcome, 'kind' | 'reason'>) =>
    breakerArgs(healthOf(outcome), options.random);
  const unsaid = breakerArgs('none', options.random);
  const ending = (proof: 0 | 1) => (attempt: Attempt, outcome: Outcome, context: SettleContext) => {
    const breaker = proof === 1 ? unsaid : toldOf(outcome);
    const args = { acceptance: acceptanceOf(attempt, outcome), breaker, proof };
    return settle(run, { attempt, outcome, context, args });
  };
  return {
    /** The provider took the message, or never will. */
    settle: ending(0),

    /** The attempt came to nothing that counts; the delivery is tried again after the delay, or on an event. */
    postpone: (attempt: Attempt, outcome: Outcome, next: Postponement) =>
      postpone(run, { attempt, outcome, next, args: toldOf(outcome) }),

    /**
     * The process that asked for the attempt will never dispatch it, whether its claim was granted or not. False when
     * the record was no longer that attempt's.
     */
    async release(attempt: Attempt): Promise<boolean> {
      const args = toldOf(RELEASED);
      return (await postpone(run, { attempt, outcome: RELEASED, next: AT_ONCE, args })).kind === 'postponed';
    },

    /** The provider took the message, as its history shows; stale when another delivery has that message. */
    prove: ending(1),

    /** Notes that the history was asked and did not settle an unknown outcome. */
    noteAsked: async (attempt: Attempt, asked: Asked): Promise<void> =>
      void (await run('asked', attempt, {
        attempt: attempt.attempt,
        ...asked,
        absent: asked.absent ? 1 : 0,
      })),

    /** What is remembered of account errors, for one that the attempt has met. */
    remembered: (attempt: Attempt) => readRemembered(options.redis, options.prefix, attempt),

    /** Which of these messages belong to a delivery other than this one. */
    owned: (attempt: Attempt, uniques: readonly string[]) => owned(options, attempt, uniques),

    /** Counts an unconfirmed failure as one whose time is over; false where something else has come, or may yet. */
    presumeFailed: (ref: DeliveryRef) => presumeFailed(run, ref),

    /** Nobody can say what became of the attempt. */
    doubt: (attempt: Attempt, reason: string, detail: string) =>
      doubt(run, attempt, { reason, detail: oneLine(detail), ...toldOf({ kind: 'unknown', reason }) }),
  };
}

const RELEASED: Outcome = { kind: 'not_sent', reason: 'released', detail: 'never dispatched' };
const AT_ONCE = { status: 'waiting', reason: 'backoff', delayMs: 0, gate: null, counts: false } as const;

export type SettleContext = {
  readonly account: Pick<Account, 'billing'>;
  readonly reason: string;
  readonly gate: GateChange | null;
  readonly by?: Actor;
};

/** A reading of the history, with an id of its own. */
export type Asked = {
  readonly reading: string;
  /** It was complete and did not show the message. */
  readonly absent: boolean;
  readonly lagMs: number;
  /** In a word. */
  readonly found: string;
};

type Settling = {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly context: SettleContext;
  readonly args: {
    readonly acceptance: ReturnType<typeof acceptanceArgs>;
    readonly breaker: ReturnType<typeof breakerArgs>;
    readonly proof: 0 | 1;
  };
};

/** What every attempt's end is told alike. */
async function doubt(run: RunOnDelivery, attempt: Attempt, args: Args): Promise<Doubted> {
  const reply = await run(DOUBT, attempt, { attempt: attempt.attempt, ...args });
  if (reply.code === 'stale') return readStale(reply);
  if (reply.code !== 'unknown') return unexpectedReply('doubt', reply.code);
  const [startedAt, now, breaker] = [reply.number(1), reply.number(2), readBreakerMove(reply, 3)];
  return { kind: 'unknown', startedAt, now, breaker };
}

const RECEIPT_RULES = { precedence: RECEIPT_PRECEDENCE.join(' '), unconfirmedMs: UNCONFIRMED_MS };

async function presumeFailed(run: RunOnDelivery, ref: DeliveryRef): Promise<boolean> {
  const { code } = await run('presume', ref, RECEIPT_RULES);
  if (code === 'failed' || code === 'refuted' || code === 'early') return code === 'failed';
  return unexpectedReply('presume', code);
}

const shared = {
  ...RECEIPT_RULES,
  failuresAllowed: FAILURES_ALLOWED,
};
const SETTLE = { name: 'settle', shared };
const POSTPONE = { name: 'postpone', shared };
const DOUBT = { name: 'doubt', shared };

/** Spelled out: put together out of many objects' fields, the arguments would take longer than their call. */
async function settle(run: RunOnDelivery, { attempt, outcome, context, args }: Settling): Promise<Settled> {
  const { acceptance, breaker, proof } = args;
  const [told, gate] = [tellerArgs(outcome, context.by), gateArgs(context.gate)];
  const own = {
    outcome: told.outcome,
    reason: told.reason,
    detail: told.detail,
    attempt: attempt.attempt,
    why: context.reason,
    billed: context.account.billing === 'session' ? 1 : 0,
    proof,
    gateState: gate.gateState,
    gateMs: gate.gateMs,
    gateReason: gate.gateReason,
    uniqueId: acceptance.uniqueId,
    acceptedAt: acceptance.acceptedAt,
    windowLeftMs: acceptance.windowLeftMs,
    originalRequest: acceptance.originalRequest,
    health: breaker.health,
    closures: breaker.closures,
  };
  return readSettled(await run(SETTLE, attempt, own));
}

export type Postponement = {
  readonly status: 'waiting' | 'held';
  readonly reason: 'backoff' | 'account' | 'window';
  readonly delayMs: number;
  readonly gate: GateChange | null;
  /** False: the attempt is none of those that the delivery has; default true. */
  readonly counts?: boolean;
  readonly by?: Actor;
};

type Postponing = {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly next: Postponement;
  readonly args: Args;
};

async function postpone(
  run: RunOnDelivery,
  { attempt, outcome, next, args: told }: Postponing,
): Promise<Postponed> {
  const { status, reason: why, delayMs, gate } = next;
  const counts = next.counts === false ? 0 : 1;
  const args = { ...tellerArgs(outcome, next.by), ...gateArgs(gate), ...told, counts, status, why, delayMs };
  const reply = await run(POSTPONE, attempt, { attempt: attempt.attempt, ...args });
  if (reply.code === 'stale') return readStale(reply);
  if (reply.code !== 'postponed') return unexpectedReply('postpone', reply.code);
  const [now, windowCorrected] = [reply.number(1), reply.text(2) === '1'];
  return { kind: 'postponed', now, windowCorrected, breaker: readBreakerMove(reply, 3) };
}

async function owned(
  { redis, prefix }: StoreOptions,
  { from, id }: Attempt,
  uniques: readonly string[],
): Promise<ReadonlySet<string>> {
  if (uniques.length === 0) return new Set();
  const keys = accountKeys(prefix, from);
  const owners = await redis.mget(uniques.map((unique) => keys.unique(unique)));
  return new Set(uniques.filter((_, index) => owners[index] !== null && owners[index] !== id));
}

function readSettled(reply: Reply): Settled {
  if (reply.code === 'stale') return readStale(reply);
  const status = reply.text(1);
  if (reply.code !== 'settled' || !isStatus(status)) return unexpectedReply('settle', reply.code);
  const [now, dueAt, sessionOpenedAt] = [reply.number(2), reply.number(3), reply.numberOrNull(4)];
  return { kind: 'settled', status, now, dueAt, sessionOpenedAt, breaker: readBreakerMove(reply, 5) };
}

function readStale(reply: Reply): Stale {
  const status = reply.text(1);
  return { kind: 'stale', status: isStatus(status) ? status : null };
}
