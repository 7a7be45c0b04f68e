import { maskNumber } from '../../../domain/mask.js';
import { quarantineInWords, type ShownCallback } from '../../../domain/quarantine.js';
import { fact } from './fact.js';
import { changing, leading } from './forms.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { around, time } from './times.js';
import type { Viewer } from './viewer.js';

/** With the name of the account; null where that is none of the viewer's. */
export type NamedCallback = ShownCallback & { readonly name: string | null };

export type CallbackList = {
  readonly callbacks: readonly NamedCallback[];
  /** Of the next page; null when nothing follows. */
  readonly cursor: string | null;
  readonly isFirst: boolean;
  readonly now: number;
};

/** The callbacks that could not be applied, the newest first. */
export function callbackList({ callbacks, cursor, isFirst, now }: CallbackList, viewer: Viewer): Html {
  return html`<h1>Callbacks that were not applied</h1>
<p class="detail">The provider’s callbacks that Waybill could not read or use. They are kept for 30 days, the newest thousand.</p>
${callbacks.length === 0 ? html`<p class="nothing">${cursor === null ? 'None is kept.' : 'None on this page; older ones may be yours.'}</p>` : table(callbacks, now)}
${viewer.mayOperate && callbacks.length > 0 && html`<div class="actions buttons">${leading(places.callback('replay'), 'Replay all…', 'callbacks')}</div>`}
<nav class="pager" aria-label="Pages of callbacks">
${!isFirst && html`<a href="${places.callbacks}" rel="first">Newest</a>`}
${cursor !== null && html`<a href="${withQuery(places.callbacks, { cursor })}" rel="next">Older</a>`}
</nav>`;
}

const HEADS = ['Callback', 'Why it was not applied', 'Account', 'Came', 'Body'];
/** A list shows the beginning of a body, its page all of it. */
const BODY_SHOWN = 160;

function table(callbacks: readonly NamedCallback[], now: number): Html {
  return html`<table class="cards" role="table">
<caption class="unseen">Callbacks that were not applied, the newest first</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${callbacks.map((each) => row(each, now))}</tbody>
</table>`;
}

function row(each: NamedCallback, now: number): Html {
  const { id, reason, receivedAt, body } = each;
  const start = body.length > BODY_SHOWN ? `${body.slice(0, BODY_SHOWN)}…` : body;
  return html`<tr role="row">
<th role="rowheader" scope="row"><a class="id" href="${places.callback(id)}">${id}</a></th>
<td role="cell" data-head="Why">${quarantineInWords(reason)}</td>
<td role="cell" data-head="Account">${accountOf(each)}</td>
<td role="cell" data-head="Came">${around(receivedAt, now)}</td>
<td role="cell" data-head="Body"><code class="link">${start}</code></td>
</tr>`;
}

function accountOf({ name, account }: NamedCallback): Html {
  if (name !== null) return html`<a href="${places.account(name)}">${name}</a>`;
  return html`<span class="none">${account === null ? 'cannot be read' : maskNumber(account)}</span>`;
}

/** One of them, and what a replay would do. */
export function callback(shown: NamedCallback, now: number, viewer: Viewer): Html {
  const { id, reason, receivedAt, body } = shown;
  return html`<p class="crumbs"><a href="${places.callbacks}">Callbacks</a></p>
<h1><span class="id">${id}</span></h1>
<div class="verdict"><p>It was not applied: ${quarantineInWords(reason)}.</p></div>
${viewer.mayOperate && replayForm(`${places.callback(id)}/replay`, 'Replay it', viewer)}
<section aria-labelledby="facts-head"><h2 id="facts-head">Facts</h2><dl class="facts">
${fact('Came', html`${time(receivedAt)} <span class="detail">${around(receivedAt, now)}</span>`)}
${fact('Account', accountOf(shown))}
${fact('Reason', html`<code>${reason}</code>`)}
${fact('Body', html`<code class="link" dir="ltr">${body}</code> <span class="detail">numbers are masked, and what clients wrote is left out</span>`)}
</dl></section>`;
}

/** Says what a replay of all would do, and does it at this button only. */
export function confirmReplay(count: number, viewer: Viewer): Html {
  return html`<p class="crumbs"><a href="${places.callbacks}">Callbacks</a></p>
<h1>Replay all?</h1>
<section class="confirm" aria-label="Replay all">
<p>${count === 1 ? '1 callback is' : `${count} callbacks are`} kept.</p>
${replayForm(`${places.callbacks}/replay`, 'Replay all', viewer)}
</section>`;
}

const SAYS =
  'Each is applied as of the time at which it came, as if it had been understood then; what was applied before changes nothing. Those that are still not understood stay here.';

function replayForm(action: string, words: string, viewer: Viewer): Html {
  const button = html`<div class="buttons"><button class="main" type="submit">${words}</button><a href="${places.callbacks}">Leave it</a></div>`;
  return html`<p class="detail">${SAYS}</p>${changing({ action, className: 'act' }, viewer, button)}`;
}
