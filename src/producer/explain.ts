import { ACCOUNT_DEFAULTS } from '../domain/account.js';
import { periodsAt } from '../domain/budget.js';
import { type Explanation, explain } from '../domain/explain/explain.js';
import type { AccountFacts } from '../domain/explain/facts.js';
import type { PublishedAccount } from '../domain/published-account.js';
import { findRecipient } from '../domain/recipient.js';
import { NotFoundError, UnknownAccountError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { Survey, SurveyAsked } from '../redis/survey.js';
import { orThrow } from './list.js';
import type { Narrow } from './producer.js';
import { patiently } from './unavailable.js';

export type ExplainDeps = {
  /** The delivery by its id. */
  readonly find: (id: string, narrow: Narrow) => Promise<DeliveryView>;
  /** With what workers, or the settings here, tell of their limits. */
  readonly accounts: () => Promise<readonly PublishedAccount[]>;
  readonly survey: (asked: SurveyAsked) => Promise<Survey>;
  /** Resolves when Redis can be asked. */
  readonly ready: (withinMs: number) => Promise<void>;
  /** Epoch milliseconds: whose day and month the budget is. */
  readonly now: () => number;
};

/** Writes a moment (epoch milliseconds) down for the reader; default ISO 8601 in UTC. */
export type WriteTime = (at: number) => string;

/** A delivery and why it is where it is, both of one moment. */
export type ExplainedDelivery = { readonly view: DeliveryView; readonly explanation: Explanation };

export type Explainer = ReturnType<typeof createExplainer>;

/** Says why a delivery waits, what for, and what its conversation would cost. Reads only. */
export function createExplainer(deps: ExplainDeps) {
  const onRedis = patiently(deps.ready);

  return {
    /** @throws NotFoundError, WaybillError AMBIGUOUS_ID, UnavailableError */
    async delivery(id: string, narrow: Narrow = {}, time: WriteTime = isoTime): Promise<ExplainedDelivery> {
      const { from, to } = await deps.find(id, narrow);
      return onRedis(async () => {
        const account = await findAccount(from, deps);
        const found = await look({ account, to, id }, deps);
        if (found.view === null) throw new NotFoundError(id);
        return { view: found.view, explanation: explainSurvey(found, account, { deps, time }) };
      });
    },

    /**
     * `from`: number or name; `to` as people write it.
     * @throws UnknownAccountError, ValidationError, UnavailableError
     */
    conversation: (from: string, to: string, time: WriteTime = isoTime): Promise<Explanation> =>
      onRedis(async () => {
        const account = await findAccount(from, deps);
        const recipient = orThrow(findRecipient(to, account.country));
        const found = await look({ account, to: recipient, id: null }, deps);
        return explainSurvey(found, account, { deps, time });
      }),
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

async function findAccount(fromOrName: string, { accounts }: ExplainDeps): Promise<PublishedAccount> {
  const found = (await accounts()).find(({ from, name }) => from === fromOrName || name === fromOrName);
  if (found === undefined) throw new UnknownAccountError(fromOrName);
  return found;
}

type Looking = { readonly account: PublishedAccount } & Pick<SurveyAsked, 'to' | 'id'>;

function look({ account, to, id }: Looking, deps: ExplainDeps): Promise<Survey> {
  const { day, month } = periodsOf(account, deps);
  return deps.survey({ from: account.from, to, id, dayName: day.name, monthName: month.name });
}

function periodsOf({ budget }: PublishedAccount, { now }: ExplainDeps) {
  return periodsAt(now(), (budget ?? ACCOUNT_DEFAULTS.budget).timeZone);
}

type Context = { readonly deps: ExplainDeps; readonly time: WriteTime };

function explainSurvey(found: Survey, account: PublishedAccount, { deps, time }: Context): Explanation {
  const { view: _view, budget, ...facts } = found;
  const { day, month } = periodsOf(account, deps);
  const { pairBurst, pairIntervalMs } = account;
  const told = pairBurst !== undefined && pairIntervalMs !== undefined;
  const known: AccountFacts = {
    name: account.name,
    removedAt: account.removedAt ?? null,
    billed: account.billing === 'session',
    budget: account.budget ?? null,
    day: { used: budget.day, endsAt: day.endsAt },
    month: { used: budget.month, endsAt: month.endsAt },
    budgetQueue: budget.budgetQueue,
    pair: told ? { burst: pairBurst, intervalMs: pairIntervalMs } : null,
  };
  return explain({ ...facts, account: known }, time);
}
