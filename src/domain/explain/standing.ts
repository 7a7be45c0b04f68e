import { SESSION_MS } from '../session.js';
import { type WindowState, windowState } from '../window.js';
import type { Facts, GateFacts } from './facts.js';

/** How a conversation stands at this moment, in figures. Times in epoch milliseconds. */
export type Standing = {
  readonly window: {
    readonly state: WindowState;
    readonly closesAt: number | null;
    readonly lastInboundAt: number | null;
  };
  readonly session: {
    readonly state: 'open' | 'none' | 'not_billed';
    readonly openedAt: number | null;
    readonly endsAt: number | null;
  };
  readonly cost: Cost;
  readonly limits: {
    /** When the limit on messages to one recipient lets the next one go; null: no worker has told of the limit. */
    readonly pairAt: number | null;
    /** Until when nobody fetches from the account's queue. */
    readonly restsUntil: number | null;
  };
  readonly account: {
    readonly name: string;
    /** When it was removed from the workers' settings; null: it was not. */
    readonly removedAt: number | null;
    readonly workers: number;
    readonly due: number;
    readonly queuePaused: boolean;
    readonly gate: GateStanding;
  };
};

/** What a send would cost now. */
export type Cost = {
  /** Sessions that it would open. */
  readonly sessions: 0 | 1;
  /** It would be held: a budget is used up. */
  readonly held: boolean;
  readonly day: BudgetStanding | null;
  readonly month: BudgetStanding | null;
};

/** A budget of sessions; `left` is null where there is no limit. */
export type BudgetStanding = {
  readonly limit: number | null;
  readonly used: number;
  readonly left: number | null;
  readonly renewsAt: number;
};

export type GateStanding = {
  /** `probing`: the breaker lets one attempt pass at a time. */
  readonly state: 'open' | 'throttled' | 'breaker' | 'probing' | 'paused';
  readonly reason: string;
  readonly since: number | null;
  readonly until: number | null;
  /** `operator`, or `worker`; empty while it is open. */
  readonly by: string;
  /** The name that an operator gave, and from where; empty where none was. */
  readonly who: string;
  readonly source: string;
};

export function standingOf(facts: Facts): Standing {
  const { now, window, queue, account } = facts;
  const { workers, due, paused, restsUntil } = queue;
  const { removedAt } = account;
  return {
    window: { state: windowState(window, now), ...window },
    session: sessionOf(facts),
    cost: costOf(facts),
    limits: { pairAt: pairAt(facts), restsUntil },
    account: {
      name: account.name,
      removedAt,
      workers,
      due,
      queuePaused: paused,
      gate: gateOf(facts.gate, now),
    },
  };
}

function sessionOf({ now, session: { openedAt }, account }: Facts): Standing['session'] {
  if (!account.billed) return { state: 'not_billed', openedAt: null, endsAt: null };
  const endsAt = openedAt === null ? null : openedAt + SESSION_MS;
  return { state: endsAt !== null && now < endsAt ? 'open' : 'none', openedAt, endsAt };
}

function costOf(facts: Facts): Cost {
  const { account, delivery } = facts;
  const opens = sessionOf(facts).state === 'none';
  const day = budgetOf(account.budget?.perDay, account.day);
  const month = budgetOf(account.budget?.perMonth, account.month);
  const usedUp = day?.left === 0 || month?.left === 0;
  return { sessions: opens ? 1 : 0, held: opens && usedUp && delivery?.reserved !== true, day, month };
}

/** `limit`: undefined where no worker has told of a budget. */
export function budgetOf(
  limit: number | null | undefined,
  { used, endsAt }: Facts['account']['day'],
): BudgetStanding | null {
  if (limit === undefined) return null;
  const left = limit === null ? null : Math.max(0, limit - used);
  return { limit, used, left, renewsAt: endsAt };
}

/** When the budget renews that is used up; of two, the later. */
export function renewsAt({ day, month }: Cost): number {
  if (month?.left === 0) return month.renewsAt;
  return day?.left === 0 ? day.renewsAt : 0;
}

function pairAt({ now, pairTat, account: { pair }, delivery }: Facts): number | null {
  if (delivery?.reason === 'limit' && delivery.notBefore !== null) return delivery.notBefore;
  if (pair === null) return null;
  return Math.max(now, Math.max(pairTat ?? now, now) - (pair.burst - 1) * pair.intervalMs);
}

export function gateOf(gate: GateFacts, now: number): GateStanding {
  const { state, reason, since, until, by, who = '', source = '', trips } = gate;
  if (state === 'paused') return { state, reason, since, until: null, by, who, source };
  if (state === 'until' && until !== null && now < until) {
    return {
      state: reason === 'breaker' ? 'breaker' : 'throttled',
      reason,
      since,
      until,
      by,
      who: '',
      source: '',
    };
  }
  if (trips > 0) return { state: 'probing', reason: 'breaker', since, until: null, by, who: '', source: '' };
  return { state: 'open', reason: '', since: null, until: null, by: '', who: '', source: '' };
}
