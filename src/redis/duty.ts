import { z } from 'zod';
import type { GateFacts } from '../domain/explain/facts.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** How an account stands for the people on duty. Times in epoch milliseconds; null: there is none. */
export type Duty = {
  /** Redis's clock. */
  readonly now: number;
  readonly gate: GateFacts;
  /** Workers that serve the account. */
  readonly workers: number;
  readonly queue: { readonly paused: boolean; readonly restsMs: number };
  /** Deliveries that may go now, and since when the oldest of them may. */
  readonly due: number;
  readonly oldestDueAt: number | null;
  readonly active: number;
  /** Deliveries by status, as far as their records are kept. */
  readonly counts: {
    readonly waiting: number;
    readonly held: number;
    readonly unknown: number;
    readonly failed: number;
  };
  readonly oldestUnknownAt: number | null;
  readonly heldBy: { readonly window: number; readonly budget: number; readonly account: number };
  /** Sessions taken out of the budgets of the day and the month. */
  readonly used: { readonly day: number; readonly month: number };
};

export type DutyAsked = { readonly from: string; readonly dayName: string; readonly monthName: string };

const text = z.coerce.string();
const number = z.coerce.number();
const numberOrNull = z.union([z.literal('').transform(() => null), number]);
const pair = z.tuple([number, number]);

const reply = z.tuple([
  number,
  z.tuple([text, numberOrNull, text, numberOrNull, text, number, text, text]),
  number,
  pair,
  number,
  numberOrNull,
  number,
  z.tuple([number, number, number, number]),
  numberOrNull,
  pair,
  pair,
]);

/** One script, whatever the account has to do. */
export async function readDuty(redis: Redis, prefix: string, asked: DutyAsked): Promise<Duty> {
  const { from, dayName, monthName } = asked;
  const keys = accountKeys(prefix, from).fixed;
  const raw = reply.parse(await createScriptRunner(redis)('duty', keys, { dayName, monthName }));
  const [now, gate, workers, [paused, restsMs], due, oldestDueAt, active, counts, oldestUnknownAt] = raw;
  const [heldByWindow, heldByBudget] = raw[9];
  const [state, until, reason, since, by, trips, who, source] = gate;
  const [waiting, held, unknown, failed] = counts;
  const window = Math.min(held, Math.max(0, heldByWindow));
  const budget = Math.min(held - window, heldByBudget);
  return {
    now,
    gate: {
      state: state === 'paused' || state === 'until' ? state : 'open',
      until,
      reason,
      since,
      by,
      trips,
      who,
      source,
    },
    workers,
    queue: { paused: paused === 1, restsMs: Math.max(0, restsMs) },
    due,
    oldestDueAt,
    active,
    counts: { waiting, held, unknown, failed },
    oldestUnknownAt,
    heldBy: { window, budget, account: held - window - budget },
    used: { day: raw[10][0], month: raw[10][1] },
  };
}

/** Deliveries of one span of creation time by the status that they have now. */
export type Tally = {
  /** Queued, being sent, or accepted by the provider and beyond. */
  readonly gone: number;
  readonly waiting: number;
  readonly held: number;
  readonly unknown: number;
  /** Failed, expired or cancelled. */
  readonly ended: number;
};

export type Tallies = {
  /** The oldest step first. */
  readonly tallies: readonly Tally[];
  /** Deliveries of any age that are due and that nobody has begun to send. */
  readonly queued: number;
  readonly isPaused: boolean;
};

export type TallyAsked = {
  readonly from: string;
  readonly since: number;
  readonly stepMs: number;
  readonly steps: number;
};

const tallyReply = z.tuple([
  z.array(z.tuple([number, number, number, number, number, number, number])),
  number,
  number,
]);

/** Counts through the indexes: a few look-ups for each step, however many deliveries there are. */
export async function readTally(redis: Redis, prefix: string, asked: TallyAsked): Promise<Tallies> {
  const { from, since, stepMs, steps } = asked;
  const keys = accountKeys(prefix, from).fixed;
  const raw = await createScriptRunner(redis)('tally', keys, { since, stepMs, steps });
  const [rows, queued, paused] = tallyReply.parse(raw);
  const tallies = rows.map(([all, waiting, held, unknown, failed, expired, cancelled]) => {
    const ended = failed + expired + cancelled;
    return { gone: Math.max(0, all - waiting - held - unknown - ended), waiting, held, unknown, ended };
  });
  return { tallies, queued, isPaused: paused === 1 };
}
