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

/** The same without Redis; the script asks again for a page that is only to be looked at. */
export function absence(title: string, isLook: boolean): Html {
  if (isLook) {
    return html`<h1>${title}</h1><p id="again">Nothing can be shown until it is back. This page tries again every few seconds.</p>`;
  }
  return refusal(title, 'Nobody can say now whether this was done. Look at it again when Redis is back.');
}
