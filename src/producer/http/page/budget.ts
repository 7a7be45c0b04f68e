import type { BudgetStanding } from '../../../domain/explain/standing.js';
import { type Html, html } from './html.js';
import { figure } from './times.js';

/** What is left of a budget, drawn and in figures; just the sessions where there is no limit. */
export function budgetCell(budget: BudgetStanding | null): Html {
  if (budget === null) return html`<span class="none">–</span>`;
  const { limit, left, used } = budget;
  if (limit === null || left === null) return html`${figure(used)} <span class="detail">no limit</span>`;
  const share = limit === 0 ? 0 : left / limit;
  const tone = left === 0 ? 'bad' : share < 0.1 ? 'wait' : 'good';
  return html`<span class="meter ${tone}"><span>${figure(left)} left</span><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6"/><rect class="left" width="${Math.round(share * 100)}" height="6"/></svg></span>`;
}
