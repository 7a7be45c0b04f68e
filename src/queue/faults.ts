import type { z } from 'zod';
import type { ValidationFault } from '../errors.js';

/** What is wrong with an input, a fault for each field: an unknown field is one by itself. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): readonly ValidationFault[] {
  return issues.flatMap((issue) => {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ pointer: pointerTo(path), detail: issue.message }));
  });
}

/** RFC 6901. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}
