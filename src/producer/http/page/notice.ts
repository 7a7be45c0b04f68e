import { type Html, html } from './html.js';
import { places } from './places.js';

/** What has just been done, told once at the top of a page. */
export function notice(words: string | null): Html | null {
  return words === null ? null : html`<p class="notice" role="status">${words}</p>`;
}

/** What stands in the way of a call, for people. */
export function refusal(title: string, detail: string): Html {
  return html`<h1>${title}</h1><p>${detail}</p><p><a href="${places.home}">To the overview</a></p>`;
}
