import type { Account } from '../domain/account.js';
import { OTHERS_FIRST_MS } from '../domain/blame.js';
import { type Periods, periodsAt } from '../domain/budget.js';
import type { Claim } from '../domain/claim.js';
import type { Delivery, SendKind } from '../domain/delivery.js';
import type { Actor } from '../domain/operation.js';
import type { Accepted } from '../domain/record.js';
import type { Owner, Sealer } from '../domain/seal.js';
import type { HoldReason, Status, WaitReason } from '../domain/status.js';
import type { Recollection } from '../domain/window.js';
import { type Acceptance, acceptArgs, fingerprintArgs } from './accept-args.js';
import { acceptMany } from './accept-many.js';
import { budgetArgs } from './budget.js';
import {
  type Job,
  type Locked,
  type Look,
  readAccepted,
  readClaim,
  readLocked,
  readLook,
  readStatus,
} from './delivery-replies.js';
import { accountKeys } from './keys.js';
import { readReply, unexpectedReply } from './reply.js';
import {
  createRunOnDelivery,
  type DeliveryRef,
  type RunOnDelivery,
  type StoreOptions,
} from './run-on-delivery.js';
import { createScriptRunner } from './script.js';
import { operationFields } from './timeline.js';

/**
 * How far ahead the account's pace is booked: the sender sleeps that long at most. What workers that stood still let
 * go at once comes on top of the pace, so it stays at a tenth of a second's messages for each of them.
 */
const AHEAD_MS = 100;

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/** The delivery's record and lane: every script that moves a delivery outside of an attempt. */
export function createDeliveryStore(options: StoreOptions) {
  const { sealer } = options;
  const run = createRunOnDelivery(options);
  return {
    /** Takes a request in, and adds its job where there is none. */
    accept: (acceptance: Acceptance) => accept(run, acceptance, sealer),

    /** The same for many of one account at once; it resolves when they are on their way, in their order. */
    acceptMany: (many: readonly Acceptance[]) => acceptMany(options, many, (one) => accept(run, one, sealer)),

    /** Records that a job can never be sent, with the JSON of its errors; false when its id is taken. */
    refuse: (ref: DeliveryRef, job: Job, errors: string) => refuse(run, { ref, job, errors }),

    /** Asks for the right to send now. */
    claim: (delivery: Delivery, job: Job, asked: Asked) => claim(run, { delivery, job, asked }, sealer),

    /** Writes that a delivery waits or is held; `go` when the reason has just gone. */
    async park(ref: DeliveryRef, { status, reason: why }: Parking): Promise<'parked' | 'go' | 'ended'> {
      const { code } = await run('park', ref, { status, why });
      return code === 'parked' || code === 'go' || code === 'ended' ? code : unexpectedReply('park', code);
    },

    /** Writes what a look at the link found: when that was, or null when the delivery is not to be sent any more. */
    notePreflight: (ref: DeliveryRef, look: PreflightLook) => notePreflight(run, ref, look),

    /** Writes what the history told of the window of the delivery's conversation. */
    recall: (ref: DeliveryRef, told: Recollection) => recall(run, ref, told),

    /** Looks whether a delivery may go by now; its job is then at the front of the queue. */
    look: async (ref: DeliveryRef): Promise<Look> => readLook(await run('look', ref)),

    /** Ends a delivery that is not being sent. */
    conclude: (ref: DeliveryRef, to: Conclusion) => conclude(run, ref, to),

    /** Gives up asking about an unknown outcome: it stays unknown for good. */
    resign: async (ref: DeliveryRef): Promise<void> => void (await run('resign', ref)),

    /** Lets a delivery wait whose request cannot be read, unless something else became of it meanwhile. */
    lock: (owner: Owner, againMs: number) => lock(options, owner, againMs),

    /** A delivery by its id alone; null when nothing is known of it. */
    find: (from: string, id: string) => find(options, { from, id }),

    /** Whether the account's gate is closed until somebody opens it. */
    async isPaused(from: string): Promise<boolean> {
      const { gate } = accountKeys(options.prefix, from).fixed;
      return (await options.redis.hget(gate, 'state')) === 'paused';
    },

    /** The deliveries whose wake entry is due; those whose record has gone are dropped on the way. */
    overdue: (from: string, most: number) => overdue(options, from, most),
  };
}

/** One attempt, as it is asked for. */
export type Asked = {
  readonly account: Account;
  readonly attempt: string;
  readonly send: SendKind;
  /** From the claim until no sender can still be sending it. */
  readonly horizonMs: number;
  /** Epoch milliseconds: whose day and month the budget is. */
  readonly now: number;
  readonly maxAttempts: number;
  /** When a retry may ask again that has to wait for others. */
  readonly retryWaitMs: number;
  /** What stands for the link that must be looked at first; empty or absent: none. */
  readonly preflight?: string;
};

/** A look at a link, with an id of its own. */
export type PreflightLook = {
  readonly look: string;
  readonly link: string;
  readonly found: string;
  readonly detail: string;
  /** Looks at this link so far, this one included. */
  readonly looks: number;
  /** How long it counts. */
  readonly validMs: number;
  /** How long the delivery waits for the next one; null: it does not. */
  readonly againMs: number | null;
};

/** What a delivery waits for, or what it is held for. */
export type Parking =
  | { readonly status: 'waiting'; readonly reason: WaitReason }
  | { readonly status: 'held'; readonly reason: HoldReason };

type Conclusion = {
  readonly status: 'failed' | 'expired' | 'cancelled';
  readonly reason: string;
  /** Who cancels it. */
  readonly by?: Actor;
};

type Concluded = {
  readonly done: boolean;
  /** How the delivery stands; null when nothing is known of it. */
  readonly status: Status | null;
};

async function accept(run: RunOnDelivery, acceptance: Acceptance, sealer: Sealer): Promise<Accepted> {
  return readAccepted(await run('accept', acceptance.delivery, acceptArgs(acceptance, sealer)));
}

type Refusal = { readonly ref: DeliveryRef; readonly job: Job; readonly errors: string };

async function refuse(run: RunOnDelivery, { ref, job, errors }: Refusal): Promise<boolean> {
  const { code } = await run('accept', ref, {
    fingerprint: `invalid-${job.timestamp}`,
    otherFingerprints: '',
    job: job.id,
    jobAt: job.timestamp,
    sendAt: job.timestamp,
    expiresAt: job.timestamp,
    strict: 0,
    priority: 'normal',
    data: '',
    inHand: 1,
    metadata: '',
    refused: errors,
  });
  return code === 'refused' || code === 'again';
}

type Claiming = { readonly delivery: Delivery; readonly job: Job; readonly asked: Asked };

async function claim(run: RunOnDelivery, { delivery, job, asked }: Claiming, sealer: Sealer): Promise<Claim> {
  const { attempt, send, horizonMs, retryWaitMs, preflight = '' } = asked;
  const { fingerprint, otherFingerprints } = fingerprintArgs(delivery, sealer);
  const own = {
    fingerprint,
    otherFingerprints,
    jobAt: job.timestamp,
    attempt,
    send,
    horizonMs,
    retryWaitMs,
    preflight,
  };
  return readClaim(await run({ name: 'claim', shared: rulesOf(asked) }, delivery, own), send);
}

type Rules = Readonly<Record<string, string | number>>;
type KnownRules = { readonly periods: Periods; readonly maxAttempts: number; readonly rules: Rules };

/** The same object for every claim of an account, until its budget renews. */
const knownRules = new WeakMap<Account, KnownRules>();

/** What every claim of an account is judged by. */
function rulesOf({ account, maxAttempts, now }: Asked): Rules {
  const periods = periodsAt(now, account.budget.timeZone);
  const known = knownRules.get(account);
  if (known?.periods === periods && known.maxAttempts === maxAttempts) return known.rules;
  const rules = {
    ...budgetArgs(account.budget, now),
    maxAttempts,
    rate: account.ratePerSecond,
    pairBurst: account.pairBurst,
    pairIntervalMs: account.pairIntervalMs,
    aheadMs: AHEAD_MS,
    othersFirstMs: OTHERS_FIRST_MS,
    billed: account.billing === 'session' ? 1 : 0,
    askHistory: account.askHistory ? 1 : 0,
  };
  knownRules.set(account, { periods, maxAttempts, rules });
  return rules;
}

async function lock({ redis, prefix }: StoreOptions, { from, id }: Owner, againMs: number): Promise<Locked> {
  const keys = accountKeys(prefix, from);
  const named = { ...keys.fixed, record: keys.record(id) };
  return readLocked(readReply(await createScriptRunner(redis)('lock', named, { id, againMs })));
}

async function find({ redis, prefix }: StoreOptions, owner: Owner): Promise<DeliveryRef | null> {
  const to = await redis.hget(accountKeys(prefix, owner.from).record(owner.id), 'to');
  return to === null ? null : { ...owner, to };
}

async function overdue(
  { redis, prefix }: StoreOptions,
  from: string,
  most: number,
): Promise<readonly DeliveryRef[]> {
  const raw = await createScriptRunner(redis)('overdue', accountKeys(prefix, from).fixed, { most });
  const flat = Array.isArray(raw) ? raw.map(String) : [];
  return flat.flatMap((id, index) => (index % 2 === 0 ? [{ from, id, to: flat[index + 1] ?? '' }] : []));
}

async function notePreflight(
  run: RunOnDelivery,
  ref: DeliveryRef,
  look: PreflightLook,
): Promise<number | null> {
  const reply = await run('preflight', ref, { ...look, againMs: look.againMs ?? '' });
  return reply.code === 'noted' ? reply.number(1) : null;
}

async function recall(run: RunOnDelivery, ref: DeliveryRef, told: Recollection): Promise<void> {
  const writtenAt = told.kind === 'wrote' ? told.at : '';
  await run('recall', ref, { writtenAt, silent: told.kind === 'silent' ? 1 : 0 });
}

async function conclude(run: RunOnDelivery, ref: DeliveryRef, to: Conclusion): Promise<Concluded> {
  const operation = operationFields('cancel', to.by);
  const reply = await run('conclude', ref, { status: to.status, why: to.reason, operation });
  return { done: reply.code === 'concluded', status: readStatus(reply.text(1)) };
}
