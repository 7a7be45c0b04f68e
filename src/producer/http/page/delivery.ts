import { maskText } from '../../../domain/mask.js';
import { UNSENT } from '../../../domain/status.js';
import { withoutQueries } from '../../../domain/without-queries.js';
import type { DeliveryView } from '../../../redis/delivery-view.js';
import type { ExplainedDelivery } from '../../explain.js';
import { fact } from './fact.js';
import { leading } from './forms.js';
import { type Html, html } from './html.js';
import { statusMark } from './mark.js';
import { places } from './places.js';
import { timeline } from './timeline.js';
import { around, time } from './times.js';
import { resolveButtons } from './unknowns.js';
import type { Viewer } from './viewer.js';

/** A delivery's page: somebody asked for it by its id, so the recipient's number stands in full. */
export function delivery(
  { view, explanation }: ExplainedDelivery,
  name: string,
  viewer: Viewer,
): { readonly head: Html; readonly body: Html } {
  const { now, words } = explanation;
  const [first, ...rest] = words;
  return {
    head: html`<p class="crumbs"><a href="${places.list}">Deliveries</a></p>
<h1><span class="id">${view.id}</span></h1>`,
    body: html`<div class="verdict">${statusMark(view.status)}<p>${first}</p></div>
${actions(view, { name, now }, viewer)}
<div class="columns even">
<section aria-labelledby="timeline-head"><h2 id="timeline-head">Timeline</h2>${timeline(view)}</section>
<div class="stack">
${rest.length > 0 && html`<section aria-labelledby="words-head"><h2 id="words-head">Why, and what next</h2><ul class="words">${rest.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`}
<section aria-labelledby="facts-head"><h2 id="facts-head">Facts</h2>${facts(view, name, now)}</section>
${metadata(view)}
</div>
</div>`,
  };
}

type About = { readonly name: string; readonly now: number };

/** Only what is legal as it stands; the page behind each button says what it would do. */
function actions(view: DeliveryView, { name, now }: About, viewer: Viewer): Html | null {
  const { id, status, horizonAt, reason, resentAs, request } = view;
  if (status === 'unknown') {
    const of = { id, name, horizonAt, isFinal: reason === 'unresolved' };
    return html`<div class="actions">${resolveButtons(of, now, viewer)}</div>`;
  }
  if (!viewer.mayOperate) return null;
  if (UNSENT.includes(status)) {
    return html`<div class="actions buttons">${leading(places.act(name, id, 'cancel'), 'Cancel…', id)}</div>`;
  }
  const isResendable = (status === 'failed' || status === 'expired') && resentAs === null;
  if (!isResendable) return null;
  if (request === null) {
    return html`<p class="actions detail">Its request is not kept any more: to send the file, enqueue it anew.</p>`;
  }
  return html`<div class="actions buttons">${leading(places.act(name, id, 'resend'), 'Resend as a new delivery…', id)}</div>`;
}

function facts(view: DeliveryView, name: string, now: number): Html {
  const { request } = withoutQueries(view);
  const asked = fieldsOf(request);
  const link = asked('fileUrl');
  const caption = asked('caption');
  return html`<dl class="facts">
${fact('From', html`<a href="${places.account(name)}">${name}</a> <span class="detail">${view.from}</span>`)}
${fact('To', html`<a href="${places.conversation(name, view.to)}">${view.to}</a> <span class="detail">its conversation</span>`)}
${view.locked !== null && fact('Request', html`<b class="bad">${view.locked}</b>`)}
${link !== null && fact('File', html`<span class="link">${link}</span>`)}
${caption !== null && fact('Caption', html`<span dir="auto" class="caption">${caption}</span>`)}
${fact('Created', time(view.createdAt))}
${view.sendAt !== view.createdAt && fact('Send at', time(view.sendAt))}
${fact('Expires', html`${time(view.expiresAt)} <span class="detail">${around(view.expiresAt, now)}</span>`)}
${view.unique !== null && fact('Message', html`<span class="id">${view.unique}</span>`)}
${view.receiptsConflict && fact('Conflict', html`<b class="bad">a failure and an arrival were both reported</b>`)}
${view.resendOf !== null && fact('Made of', html`<a class="id" href="${places.delivery(name, view.resendOf)}">${view.resendOf}</a>`)}
${view.resentAs !== null && fact('Made anew as', html`<a class="id" href="${places.delivery(name, view.resentAs)}">${view.resentAs}</a>`)}
${view.errors.map(({ pointer, detail }) => fact(`Error at ${pointer}`, detail))}
${view.originalRequest !== null && fact('Sent as', html`<code class="link">${maskText(view.originalRequest)}</code>`)}
</dl>`;
}

/** The app's own words, apart from ours: a name such as `From` or `Expires` is no fact about the delivery. */
function metadata({ metadata: pairs }: DeliveryView): Html | null {
  const rows = Object.entries(pairs).map(([key, value]) => fact(key, html`<span dir="auto">${value}</span>`));
  if (rows.length === 0) return null;
  return html`<section aria-labelledby="metadata-head"><h2 id="metadata-head">Metadata from the app</h2><dl class="facts">${rows}</dl></section>`;
}

/** The request's fields as far as they are text; nothing where it is not kept any more. */
function fieldsOf(request: unknown): (name: string) => string | null {
  const fields = new Map<string, unknown>(
    typeof request === 'object' && request !== null ? Object.entries(request) : [],
  );
  return (name) => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
}
