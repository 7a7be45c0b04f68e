import type { AccountDuty } from '../../duty.js';
import { stateOf } from './account-state.js';
import { type Content, type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { figure, roughly } from './times.js';

/** The few figures that tell whether anybody has to do anything. */
export function figures(accounts: readonly AccountDuty[]): Html {
  const total = (count: (account: AccountDuty) => number) =>
    accounts.reduce((sum, each) => sum + count(each), 0);
  const troubled = accounts.filter((each) => stateOf(each).isTrouble).length;
  const unknown = total(({ counts }) => counts.unknown);
  const ages = accounts.map(({ oldestDueAt, now }) => (oldestDueAt === null ? 0 : now - oldestDueAt));
  const oldest = Math.max(0, ...ages);
  return html`<dl class="figures">
${one('Accounts', html`${figure(accounts.length)}`, troubled === 0 ? 'all running' : html`<b class="bad">${troubled} to look at</b>`)}
${one('Due now', html`${figure(total(({ due }) => due))}`, `${figure(total(({ active }) => active))} in hand`)}
${one('Oldest due', oldest === 0 ? '–' : roughly(oldest), oldest === 0 ? 'nothing is due' : 'has waited so long')}
${one(
  'Waiting',
  linked(
    'waiting',
    total(({ counts }) => counts.waiting),
  ),
  'for a time or a turn',
)}
${one(
  'Held',
  linked(
    'held',
    total(({ counts }) => counts.held),
  ),
  'for an event',
)}
${one('Unknown', linked('unknown', unknown), unknown === 0 ? 'none to look at' : html`<b class="doubt">to look at</b>`)}
${one(
  'Failed',
  linked(
    'failed',
    total(({ counts }) => counts.failed),
  ),
  'of those still kept',
)}
</dl>`;
}

function one(name: string, value: Content, note: Content): Html {
  return html`<div><dt>${name}</dt><dd><span class="value">${value}</span><span class="detail">${note}</span></dd></div>`;
}

function linked(status: string, count: number): Html {
  return html`<a id="all-${status}" href="${withQuery(places.list, { status })}">${figure(count)}</a>`;
}
