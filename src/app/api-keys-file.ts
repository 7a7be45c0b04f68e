import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { whyUnreadable } from '../config/env.js';
import { SETTINGS } from '../config/settings.js';
import type { Caller } from '../domain/caller.js';
import { WaybillError } from '../errors.js';

const OWNER_ONLY = 0o600;

/**
 * Adds a key's entry to a file of them, which is made where there is none. What is in it stays as it is written.
 * @throws WaybillError API_KEYS_FILE where the file is none of keys, or has the name already
 */
export function appendApiKey(file: string, entry: Caller): void {
  changeFile(file, '[]\n', (text, callers) => {
    if (!callers.some(({ name }) => name === entry.name)) return withElement(text, entry);
    throw refusal(
      file,
      `has a key with the name ${entry.name} already: revoke it first, or take another name`,
    );
  });
}

/** Takes a key's entry out. @throws WaybillError NOT_FOUND where no entry has the name, or API_KEYS_FILE */
export function revokeApiKey(file: string, name: string): void {
  changeFile(file, null, (text, callers) => {
    const index = callers.findIndex((caller) => caller.name === name);
    if (index >= 0) return withoutElement(text, index);
    const names = callers.map((caller) => caller.name).join(', ') || 'none';
    throw new WaybillError('NOT_FOUND', `${file} has no key with this name; it has ${names}`);
  });
}

type Change = (text: string, callers: readonly Caller[]) => string;

function changeFile(file: string, empty: string | null, change: Change): void {
  const isThere = existsSync(file);
  if (!isThere && empty === null) throw refusal(file, 'is not there');
  // Behind a link the file itself is replaced, not the link.
  const path = isThere ? realpathSync(file) : file;
  const text = isThere ? readText(file, path) : (empty ?? '');
  const changed = change(text, parse(file, text));
  parse(file, changed);
  replace(file, path, changed);
}

function readText(file: string, path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return text.trim() === '' ? '[]\n' : text;
  } catch (error) {
    throw refusal(file, whyUnreadable(error));
  }
}

function parse(file: string, text: string): readonly Caller[] {
  const { kind } = SETTINGS.WAYBILL_API_KEYS;
  const parsed = kind.parse(text.trim());
  if (parsed.ok) return parsed.value;
  const problems = parsed.problems.map(
    ({ problem, expected }) => `${problem}, expected ${expected ?? kind.expected}`,
  );
  throw refusal(file, problems.join('; '));
}

/** Renamed into place, so that whoever reads it finds the old one or the new one; one command at a time. */
function replace(file: string, path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, text, { mode: OWNER_ONLY, flag: 'wx', flush: true });
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw refusal(file, `is being changed by another command: where none runs, remove ${fresh}`);
    throw refusal(file, `cannot be written (${codeOf(error)})`, error);
  }
  try {
    if (existsSync(path)) keepRights(path, fresh);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw refusal(file, `cannot be replaced (${codeOf(error)})`, error);
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}

/** The process that reads it may run as another user. */
function keepRights(path: string, fresh: string): void {
  const { mode, uid, gid } = statSync(path);
  const own = statSync(fresh);
  if (own.uid !== uid || own.gid !== gid) chownSync(fresh, uid, gid);
  chmodSync(fresh, mode & 0o777);
}

function refusal(file: string, why: string, cause?: unknown): WaybillError {
  return new WaybillError('API_KEYS_FILE', `${file} ${why}`, { cause });
}

/** Where each object of an array begins and ends, and where the array's brackets are. */
function shapeOf(text: string) {
  const spans: { start: number; end: number }[] = [];
  let [depth, start, open, close, isText] = [0, 0, 0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (isText && letter === '\\') at += 1;
    else if (letter === '"') isText = !isText;
    else if (isText) continue;
    else if ('[{'.includes(letter)) {
      depth += 1;
      if (depth === 1) open = at;
      if (depth === 2) start = at;
    } else if (']}'.includes(letter)) {
      if (depth === 2) spans.push({ start, end: at + 1 });
      if (depth === 1) close = at;
      depth -= 1;
    }
  }
  return { spans, open, close };
}

function withElement(text: string, entry: Caller): string {
  const { spans, open, close } = shapeOf(text);
  const last = spans.at(-1);
  if (last === undefined) {
    return `${text.slice(0, open + 1)}\n  ${JSON.stringify(entry)}\n${text.slice(close)}`;
  }
  const before = spans.at(-2);
  const between =
    before === undefined ? `,${text.slice(open + 1, last.start)}` : text.slice(before.end, last.start);
  const written = likeElement(entry, text.slice(last.start, last.end), text.slice(0, last.start));
  return `${text.slice(0, last.end)}${between}${written}${text.slice(last.end)}`;
}

/** Written as the element before it: on one line or on several, with its indentation. */
function likeElement(entry: Caller, element: string, before: string): string {
  const [, second] = element.split('\n');
  if (second === undefined) {
    return element.includes('": ')
      ? JSON.stringify(entry, null, 1).replace(/\n\s*/g, ' ')
      : JSON.stringify(entry);
  }
  const outer = /[ \t]*$/.exec(before)?.[0] ?? '';
  const inner = /^[ \t]*/.exec(second)?.[0] ?? '';
  const step = inner.startsWith(outer) ? inner.slice(outer.length) : '  ';
  return JSON.stringify(entry, null, step).replaceAll('\n', `\n${outer}`);
}

function withoutElement(text: string, index: number): string {
  const { spans, open, close } = shapeOf(text);
  const [before, own, after] = [spans[index - 1], spans[index], spans[index + 1]];
  if (own === undefined) return text;
  if (after !== undefined) return text.slice(0, own.start) + text.slice(after.start);
  if (before !== undefined) return text.slice(0, before.end) + text.slice(own.end);
  return text.slice(0, open + 1) + text.slice(close);
}
