import type { Billing, Budget, ClosedWindowPolicy } from './account.js';
import { SESSION_MS } from './session.js';
import { windowState } from './window.js';

/** A request that is to be sent, and what is known of it and of its conversation. Epoch milliseconds. */
export type ForecastLine = {
  readonly id: string;
  readonly recipient: string;
  readonly sendAt: number;
  /** Its id has been taken in before. */
  readonly isKnown: boolean;
  readonly closesAt: number | null;
  readonly sessionAt: number | null;
  readonly onClosedWindow: ClosedWindowPolicy;
  /** Its link stops working before it expires. */
  readonly linkEndsEarly: boolean;
};

/** What would become of the requests of one account, if all of them were taken in now; how many of each. */
export type Forecast = {
  readonly recipients: number;
  /** May go: the window is open when their time comes. */
  readonly sendable: number;
  /** The window is closed then: held, sent as a template, or failed, as the policy says. */
  readonly held: number;
  readonly template: number;
  readonly failing: number;
  /** Nothing is known of the window: they are tried, and the provider decides. */
  readonly windowUnknown: number;
  /** Of all of these, those whose time has not come. */
  readonly scheduled: number;
  /** Not counted above: the same again within the file, and those taken in before. */
  readonly repeated: number;
  readonly known: number;
  readonly linksEndEarly: number;
  /** Sessions that would be opened, were the provider to take all that is tried. */
  readonly sessions: number;
};

type Counts = { -readonly [Name in keyof Forecast]: number };

/** Counts line by line; it remembers ids and recipients, not requests. */
export function createForecaster(now: number) {
  const counts: Counts = {
    recipients: 0,
    sendable: 0,
    held: 0,
    template: 0,
    failing: 0,
    windowUnknown: 0,
    scheduled: 0,
    repeated: 0,
    known: 0,
    linksEndEarly: 0,
    sessions: 0,
  };
  const ids = new Set<string>();
  const sessionEnds = new Map<string, number>();

  function countSession({ recipient, sessionAt }: ForecastLine, at: number): void {
    const known = sessionAt === null ? 0 : sessionAt + SESSION_MS;
    if (at < Math.max(known, sessionEnds.get(recipient) ?? 0)) return;
    counts.sessions += 1;
    sessionEnds.set(recipient, at + SESSION_MS);
  }

  return {
    add(line: ForecastLine): void {
      if (ids.has(line.id)) counts.repeated += 1;
      else if (line.isKnown) counts.known += 1;
      if (ids.has(line.id) || line.isKnown) return;
      ids.add(line.id);
      if (!sessionEnds.has(line.recipient)) sessionEnds.set(line.recipient, 0);
      const at = Math.max(now, line.sendAt);
      const fate = fateOf(line, at);
      counts[fate] += 1;
      if (at > now) counts.scheduled += 1;
      if (line.linkEndsEarly) counts.linksEndEarly += 1;
      if (fate !== 'held' && fate !== 'failing') countSession(line, at);
    },
    result: (): Forecast => ({ ...counts, recipients: sessionEnds.size }),
  };
}

type Fate = 'sendable' | 'held' | 'template' | 'failing' | 'windowUnknown';

const WHEN_CLOSED: Readonly<Record<ClosedWindowPolicy, Fate>> = {
  hold: 'held',
  fail: 'failing',
  template: 'template',
};

function fateOf({ closesAt, onClosedWindow }: ForecastLine, at: number): Fate {
  const state = windowState({ closesAt, lastInboundAt: null }, at);
  if (state === 'unknown') return 'windowUnknown';
  return state === 'open' ? 'sendable' : WHEN_CLOSED[onClosedWindow];
}

/** Sessions that have been taken out of the budgets of this day and month. */
export type BudgetUsed = { readonly day: number; readonly month: number };

export type BudgetForecast = {
  /** Null: no limit. */
  readonly leftToday: number | null;
  readonly leftThisMonth: number | null;
  /** Sessions that the budget would not allow now: their deliveries are held until it renews. */
  readonly beyond: number;
};

/** What a number of new sessions means to an account's budget. */
export function forecastBudget(
  sessions: number,
  { budget, billing }: { readonly budget: Budget; readonly billing: Billing },
  used: BudgetUsed,
): BudgetForecast {
  if (billing === 'none') return { leftToday: null, leftThisMonth: null, beyond: 0 };
  const leftToday = leftOf(budget.perDay, used.day);
  const leftThisMonth = leftOf(budget.perMonth, used.month);
  const left = Math.min(leftToday ?? Number.POSITIVE_INFINITY, leftThisMonth ?? Number.POSITIVE_INFINITY);
  return { leftToday, leftThisMonth, beyond: Math.max(0, sessions - left) };
}

function leftOf(limit: number | null, used: number): number | null {
  return limit === null ? null : Math.max(0, limit - used);
}
