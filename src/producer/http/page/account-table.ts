import { maskNumber } from '../../../domain/mask.js';
import type { AccountDuty } from '../../duty.js';
import { mayResume, stateMark, stateOf } from './account-state.js';
import { budgetCell } from './budget.js';
import { leading } from './forms.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { countOrDash, figure, roughly } from './times.js';
import type { Viewer } from './viewer.js';

export const ACCOUNTS_A_PAGE = 25;

export type AccountTable = {
  /** All that the viewer may see. */
  readonly accounts: readonly AccountDuty[];
  /** Part of a name or number; empty: all. */
  readonly filter: string;
  /** From 1. */
  readonly page: number;
};

/** What needs somebody first, then what has most to do. */
export function accountTable({ accounts, filter, page }: AccountTable, viewer: Viewer): Html {
  const wanted = filter.toLowerCase();
  const found = accounts
    .filter(({ name, from }) => name.toLowerCase().includes(wanted) || from.includes(wanted))
    .toSorted(byNeed);
  const pages = Math.max(1, Math.ceil(found.length / ACCOUNTS_A_PAGE));
  const at = Math.min(page, pages);
  const shown = found.slice((at - 1) * ACCOUNTS_A_PAGE, at * ACCOUNTS_A_PAGE);
  if (shown.length === 0) {
    const none = accounts.length === 0 ? 'No account is there yet that your key may see.' : 'None matches.';
    return html`<p class="nothing">${none}</p>`;
  }
  return html`<table class="cards" role="table">
<caption class="unseen">Accounts, those in trouble first</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map(([head, className]) => html`<th role="columnheader" scope="col" class="${className}">${head}</th>`)}${viewer.mayOperate && html`<th role="columnheader" scope="col"><span class="unseen">Pause or resume</span></th>`}</tr></thead>
<tbody role="rowgroup">${shown.map((account) => row(account, viewer))}</tbody>
</table>${pages > 1 && pager({ at, pages, filter, count: found.length })}`;
}

const HEADS = [
  ['Account', ''],
  ['State', ''],
  ['Due', 'number'],
  ['Oldest due', 'number'],
  ['Held', 'number'],
  ['Unknown', 'number'],
  ['Failed', 'number'],
  ['Rate', 'number'],
  ['Sessions today', 'number'],
  ['This month', 'number'],
  ['Workers', 'number'],
] as const;

function byNeed(one: AccountDuty, other: AccountDuty): number {
  const trouble = Number(stateOf(other).isTrouble) - Number(stateOf(one).isTrouble);
  return trouble || other.due - one.due || one.name.localeCompare(other.name);
}

function row(account: AccountDuty, viewer: Viewer): Html {
  const { name, from, due, oldestDueAt, now, ratePerSecond, budget, workers } = account;
  const oldest = oldestDueAt === null ? html`<span class="none">–</span>` : roughly(now - oldestDueAt);
  return html`<tr role="row">
<th role="rowheader" scope="row"><a id="account-${name}" href="${places.account(name)}">${name}</a> <span class="detail">${maskNumber(from)}</span></th>
<td role="cell" class="state">${stateMark(account)}</td>
${cell('Due', countOrDash(due))}${cell('Oldest due', oldest)}
${cell('Held', linked(account, 'held'))}${cell('Unknown', linked(account, 'unknown'))}${cell('Failed', linked(account, 'failed'))}
${cell('Rate', ratePerSecond === null ? '–' : `${figure(ratePerSecond)}/s`)}
${cell('Sessions today', budgetCell(budget.day))}${cell('This month', budgetCell(budget.month))}
${cell('Workers', workers === 0 ? html`<b class="bad">0</b>` : figure(workers))}
${viewer.mayOperate && html`<td role="cell" class="act">${leading(places.account(name), mayResume(account) ? 'Resume…' : 'Pause…', name)}</td>`}
</tr>`;
}

function linked({ counts, name }: AccountDuty, status: 'held' | 'unknown' | 'failed'): Html {
  if (counts[status] === 0) return countOrDash(0);
  const list = withQuery(places.list, { from: name, status });
  return html`<a id="${status}-${name}" href="${list}">${figure(counts[status])}<span class="unseen"> ${status} of ${name}</span></a>`;
}

function cell(head: string, content: Html | string): Html {
  return html`<td role="cell" class="number" data-head="${head}">${content}</td>`;
}

type Pages = {
  readonly at: number;
  readonly pages: number;
  readonly filter: string;
  readonly count: number;
};

function pager({ at, pages, filter, count }: Pages): Html {
  const to = (page: number) => withQuery(places.home, { filter, page });
  return html`<nav class="pager" aria-label="Pages of accounts">
${at > 1 && html`<a id="accounts-before" href="${to(at - 1)}" rel="prev">Before</a>`}
<span>${(at - 1) * ACCOUNTS_A_PAGE + 1}–${Math.min(count, at * ACCOUNTS_A_PAGE)} of ${figure(count)}</span>
${at < pages && html`<a id="accounts-after" href="${to(at + 1)}" rel="next">Next</a>`}
</nav>`;
}
