import { maskNumber } from '../../../domain/mask.js';
import { whyInWords } from '../../../domain/reason-words.js';
import type { DeliveryRow } from '../../../redis/lists.js';
import { type Html, html } from './html.js';
import { statusMark } from './mark.js';
import { places } from './places.js';
import { around } from './times.js';

export type NamedDelivery = DeliveryRow & { readonly name: string };

/** Deliveries, the newest first, without any whole number. */
export function deliveryTable(
  deliveries: readonly NamedDelivery[],
  { caption, now }: { readonly caption: string; readonly now: number },
): Html {
  return html`<table class="cards" role="table">
<caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${['Delivery', 'Status', 'Account', 'To', 'Created'].map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${deliveries.map((each) => row(each, now))}</tbody>
</table>`;
}

function row(delivery: NamedDelivery, now: number): Html {
  const { id, name, to, status, createdAt } = delivery;
  const why = whyInWords(delivery);
  return html`<tr role="row">
<th role="rowheader" scope="row"><a class="id" href="${places.delivery(name, id)}">${id}</a></th>
<td role="cell" class="state">${statusMark(status)}${why !== '' && html`<span class="detail">${why}</span>`}</td>
<td role="cell" data-head="Account">${name}</td>
<td role="cell" data-head="To">${maskNumber(to)}</td>
<td role="cell" data-head="Created">${around(createdAt, now)}</td>
</tr>`;
}
