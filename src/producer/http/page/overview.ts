import type { AccountDuty, AccountHours } from '../../duty.js';
import { type AccountTable, accountTable } from './account-table.js';
import { chart } from './chart.js';
import { figures } from './figures.js';
import { heldByReason } from './held.js';
import { type Html, html } from './html.js';
import { places } from './places.js';
import { asOf } from './times.js';
import { type Unknowns, unknowns } from './unknowns.js';
import type { Viewer } from './viewer.js';

export type Overview = {
  readonly accounts: readonly AccountDuty[];
  readonly hours: readonly AccountHours[];
  readonly unknown: Unknowns;
  readonly table: Omit<AccountTable, 'accounts'>;
};

/** All that changes by itself. */
export function overviewParts({ accounts, hours, unknown, table }: Overview, viewer: Viewer): Html {
  return html`${figures(accounts)}
<div class="columns">
<div class="stack">
<section aria-labelledby="chart-head"><h2 id="chart-head">The last day</h2>${chart(hours)}</section>
<section aria-labelledby="held-head" class="row"><h2 id="held-head">Held</h2>${heldByReason(accounts)}</section>
</div>
<section aria-labelledby="unknown-head"><h2 id="unknown-head">Unknown outcomes</h2>${unknowns(unknown, viewer)}</section>
</div>
<section aria-labelledby="accounts-head" class="accounts"><div class="head"><h2 id="accounts-head">Accounts</h2>${filterForm(table, accounts.length)}</div>${accountTable({ accounts, ...table }, viewer)}</section>
${asOf(unknown.now)}`;
}

/** With few accounts there is nothing to look for. */
const WORTH_A_FILTER = 10;

function filterForm({ filter }: Overview['table'], count: number): Html | null {
  if (count < WORTH_A_FILTER && filter === '') return null;
  return html`<form class="filter" method="get" action="${places.home}"><label for="filter">Name or number has</label><input id="filter" name="filter" value="${filter}" maxlength="64" autocomplete="off" spellcheck="false"><button type="submit">Filter</button>${filter !== '' && html` <a id="filter-off" href="${places.home}">Show all</a>`}</form>`;
}
