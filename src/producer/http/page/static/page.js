// Draws the part of a page that changes anew every few seconds. Without it everything works, and stands still.
const EVERY_MS = 5000;

const part = document.getElementById('live');
let timer;

async function refresh() {
  try {
    const response = await fetch(part.dataset.from, { credentials: 'same-origin', cache: 'no-store' });
    if (response.ok && !isTyping()) redraw(await response.text());
  } catch {
    // The server is away: the page keeps what it has, and asks again.
  }
  plan();
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

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, EVERY_MS);
}

if (part !== null) {
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : refresh()));
  plan();
}
