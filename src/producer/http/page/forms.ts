import { LONGEST } from '../../../domain/operation.js';
import { type Content, type Html, html } from './html.js';
import type { Viewer } from './viewer.js';

/** A form that changes something. */
export function changing(
  { action, className = '' }: { readonly action: string; readonly className?: string },
  viewer: Viewer,
  content: Content,
): Html {
  return html`<form method="post" action="${action}" class="${className}"><input type="hidden" name="token" value="${viewer.formToken}">${content}</form>`;
}

/** A button that leads to a page, where what it does is said and confirmed. */
export function leading(action: string, words: string, about: string): Html {
  return html`<form method="get" action="${action}"><button type="submit">${words}<span class="unseen"> ${about}</span></button></form>`;
}

/** For the timeline; nobody has to say it. */
export function whyField(id = 'reason'): Html {
  return html`<label for="${id}">Why, for those who ask later (optional)</label><input id="${id}" name="reason" maxlength="${LONGEST.reason}" autocomplete="off">`;
}
