import { maskText } from '../domain/mask.js';
import { type Fields, isFields, readCode, readText } from './fields.js';

/** Why a message failed, as far as the provider says: its code, and its words, bounded and masked. */
export type Failure = { readonly code: string | null; readonly reason: string | null };

const NONE: Failure = { code: null, reason: null };

/** Where reasons stand: in the provider's own field, in WhatsApp's list, or under the names that others give them. */
const PLACES = ['messageUpdate', 'errors', 'error', 'reason', 'description'];
const CODES = ['code', 'id'];
const WORDS = ['title', 'message', 'reason', 'description', 'details', 'error_data'];
/** WhatsApp's `errors[0].error_data.details` is the deepest. */
const MOST_LEVELS = 3;
const MOST_ENTRIES = 5;
const LONGEST_REASON = 200;

/** Reads a failure in whichever form it comes: a number, a text, an object, or a list of these. Never throws. */
export function readFailure(fields: Fields): Failure {
  return first(PLACES.map((place) => readAt(own(fields, place), MOST_LEVELS)));
}

/** Whether it says anything: a code 0 does not. */
export function isExplained({ code, reason }: Failure): boolean {
  return reason !== null || (code !== null && code !== '0');
}

function first(found: readonly Failure[]): Failure {
  const both = (one: Failure, next: Failure) => ({
    code: one.code ?? next.code,
    reason: one.reason ?? next.reason,
  });
  return found.reduce(both, NONE);
}

function readAt(value: unknown, levels: number): Failure {
  if (Array.isArray(value)) {
    return levels === 0 ? NONE : first(value.slice(0, MOST_ENTRIES).map((each) => readAt(each, levels - 1)));
  }
  if (isFields(value)) return levels === 0 ? NONE : readObject(value, levels - 1);
  const code = codeOf(value);
  return code === null ? readWords(value) : { code, reason: null };
}

function readObject(value: Fields, levels: number): Failure {
  const codes = CODES.map((name) => ({ code: codeOf(own(value, name)), reason: null }));
  const words = WORDS.map((name) => {
    const said = own(value, name);
    return typeof said === 'object' ? readAt(said, levels) : readWords(said);
  });
  return first([...codes, ...words]);
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Seven digits at most: what is longer may be somebody's number. */
function codeOf(value: unknown): string | null {
  const code = readCode({ value }, 'value');
  return code === null || /\d{8}/.test(code) ? null : code;
}

/** `131026: Message undeliverable`, `(#131026) …`, `[131026] …`, `Error 131026 - …`. */
const CODE_IN_FRONT =
  /^(?:error|err|code)?[\s:]*[[(]?#?(\d{1,7})(?:[\])][\s:.-]*|\s*[:\u2013\u2014|-]\s*|\.\s+)(\D.*)$/isu;

function readWords(value: unknown): Failure {
  const text = onOneLine(readText({ value }, 'value') ?? '');
  const [, code = null, words = text] = CODE_IN_FRONT.exec(text) ?? [];
  const masked = [...maskText(words)].slice(0, LONGEST_REASON).join('').trim();
  return { code, reason: masked === '' ? null : masked };
}

/** Without what would steer a terminal or turn the line around. */
function onOneLine(text: string): string {
  const start = [...text.slice(0, 8 * LONGEST_REASON)].slice(0, 4 * LONGEST_REASON).join('');
  return start.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
}
