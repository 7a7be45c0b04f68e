import { type Content, type Html, html } from './html.js';

/** A row of a list of facts. */
export function fact(name: string, value: Content): Html {
  return html`<div><dt dir="auto">${name}</dt><dd>${value}</dd></div>`;
}
