import type { Callback } from '../domain/callback.js';
import { isFields } from './fields.js';
import { jsonShape } from './json-shape.js';
import { parseCallback } from './parse.js';

const MAX_DEPTH = 20;
const MAX_CALLBACKS = 1000;

/** One callback with the text it was read from, which is kept when it was not understood. */
export type ReceivedCallback = { readonly callback: Callback; readonly raw: string };

export type WebhookBody =
  | { readonly kind: 'not_json' }
  | { readonly kind: 'callbacks'; readonly callbacks: readonly ReceivedCallback[] };

/**
 * The callbacks in a request's body. One object is one callback, an array is one per element; a form is one callback,
 * by its fields or by the JSON in its field `payload`. Well-formed JSON is never refused, since a repetition could not
 * mend it: too deep or too many is kept as one unread. A `__proto__` key is an own field of no meaning here: no
 * object is ever merged, and no such field read.
 */
export function readBody(text: string, now: number): WebhookBody {
  const parsed = parseJson(text.replace(/^\uFEFF/, ''));
  const callbacks = parsed === undefined ? readForm(text, now) : readCallbacks(parsed.value, text, now);
  return callbacks === undefined ? { kind: 'not_json' } : { kind: 'callbacks', callbacks };
}

// As GitHub posts its hooks by default, and as Twilio does. A form without a hook is not meant for us.
function readForm(text: string, now: number): readonly ReceivedCallback[] | undefined {
  if (!FORM.test(text)) return undefined;
  const fields = new URLSearchParams(text.trim());
  const payload = fields.get('payload') ?? '';
  const parsed = parseJson(payload);
  if (isFields(parsed?.value) && Object.hasOwn(parsed.value, 'hook')) {
    return readCallbacks(parsed.value, payload, now);
  }
  if (!fields.has('hook')) return undefined;
  return [{ callback: parseCallback(Object.fromEntries(fields), now), raw: text }];
}

const FORM = /^\s*[\w%+.[\]-]+=/;

// The engine's parser is iterative: any depth that fits the body is safe here, though not in what walks the result.
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function readCallbacks(value: unknown, text: string, now: number): readonly ReceivedCallback[] {
  if (isPlain(value, text)) return [{ callback: parseCallback(value, now), raw: text }];
  const { depth, repeatsKey } = jsonShape(text);
  if (depth > MAX_DEPTH) return [unread('too_deep', text)];
  const callbacks = Array.isArray(value)
    ? readBatch(value, text, now)
    : [{ callback: parseCallback(value, now), raw: text }];
  // The last of the values counts, as everywhere; the whole is kept too, since somebody may have meant the first.
  return repeatsKey ? [...callbacks, unread('keys_repeated', text)] : callbacks;
}

/** One flat object in which as many members are written as it has keys: nothing nests, and no key is repeated. */
function isPlain(value: unknown, text: string): boolean {
  if (!isFields(value)) return false;
  const written = text.match(/"\s*:/g)?.length ?? 0;
  return written === Object.keys(value).length && !Object.values(value).some(isObject);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function readBatch(elements: readonly unknown[], text: string, now: number): readonly ReceivedCallback[] {
  if (elements.length === 0) return [unread('batch_empty', text)];
  if (elements.length > MAX_CALLBACKS) return [unread('batch_too_large', text)];
  return elements.map((element) => ({ callback: parseCallback(element, now), raw: JSON.stringify(element) }));
}

function unread(name: string, raw: string): ReceivedCallback {
  return { callback: { kind: 'other', account: null, name }, raw };
}
