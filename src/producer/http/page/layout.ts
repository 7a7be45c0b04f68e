import { type Content, type Html, html } from './html.js';
import { places } from './places.js';
import type { Viewer } from './viewer.js';

export type PageParts = {
  readonly title: string;
  /** Null: somebody whom we do not know. */
  readonly viewer: Viewer | null;
  /** Which entry of the navigation it belongs to. */
  readonly at?: 'home' | 'list' | 'callbacks' | 'endpoints';
  /** What was searched for. */
  readonly query?: string;
  readonly content: Content;
};

/** A whole page. */
export function page({ title, viewer, at, query = '', content }: PageParts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Waybill</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/page.css">
<script src="/page/page.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<div class="width">
<a class="brand" href="${places.home}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 5.5A2.5 2.5 0 0 1 5.5 3h13A2.5 2.5 0 0 1 21 5.5v3.2a3.3 3.3 0 0 0 0 6.6v3.2a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 18.5z"/><path class="cut" d="M7 8.5h8M7 12h6M7 15.5h8"/></svg>Waybill</a>
<nav aria-label="Pages">
<a href="${places.home}"${at === 'home' && html` aria-current="page"`}>On duty</a>
<a href="${places.list}"${at === 'list' && html` aria-current="page"`}>Deliveries</a>
<a href="${places.callbacks}"${at === 'callbacks' && html` aria-current="page"`}>Callbacks</a>
<a href="${places.endpoints}"${at === 'endpoints' && html` aria-current="page"`}>Events</a>
<a href="/board">Queues</a>
<a href="/docs">API</a>
</nav>
${viewer === null ? null : searchForm(query)}
</div>
</header>
<main id="content" class="width" tabindex="-1">
${content}
</main>
<footer class="width"><p>Times are UTC.${viewer === null ? null : html` You are <b>${viewer.name}</b>${viewer.mayOperate ? '' : ', who may look only'}.`}</p></footer>
</body>
</html>`;
}

function searchForm(query: string): Html {
  return html`<form class="search" role="search" action="${places.search}" method="get">
<label for="search">Delivery’s id or recipient’s number</label>
<input id="search" name="q" type="search" required maxlength="150" autocomplete="off" spellcheck="false" placeholder="Id or number" value="${query}">
<button type="submit">Find</button>
</form>`;
}

/** A part that is drawn again every few seconds, by the script that fetches it from `from`; and where it says that it cannot. */
export function live(from: string, content: Content): Html {
  return html`<p id="old" class="notice old" role="status"></p><div id="live" data-from="${from}">${content}</div>`;
}
