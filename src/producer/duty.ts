import { ACCOUNT_DEFAULTS } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import { type BudgetStanding, budgetOf, type GateStanding, gateOf } from '../domain/explain/standing.js';
import type { PublishedAccount } from '../domain/published-account.js';
import { HOUR, SECOND } from '../domain/time.js';
import type { Duty, DutyAsked, Tallies, Tally, TallyAsked } from '../redis/duty.js';
import type { WebhookCheck } from '../redis/webhook-checks.js';

/** An account as the people on duty see it. Times in epoch milliseconds. */
export type AccountDuty = Omit<Duty, 'gate' | 'used'> & {
  readonly from: string;
  readonly name: string;
  /** When it was removed from the workers' settings; null: it was not. */
  readonly removedAt: number | null;
  readonly gate: GateStanding;
  /** Null: no worker has told of it. */
  readonly ratePerSecond: number | null;
  readonly budget: { readonly day: BudgetStanding | null; readonly month: BudgetStanding | null };
  /** Null: no worker has asked the provider lately. */
  readonly webhook: WebhookCheck | null;
};

/** One hour of all accounts; `startsAt` in epoch milliseconds. */
export type HourTally = Tally & {
  readonly startsAt: number;
  /** Out of `gone`: nobody has begun to send them. */
  readonly queued: number;
};

/** An account's hours, the oldest first. */
export type AccountHours = { readonly from: string; readonly hours: readonly HourTally[] };

export type DutyDeps = {
  readonly accounts: () => Promise<readonly PublishedAccount[]>;
  readonly readDuty: (asked: DutyAsked) => Promise<Duty>;
  readonly readTally: (asked: TallyAsked) => Promise<Tallies>;
  readonly readWebhooks: () => Promise<ReadonlyMap<string, WebhookCheck>>;
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
  const standing = keepFor(STANDING_MS, now, async () => {
    const [accounts, webhooks] = await Promise.all([deps.accounts(), deps.readWebhooks()]);
    const all = await inBatches(accounts, (account) => standingOf({ account, webhooks }, deps));
    return all.filter((account) => account.removedAt === null || hasWorkLeft(account));
  });
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
      if (account === undefined) return undefined;
      return standingOf({ account, webhooks: await deps.readWebhooks() }, deps);
    },

    /** What has just been changed shows at once. */
    forget: standing.forget,
  };
}

type Known = {
  readonly account: PublishedAccount;
  readonly webhooks: ReadonlyMap<string, WebhookCheck>;
};

async function standingOf({ account, webhooks }: Known, { readDuty, now }: DutyDeps): Promise<AccountDuty> {
  const { from, name, ratePerSecond, budget, billing } = account;
  const { day, month } = periodsAt(now(), (budget ?? ACCOUNT_DEFAULTS.budget).timeZone);
  const duty = await readDuty({ from, dayName: day.name, monthName: month.name });
  const { used, gate, counts, heldBy, ...rest } = duty;
  // What is due is held while the account is paused, as its deliveries say.
  const paused = gate.state === 'paused' ? duty.due : 0;
  const limited = billing === 'session' ? budget : undefined;
  return {
    ...rest,
    counts: { ...counts, held: counts.held + paused },
    heldBy: { ...heldBy, account: heldBy.account + paused },
    from,
    name,
    removedAt: account.removedAt ?? null,
    gate: gateOf(gate, duty.now),
    ratePerSecond: ratePerSecond ?? null,
    budget: {
      day: budgetOf(limited?.perDay, { used: used.day, endsAt: day.endsAt }),
      month: budgetOf(limited?.perMonth, { used: used.month, endsAt: month.endsAt }),
    },
    webhook: webhooks.get(from) ?? null,
  };
}

/** One that was removed stays in sight until all its deliveries have ended. */
function hasWorkLeft({ due, active, counts: { waiting, held, unknown } }: AccountDuty): boolean {
  return due + active + waiting + held + unknown > 0;
}

async function hoursOf(from: string, { readTally, now }: DutyDeps): Promise<AccountHours> {
  const since = (Math.floor(now() / HOUR) - HOURS + 1) * HOUR;
  const { tallies, queued, isPaused } = await readTally({ from, since, stepMs: HOUR, steps: HOURS });
  const hours = tallies.map((tally, hour) => ({ ...tally, queued: 0, startsAt: since + hour * HOUR }));
  const marked = withQueued(hours, queued);
  return { from, hours: isPaused ? marked.map(asHeld) : marked };
}

function asHeld(hour: HourTally): HourTally {
  return { ...hour, held: hour.held + hour.queued, queued: 0 };
}

/** Queued deliveries have no index by time. A queue is served from its oldest: they are the newest of `gone`. */
function withQueued(hours: readonly HourTally[], queued: number): readonly HourTally[] {
  let left = queued;
  const marked = hours.toReversed().map((hour) => {
    const mine = Math.min(left, hour.gone);
    left -= mine;
    return { ...hour, gone: hour.gone - mine, queued: mine };
  });
  return marked.toReversed();
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
