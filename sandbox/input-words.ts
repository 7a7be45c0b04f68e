import type { z } from 'zod';

type Raw = z.core.$ZodRawIssue;

/**
 * What would be right where input does not fit, for a schema's `safeParse(input, { error: inputWords })`: used where
 * the schema has no words of its own.
 */
export function inputWords(issue: Raw): string {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'is missing';
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has no field ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return `must be ${nameOf(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL' : 'has the wrong form';
    default:
      return unionWords(issue);
  }
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['int', 'a whole number'],
  ['array', 'an array'],
  ['object', 'an object'],
  ['record', 'an object'],
]);

function nameOf(expected: string): string {
  return NAMES.get(expected) ?? `a ${expected}`;
}

function unionWords(issue: Raw): string {
  const options: unknown = Reflect.get(issue, 'options');
  return Array.isArray(options) ? `must be one of ${options.join(', ')}` : 'is of no kind that fits';
}

/** All that is wrong, on a line: `times must be a whole number; has no field tims`. */
export function faultsInWords({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ');
}
