import { operationInWords, otherOperations } from '../../../domain/operation.js';
import { attemptInWords, foundInWords, receiptInWords, whyInWords } from '../../../domain/reason-words.js';
import { formatSpan } from '../../../domain/span.js';
import type { DeliveryView } from '../../../redis/delivery-view.js';
import { type Html, html } from './html.js';
import { statusMark } from './mark.js';
import { time } from './times.js';

type Line = { readonly at: number; readonly what: Html; readonly isStatus: boolean };

/** A delivery's life in the order in which it came: what it was, and between these what was tried, read and reported. */
export function timeline(view: DeliveryView): Html {
  // An attempt is noted just before the status that it led to; the sort is stable.
  const lines = [...attempts(view), ...statuses(view), ...others(view)].toSorted(
    (one, other) => one.at - other.at,
  );
  return html`<ol class="timeline">${lines.map(({ at, what, isStatus }) => html`<li class="${isStatus ? 'step' : 'between'}"><span class="when">${time(at)} <span class="detail">+${formatSpan(at - view.createdAt)}</span></span><span class="what">${what}</span></li>`)}</ol>`;
}

function statuses(view: DeliveryView): readonly Line[] {
  return view.timeline.map(({ at, status, reason }) => {
    const why = whyInWords({ ...view, status, reason });
    return {
      at,
      what: html`${statusMark(status)}${why !== '' && html` <span class="detail">${why}</span>`}`,
      isStatus: true,
    };
  });
}

function attempts(view: DeliveryView): readonly Line[] {
  return view.attempts.map((attempt) => {
    const why = attemptInWords(attempt);
    const outcome = `${attempt.outcome ?? 'no outcome'}`.replaceAll('_', ' ');
    const words = `attempt ${attempt.number} (${attempt.send}): ${outcome}${why === '' ? '' : `, ${why}`}`;
    return between(attempt.at, words);
  });
}

/** Readings of the history, what was done by hand, and receipts that came when the status was beyond them already. */
function others({ asked, operations, receipts, timeline: entries }: DeliveryView): readonly Line[] {
  const late = Object.entries(receipts).filter(
    ([receipt]) => !entries.some(({ status }) => status === receipt),
  );
  return [
    ...asked.map(({ at, found }) => between(at, `the history ${foundInWords(found)}`)),
    ...otherOperations(operations).map((done) => between(done.at, operationInWords(done))),
    ...late.map(([receipt, at]) => between(at, `receipt: ${receiptInWords(receipt)}`)),
  ];
}

function between(at: number, words: string): Line {
  return { at, what: html`${words}`, isStatus: false };
}
