// Draws the part of a page that changes anew every few seconds. Without it everything works, and stands still.
const EVERY_MS = 5000;

const part = document.getElementById('live');
let timer;
let readAt = new Date();

async function refresh() {
  const markup = await read(part.dataset.from);
  if (markup !== null) readAt = new Date();
  if (markup !== null && !isTyping()) redraw(markup);
  tellAge(markup === null);
  plan();
}

/** Null: the server is away, or Redis is. */
async function read(from) {
  try {
    const response = await fetch(from, { credentials: 'same-origin', cache: 'no-store' });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Figures that stand still must not be taken for news. */
function tellAge(isOld) {
  const time = readAt.toISOString().slice(11, 19);
  const words = `This is how it was at ${time} UTC: nothing newer is to be had now. It is asked for again every few seconds.`;
  const said = document.getElementById('old');
  if (said.textContent !== (isOld ? words : '')) said.textContent = isOld ? words : '';
}

function isTyping() {
  const { activeElement } = document;
  return part.contains(activeElement) && activeElement.matches('input, select, textarea');
}

/** Who was at a link or a button stays there; what was opened stays open. */
function redraw(markup) {
  const fresh = new DOMParser().parseFromString(markup, 'text/html').body;
  const focused = part.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  for (const details of part.querySelectorAll('details[id]')) {
    const again = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (again !== null) again.open = details.open;
  }
  part.replaceChildren(...fresh.childNodes);
  dropNotice();
  if (focused !== null) find(focused)?.focus({ preventScroll: true });
}

/** A link has an id, a button stands in a form that leads somewhere. */
function keyOf(element) {
  return element.id || element.closest('form')?.getAttribute('action') || element.parentElement?.id || null;
}

function find(key) {
  const byId = document.getElementById(key);
  if (byId !== null) return byId.matches('details') ? byId.querySelector('summary') : byId;
  return part.querySelector(`form[action="${CSS.escape(key)}"] button`);
}

/** What has just been done is said once: it may be untrue by the next look, and a reload must not say it again. */
function dropNotice() {
  document.querySelector('.notice:not(.old)')?.remove();
  const address = new URL(location.href);
  if (!address.searchParams.has('done')) return;
  address.searchParams.delete('done');
  history.replaceState(null, '', address);
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, EVERY_MS);
}

/** A page that could not be had comes as soon as it can. */
async function askAgain() {
  if ((await read(location.href)) !== null) location.reload();
  else setTimeout(askAgain, EVERY_MS);
}

if (part !== null) {
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : refresh()));
  plan();
}
if (document.getElementById('again') !== null) setTimeout(askAgain, EVERY_MS);
