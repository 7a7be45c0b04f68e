import type { z } from 'zod';
import { maskNumber, maskText } from '../domain/mask.js';
import { bad, type Kind, type Parsed, type Problem } from './kinds.js';

/** What is longer is no name of ours, and may be anything. */
const LONGEST_NAME = 64;

/** How a JSON value becomes what the setting means, and how it is shown without telling secrets. */
export type JsonForm<S, T> = {
  readonly expected: string;
  readonly schema: z.ZodType<S>;
  readonly build: (value: S) => Parsed<T>;
  readonly show: (value: T) => string;
};

/** A setting that is JSON. Its faults carry JSON pointers, and never a piece of the text, which may be a key. */
export function json<S, T>({ expected, schema, build, show }: JsonForm<S, T>): Kind<T> {
  return {
    expected,
    parse: (text) => {
      const raw = parseJson(text);
      if (raw === undefined) return bad('is not JSON');
      const result = schema.safeParse(raw);
      if (result.success) return build(result.data);
      return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
    },
    show,
  };
}

/** Two entries that must differ and do not. */
export function duplicates(values: readonly string[], field: string): Problem[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return first === index
      ? []
      : [{ problem: `at /${index}/${field} repeats /${first}/${field}`, expected: 'each once' }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
  const pointer = toPointer(issue.path);
  const at = `${whose(raw, issue.path)}at`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      problem: `${at} ${pointer} has the unknown field ${key}`,
      expected: issue.message,
    }));
  }
  const what = valueAt(raw, issue.path) === undefined ? 'is missing' : 'is not usable';
  return [{ problem: `${at} ${pointer || '/'} ${what}`, expected: issue.message }];
}

/** Of which entry of a list that is, by its name or number: people do not count entries. */
function whose(raw: unknown, path: readonly PropertyKey[]): string {
  const entry = valueAt(raw, path.slice(0, 1));
  const [name, from] = [valueAt(entry, ['name']), valueAt(entry, ['from'])];
  if (typeof name === 'string' && name.length <= LONGEST_NAME) return `in ${maskText(name)}, `;
  return typeof from === 'string' ? `in ${maskNumber(from)}, ` : '';
}

function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    raw,
  );
}
