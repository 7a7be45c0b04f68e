import { z } from 'zod';
import { PROBLEM_TYPE, PROBLEMS, type ProblemCode } from '../problem.js';

export const problem = z
  .object({
    type: z.string().describe('urn:waybill:problem: and the code'),
    title: z.string().describe('The code in words'),
    status: z.int().describe('The HTTP status'),
    code: z.enum(Object.keys(PROBLEMS)).describe('Stable, for programs; docs/errors.md tells each'),
    detail: z.string().describe('What went wrong here: the first fault, or what to do'),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .describe('JSON pointer into the body; /query/…, /path/… and /headers/… for those'),
          detail: z.string().describe('What is wrong, and what would be right'),
        }),
      )
      .optional()
      .describe('Every fault of the call'),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457' });

/** What every call behind a key can come to. */
const ALWAYS: readonly ProblemCode[] = [
  'unauthorized',
  'forbidden',
  'validation',
  'rate_limited',
  'unavailable',
];

/** A route's answers: its own, and those that refuse. */
export function answers<Own>(own: Own, refusals: readonly ProblemCode[] = []): Own {
  const codes = [...new Set([...ALWAYS, ...refusals])];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const refused = statuses.map((status): [string, unknown] => [
    String(status),
    {
      description: codes.filter((code) => PROBLEMS[code].status === status).join(', '),
      content: { [PROBLEM_TYPE]: { schema: problem } },
    },
  ]);
  return { ...Object.fromEntries(refused), ...own };
}

/** An answer as JSON. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}
