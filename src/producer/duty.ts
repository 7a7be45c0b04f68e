import { ACCOUNT_DEFAULTS } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import { type BudgetStanding, budgetOf, type GateStanding, gateOf } from '../domain/explain/standing.js';
import { HOUR, SECOND } from '../domain/time.js';
import type { PublishedAccount } from '../redis/accounts.js';
import type { Duty, DutyAsked, Tally, TallyAsked } from '../redis/duty.js';

/** An account as the people on duty see it. Times in epoch milliseconds. */
export type AccountDuty = Omit<Duty, 'gate' | 'used'> & {
  readonly from: string;
  readonly name: string;
  readonly gate: GateStanding;
  /** Null: no worker has told of it. */
  readonly ratePerSecond: number | null;
  readonly budget: { readonly day: BudgetStanding | null; readonly month: BudgetStanding | null };
};

/** One hour of all accounts; `startsAt` in epoch milliseconds. */
export type HourTally = Tally & { readonly startsAt: number };

/** An account's hours, the oldest first. */
export type AccountHours = { readonly from: string; readonly hours: readonly HourTally[] };

export type DutyDeps = {
  readonly accounts: () => Promise<readonly PublishedAccount[]>;
  readonly readDuty: (asked: DutyAsked) => Promise<Duty>;
  readonly readTally: (asked: TallyAsked) => Promise<readonly Tally[]>;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

export type DutyDesk = ReturnType<typeof createDutyDesk>;

const HOURS = 24;
/** However many people look, so seldom is Redis asked: how accounts stand, and what became of the last day. */
const STANDING_MS = 2 * SECOND;
const TALLY_MS = 30 * SECOND;
/** So many accounts are asked about at once. */
const BATCH = 50;

/** What the people on duty look at first. */
export function createDutyDesk(deps: DutyDeps) {
  const { now } = deps;
  const standing = keepFor(STANDING_MS, now, async () =>
    inBatches(await deps.accounts(), (account) => standingOf(account, deps)),
  );
  const hours = keepFor(TALLY_MS, now, async () =>
    inBatches(await deps.accounts(), ({ from }) => hoursOf(from, deps)),
  );
  return {
    now,
    accounts: standing.read,
    hours: hours.read,

    /** One account as it is at this moment; undefined when there is none. */
    async account(from: string): Promise<AccountDuty | undefined> {
      const account = (await deps.accounts()).find((each) => each.from === from);
      return account === undefined ? undefined : standingOf(account, deps);
    },

    /** What has just been changed shows at once. */
    forget: standing.forget,
  };
}

async function standingOf(account: PublishedAccount, { readDuty, now }: DutyDeps): Promise<AccountDuty> {
  const { from, name, ratePerSecond, budget, billing } = account;
  const { day, month } = periodsAt(now(), (budget ?? ACCOUNT_DEFAULTS.budget).timeZone);
  const duty = await readDuty({ from, dayName: day.name, monthName: month.name });
  const { used, gate, ...rest } = duty;
  const limited = billing === 'session' ? budget : undefined;
  return {
    ...rest,
    from,
    name,
    gate: gateOf(gate, duty.now),
    ratePerSecond: ratePerSecond ?? null,
    budget: {
      day: budgetOf(limited?.perDay, { used: used.day, endsAt: day.endsAt }),
      month: budgetOf(limited?.perMonth, { used: used.month, endsAt: month.endsAt }),
    },
  };
}

async function hoursOf(from: string, { readTally, now }: DutyDeps): Promise<AccountHours> {
  const since = (Math.floor(now() / HOUR) - HOURS + 1) * HOUR;
  const tallies = await readTally({ from, since, stepMs: HOUR, steps: HOURS });
  return { from, hours: tallies.map((tally, hour) => ({ ...tally, startsAt: since + hour * HOUR })) };
}

/** One reading serves all who ask while it is fresh; one that failed serves nobody. */
function keepFor<T>(ms: number, now: () => number, read: () => Promise<T>) {
  let kept: { readonly at: number; readonly value: Promise<T> } | null = null;
  return {
    read(): Promise<T> {
      if (kept !== null && now() - kept.at < ms) return kept.value;
      const mine = { at: now(), value: read() };
      kept = mine;
      mine.value.catch(() => {
        if (kept === mine) kept = null;
      });
      return mine.value;
    },
    forget(): void {
      kept = null;
    },
  };
}

async function inBatches<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(read))));
  }
  return results;
}
