import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { ValidationError } from '../../errors.js';
import { faultsOf } from '../../queue/faults.js';

/** Where pointers lead into: the body has no prefix. */
const PREFIXES: Readonly<Record<string, string>> = {
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** Checks a part of a call by its schema; what is wrong is told by pointers. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = 'body' }) => {
  const prefix = PREFIXES[httpPart] ?? '';
  return (data: unknown) => {
    // Fastify says null where nothing was sent.
    const parsed = schema.safeParse(data ?? undefined);
    if (parsed.success) return { value: parsed.data };
    const faults = faultsOf(parsed.error.issues);
    const error = new ValidationError(
      faults.map(({ pointer, detail }) => ({ pointer: `${prefix}${pointer}`, detail })),
    );
    return { error };
  };
};
