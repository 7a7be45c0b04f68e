import { formatSpan } from '../../../domain/span.js';
import { type Html, html } from './html.js';

/** `22 Nov 11:30:05`; the page says once that it is UTC. */
export function writeTime(at: number): string {
  const [, , month = '', day = '', clock = ''] =
    /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(new Date(at).toISOString()) ?? [];
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${clock}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function time(at: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${writeTime(at)}</time>`;
}

/** When what a page shows was read. */
export function asOf(at: number): Html {
  return html`<p class="asof">As of ${time(at)} UTC</p>`;
}

/** `5 min ago`, or `in 5 min`; the moment itself shows to who points at it. */
export function around(at: number, now: number): Html {
  const span = roughly(Math.abs(at - now));
  return html`<time datetime="${new Date(at).toISOString()}" title="${writeTime(at)} UTC">${at > now ? `in ${span}` : `${span} ago`}</time>`;
}

/** The largest unit that counts: `3 h`. */
export function roughly(ms: number): string {
  return formatSpan(ms).split(' ').slice(0, 2).join(' ');
}

/** `1,234`, as the figures of a table. */
export function figure(count: number): string {
  return count.toLocaleString('en-GB');
}

/** A figure, faint where there is nothing to look at. */
export function countOrDash(count: number): Html {
  return count === 0 ? html`<span class="none">0</span>` : html`${figure(count)}`;
}
