import { maskNumber } from '../../../domain/mask.js';
import type { DeliveryRow } from '../../../redis/lists.js';
import { leading } from './forms.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { around, figure } from './times.js';
import type { Viewer } from './viewer.js';

export const UNKNOWNS_SHOWN = 4;

export type Unknowns = {
  /** The newest of them, with their accounts' names. */
  readonly deliveries: readonly (DeliveryRow & { readonly name: string })[];
  readonly count: number;
  readonly now: number;
};

/** Deliveries of which somebody may have to say what became of them. */
export function unknowns({ deliveries, count, now }: Unknowns, viewer: Viewer): Html {
  if (count === 0) return html`<p class="nothing">None: every attempt has an answer.</p>`;
  const more = withQuery(places.list, { status: 'unknown' });
  return html`<ul class="unknowns">${deliveries.map((delivery) => one(delivery, now, viewer))}</ul>
${count > deliveries.length && html`<p><a id="unknowns-all" href="${more}">All ${figure(count)} of them</a></p>`}`;
}

function one(delivery: Unknowns['deliveries'][number], now: number, viewer: Viewer): Html {
  const { id, name, to, horizonAt } = delivery;
  return html`<li><div><a id="unknown-${name}-${id}" class="id" href="${places.delivery(name, id)}">${id}</a>
<span class="detail">${name} to ${maskNumber(to)}, ${around(delivery.createdAt, now)}</span></div>
${resolveButtons({ id, name, horizonAt, isFinal: delivery.reason === 'unresolved' }, now, viewer)}</li>`;
}

export type Resolvable = {
  readonly id: string;
  readonly name: string;
  readonly horizonAt: number | null;
  /** Its job has ended: it cannot be sent again by it. */
  readonly isFinal: boolean;
};

/** The three ends of an unknown outcome; before the horizon only the time from which on they may be said. */
export function resolveButtons(of: Resolvable, now: number, viewer: Viewer): Html | null {
  const { id, name, horizonAt, isFinal } = of;
  if (horizonAt !== null && horizonAt > now) {
    return html`<p class="detail">may still be on its way; can be resolved ${around(horizonAt, now)}</p>`;
  }
  if (!viewer.mayOperate) return null;
  return html`<div class="buttons">
${leading(places.act(name, id, 'sent'), 'Was sent…', `was sent: ${id}`)}
${!isFinal && leading(places.act(name, id, 'send-again'), 'Resend…', `was not sent: ${id}`)}
${leading(places.act(name, id, 'close'), 'Close…', `was not sent: ${id}`)}
</div>`;
}
