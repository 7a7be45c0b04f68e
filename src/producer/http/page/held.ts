import { reasonInWords } from '../../../domain/reason-words.js';
import type { HoldReason } from '../../../domain/status.js';
import { HOLD_REASONS } from '../../../domain/status.js';
import type { AccountDuty } from '../../duty.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { figure } from './times.js';

const NAMES: Readonly<Record<HoldReason, string>> = {
  window: 'Customer window closed',
  budget: 'Budget used up',
  account: 'Account paused',
};

/** What is held, by the event that it is held for. The links lead to the lists of `name`, or of all accounts. */
export function heldByReason(accounts: readonly AccountDuty[], name?: string): Html {
  const counts = HOLD_REASONS.map((reason) => ({
    reason,
    count: accounts.reduce((sum, { heldBy }) => sum + heldBy[reason], 0),
  }));
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return html`<ul class="holds">${counts.map((each) => line({ ...each, most, name }))}</ul>`;
}

type Line = {
  readonly reason: HoldReason;
  readonly count: number;
  readonly most: number;
  readonly name: string | undefined;
};

function line({ reason, count, most, name }: Line): Html {
  const share = Math.round((100 * count) / most);
  const list = withQuery(places.list, { from: name, status: 'held', reason });
  return html`<li><a id="held-by-${reason}" href="${list}" title="${reasonInWords(reason)}">${NAMES[reason]}</a><b>${figure(count)}</b><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6"/><rect class="share" width="${share}" height="6"/></svg></li>`;
}
