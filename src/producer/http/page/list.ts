import { STATUSES } from '../../../domain/status.js';
import { deliveryTable, type NamedDelivery } from './delivery-table.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { asOf } from './times.js';

/** What a list is narrowed to; absent: to nothing. */
export type ListQuery = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly cursor?: string | undefined;
};

export type DeliveryList = {
  readonly query: ListQuery;
  readonly deliveries: readonly NamedDelivery[];
  /** Of the next page; null when nothing follows. */
  readonly cursor: string | null;
  readonly now: number;
};

/** What a list is narrowed by. */
export function listHead(query: ListQuery, names: readonly string[]): Html {
  return html`<h1>Deliveries</h1>
${narrowing(query, names)}`;
}

/** One page of deliveries, as of a time. */
export function deliveryList({ query, deliveries, cursor, now }: DeliveryList): Html {
  const { cursor: at, ...narrowed } = query;
  return html`${deliveries.length === 0 ? empty(cursor) : deliveryTable(deliveries, { caption: 'Deliveries, the newest first', now })}
<nav class="pager" aria-label="Pages of deliveries">
${at !== undefined && html`<a id="list-newest" href="${withQuery(places.list, narrowed)}" rel="first">Newest</a>`}
${cursor !== null && html`<a id="list-older" href="${withQuery(places.list, { ...narrowed, cursor })}" rel="next">Older</a>`}
</nav>
${asOf(now)}`;
}

function empty(cursor: string | null): Html {
  const words = cursor === null ? 'No delivery matches.' : 'None on this page; older ones may match.';
  return html`<p class="nothing">${words}</p>`;
}

function narrowing({ from, to, status, reason }: ListQuery, names: readonly string[]): Html {
  return html`<form class="narrow" method="get" action="${places.list}">
<div><label for="status">Status</label><select id="status" name="status"><option value="">any</option>${STATUSES.map((each) => option(each, status))}</select></div>
<div><label for="from">Account</label><input id="from" name="from" list="accounts" value="${from}" maxlength="64" autocomplete="off" spellcheck="false" placeholder="any"><datalist id="accounts">${names.map((name) => html`<option value="${name}">`)}</datalist></div>
<div><label for="to">Recipient</label><input id="to" name="to" value="${to}" maxlength="150" autocomplete="off" spellcheck="false" placeholder="any"></div>
<div><label for="reason">Reason</label><input id="reason" name="reason" value="${reason}" maxlength="100" autocomplete="off" spellcheck="false" placeholder="any"></div>
<button type="submit">Show</button>
</form>`;
}

function option(value: string, chosen: string | undefined): Html {
  return html`<option value="${value}"${value === chosen && html` selected`}>${value}</option>`;
}
