import type { DeliveryView } from '../../../redis/delivery-view.js';
import { ACTIONS, type Action } from './actions.js';
import { changing, whyField } from './forms.js';
import { type Html, html } from './html.js';
import { statusMark } from './mark.js';
import { places } from './places.js';
import type { Viewer } from './viewer.js';

type Asked = { readonly view: DeliveryView; readonly name: string; readonly action: Action };

/** Says what an action would do, and does it at the second button only. */
export function confirm({ view, name, action }: Asked, viewer: Viewer): Html {
  const { title, says, button, keep } = ACTIONS[action];
  const unique = html`<label for="unique">The message’s unique, where you know it (optional)</label><input id="unique" name="unique" maxlength="512" autocomplete="off" spellcheck="false">`;
  return html`<p class="crumbs"><a href="${places.delivery(name, view.id)}">Delivery</a></p>
<h1>${title}?</h1>
<section class="confirm" aria-label="${title}">
<p><span class="id">${view.id}</span> ${statusMark(view.status)}</p>
<p class="detail">${name} to ${view.to}</p>
<p>${says}</p>
${changing({ action: places.act(name, view.id, action), className: 'act' }, viewer, html`${action === 'sent' && unique}${whyField()}<div class="buttons"><button class="main" type="submit">${button}</button><a href="${places.delivery(name, view.id)}">${keep}</a></div>`)}
</section>`;
}
