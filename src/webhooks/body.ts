import type { Callback } from '../domain/callback.js';
import { parseCallback } from './parse.js';

const MAX_DEPTH = 20;
const MAX_CALLBACKS = 1000;

/** One callback with the text it was read from, which is kept when it was not understood. */
export type ReceivedCallback = { readonly callback: Callback; readonly raw: string };

export type WebhookBody =
  | { readonly kind: 'not_json' }
  | { readonly kind: 'callbacks'; readonly callbacks: readonly ReceivedCallback[] };

/**
 * The callbacks in a request's body. One object is one callback, an array is one per element. Well-formed
 * JSON is never refused, since a repetition could not mend it: too deep or too many is kept as one unread.
 * A `__proto__` key is an own field of no meaning here: no object is ever merged, and no such field read.
 */
export function readBody(text: string, now: number): WebhookBody {
  const parsed = parseJson(text.replace(/^\uFEFF/, ''));
  return parsed === undefined
    ? { kind: 'not_json' }
    : { kind: 'callbacks', callbacks: readCallbacks(parsed.value, text, now) };
}

// The engine's parser is iterative: any depth that fits the body is safe here, though not in what walks the result.
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function readCallbacks(value: unknown, text: string, now: number): readonly ReceivedCallback[] {
  if (nestingDepth(text) > MAX_DEPTH) return [unread('too_deep', text)];
  if (!Array.isArray(value)) return [{ callback: parseCallback(value, now), raw: text }];
  if (value.length === 0) return [unread('batch_empty', text)];
  if (value.length > MAX_CALLBACKS) return [unread('batch_too_large', text)];
  const elements: readonly unknown[] = value;
  return elements.map((element) => ({ callback: parseCallback(element, now), raw: JSON.stringify(element) }));
}

function unread(name: string, raw: string): ReceivedCallback {
  return { callback: { kind: 'other', account: null, name }, raw };
}

/** How deep brackets nest in well-formed JSON; those inside strings do not count. */
function nestingDepth(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    if (token === ']' || token === '}') depth -= 1;
  }
  return deepest;
}
