import type { EndpointState, Tested } from '../routes/endpoints.js';
import { changing } from './forms.js';
import { type Html, html } from './html.js';
import { places } from './places.js';
import { figure } from './times.js';
import type { Viewer } from './viewer.js';

const HEADS = ['Endpoint', 'Types', 'Accounts', 'Not taken', 'Try it'];

/** Where events are posted to, and what a test event has just come to. */
export function endpointList(
  endpoints: readonly EndpointState[],
  tested: Tested | null,
  viewer: Viewer,
): Html {
  return html`<h1>Event endpoints</h1>
<p class="detail">Where Waybill posts events to, by the settings of this process. A test event is signed as any other, and comes whatever types an endpoint names.</p>
${tested !== null && html`<p class="notice" role="status">${testedInWords(tested)}</p>`}
${endpoints.length === 0 ? html`<p class="nothing">WAYBILL_EVENT_ENDPOINTS names none here that your key may use.</p>` : table(endpoints, viewer)}`;
}

/** `app: answered 204 after 12 ms` */
function testedInWords({ endpoint, status, reason, durationMs }: Tested): string {
  const answer = status === null ? `no answer (${reason ?? 'failed'})` : `answered ${status}`;
  return `${endpoint}: ${answer} after ${durationMs} ms.`;
}

function table(endpoints: readonly EndpointState[], viewer: Viewer): Html {
  return html`<table class="cards" role="table">
<caption class="unseen">Event endpoints</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${endpoints.map((each) => row(each, viewer))}</tbody>
</table>`;
}

function row({ name, types, accounts, deadEvents }: EndpointState, viewer: Viewer): Html {
  const button = html`<button type="submit">Send a test event<span class="unseen"> to ${name}</span></button>`;
  const form = changing({ action: places.testEndpoint(name) }, viewer, button);
  return html`<tr role="row">
<th role="rowheader" scope="row">${name}</th>
<td role="cell" data-head="Types">${types.length === 0 ? 'all' : types.join(', ')}</td>
<td role="cell" data-head="Accounts">${accounts.length === 0 ? 'all' : accounts.join(', ')}</td>
<td role="cell" data-head="Not taken">${deadEvents === 0 ? 'none' : html`<b class="bad">${figure(deadEvents)}</b>`}</td>
<td role="cell" data-head="Try it">${viewer.mayOperate ? form : html`<span class="none">–</span>`}</td>
</tr>`;
}
