import type { Explanation } from '../../../domain/explain/explain.js';
import { deliveryTable, type NamedDelivery } from './delivery-table.js';
import { type Html, html } from './html.js';
import { lookOf, marked } from './mark.js';
import { places, withQuery } from './places.js';
import { asOf } from './times.js';

export type Conversation = {
  readonly name: string;
  readonly to: string;
  readonly explanation: Explanation;
  readonly deliveries: readonly NamedDelivery[];
};

/** How a conversation stands, who is in its lane, and its newest deliveries. */
export function conversation({ name, to, explanation, deliveries }: Conversation): {
  readonly head: Html;
  readonly body: Html;
} {
  const { words, lane, now } = explanation;
  const all = withQuery(places.list, { from: name, to });
  return {
    head: html`<p class="crumbs"><a href="${places.account(name)}">${name}</a></p>
<h1>Conversation with ${to}</h1>`,
    body: html`<div class="columns even">
<section aria-labelledby="words-head"><h2 id="words-head">How it stands</h2><ul class="words">${words.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>
<section aria-labelledby="lane-head"><h2 id="lane-head">Lane</h2>${laneList(lane, name)}</section>
</div>
<section aria-labelledby="deliveries-head"><h2 id="deliveries-head">Deliveries</h2>
${deliveries.length === 0 ? html`<p class="nothing">None is kept.</p>` : deliveryTable(deliveries, { caption: 'Deliveries of the conversation, the newest first', now })}
<p><a id="conversation-all" href="${all}">All of them</a></p></section>
${asOf(now)}`,
  };
}

function laneList({ deliveries, count, flight }: Explanation['lane'], name: string): Html {
  if (deliveries.length === 0 && flight === null) return html`<p class="nothing">Nothing is due.</p>`;
  return html`<ol class="lane">${deliveries.map(({ id, status }) => html`<li>${marked(lookOf(status), status)} <a class="id" href="${places.delivery(name, id)}">${id}</a>${flight?.id === id && html` <span class="detail">begun</span>`}</li>`)}</ol>
${count > deliveries.length && html`<p class="detail">and ${count - deliveries.length} more</p>`}`;
}
