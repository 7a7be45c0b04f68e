import { LONGEST } from '../../../domain/operation.js';
import { formatSpan } from '../../../domain/span.js';
import type { AccountDuty } from '../../duty.js';
import { mayResume, stateMark } from './account-state.js';
import { budgetCell } from './budget.js';
import { fact } from './fact.js';
import { changing, whyField } from './forms.js';
import { heldByReason } from './held.js';
import { type Html, html } from './html.js';
import { places, withQuery } from './places.js';
import { around, figure } from './times.js';
import type { Viewer } from './viewer.js';

/** An account's page: its figures, and the way to pause or resume it. */
export function account(duty: AccountDuty): { readonly head: Html; readonly body: Html } {
  const { name, from } = duty;
  return {
    head: html`<p class="crumbs"><a href="${places.home}">On duty</a></p><h1>${name} <span class="detail">${from}</span></h1>`,
    body: html`<div class="verdict">${stateMark(duty)}</div>
<div class="columns even">
<section aria-labelledby="figures-head"><h2 id="figures-head">Figures</h2>${facts(duty)}</section>
<div class="stack"><section aria-labelledby="held-head"><h2 id="held-head">Held</h2>${heldByReason([duty], name)}</section>
<section aria-labelledby="more-head"><h2 id="more-head">More</h2><ul class="words"><li><a href="${withQuery(places.list, { from: name })}">Its deliveries</a></li><li><a href="${places.board(from)}">Its queue</a></li></ul></section></div>
</div>`,
  };
}

/** Outside of what is drawn anew by itself, so that nobody loses what they are typing. */
export function gateForms(duty: AccountDuty, viewer: Viewer): Html | null {
  if (!viewer.mayOperate) return null;
  const { name, gate } = duty;
  const path = places.account(name);
  const resume = changing(
    { action: `${path}/resume`, className: 'act' },
    viewer,
    html`<p>Opens the gate and the queue: what is due goes out at once.</p>${whyField('why')}<button class="main" type="submit">Resume ${name}</button>`,
  );
  const pause = changing(
    { action: `${path}/pause`, className: 'act' },
    viewer,
    html`<p>Nothing more is sent until somebody resumes it; deliveries are kept, attempts under way end.</p>
<label for="reason">Why, for those who ask</label><input id="reason" name="reason" required maxlength="${LONGEST.reason}" autocomplete="off">
<button class="main" type="submit">Pause ${name}</button>`,
  );
  const title = mayResume(duty) ? 'Resume' : 'Pause';
  return html`<section aria-labelledby="gate-head" class="gate"><h2 id="gate-head">${title}</h2>${mayResume(duty) && resume}${gate.state !== 'paused' && pause}</section>`;
}

function facts(duty: AccountDuty): Html {
  const { due, oldestDueAt, oldestUnknownAt, now, active, counts, ratePerSecond, budget, workers } = duty;
  const list = (status: string) => withQuery(places.list, { from: duty.name, status });
  return html`<dl class="facts">
${fact('Due now', html`${figure(due)}, ${figure(active)} in hand`)}
${fact('Oldest due', oldestDueAt === null ? '–' : formatSpan(now - oldestDueAt))}
${fact('Waiting', html`<a id="waiting" href="${list('waiting')}">${figure(counts.waiting)}</a>`)}
${fact('Held', html`<a id="held" href="${list('held')}">${figure(counts.held)}</a>`)}
${fact('Unknown', html`<a id="unknown" href="${list('unknown')}">${figure(counts.unknown)}</a>${oldestUnknownAt !== null && html` <span class="detail">the oldest began ${around(oldestUnknownAt, now)}</span>`}`)}
${fact('Failed', html`<a id="failed" href="${list('failed')}">${figure(counts.failed)}</a>`)}
${fact('Rate', ratePerSecond === null ? 'not known' : `at most ${figure(ratePerSecond)} a second`)}
${fact('Sessions today', budgetCell(budget.day))}
${fact('This month', budgetCell(budget.month))}
${fact('Workers', workers === 0 ? html`<b class="bad">none</b>` : figure(workers))}
</dl>`;
}
