import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { isFields } from '../../domain/seal.js';
import { ValidationError, type ValidationFault } from '../../errors.js';
import { faultsOf } from '../../queue/faults.js';
import { query } from '../../queue/request-fields.js';
import type { Api } from './api.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its handler tells the faults of the call's parts, together with those that it finds itself. */
    readonly tellsFaults?: boolean;
    /** Its handler checks the body, with all that it depends on. */
    readonly readsBody?: boolean;
  }
}

/** Where pointers lead into: the body has no prefix. */
const PREFIXES: Readonly<Record<string, string>> = {
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** What is wrong with a part of a call, kept with the part: Fastify itself would stop at the first that is wrong. */
const FAULTS = Symbol('faults');

/** Checks a part of a call by its schema; what is wrong is told by pointers. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) =>
  checkPart(schema, httpPart);

function checkPart(schema: z.ZodType, httpPart = 'body') {
  const prefix = PREFIXES[httpPart] ?? '';
  return (data: unknown) => {
    // Fastify says null where nothing was sent.
    const parsed = schema.safeParse(data ?? undefined);
    if (parsed.success) return { value: parsed.data };
    const faults = faultsOf(parsed.error.issues).map(
      ({ pointer, detail }): ValidationFault => ({ pointer: `${prefix}${pointer}`, detail }),
    );
    return { value: { ...(isFields(data) ? data : {}), [FAULTS]: faults } };
  };
}

/** What is wrong with the parts of a call. */
export function faultsIn({ params, query, headers, body }: FastifyRequest): readonly ValidationFault[] {
  return [params, query, headers, body].flatMap((part) => {
    const faults: unknown = typeof part === 'object' && part !== null ? Reflect.get(part, FAULTS) : undefined;
    return Array.isArray(faults) ? faults : [];
  });
}

/** Refuses calls whose parts are wrong, also parameters where a route takes none. To be called before routes are added. */
export function refuseFaults(api: Api): void {
  api.addHook('onRoute', (route) => {
    route.schema = { querystring: query({}), ...route.schema };
    if (route.config?.readsBody !== true) return;
    route.validatorCompiler = ({ schema, httpPart }) =>
      httpPart === 'body' || !(schema instanceof z.ZodType)
        ? (value) => ({ value })
        : checkPart(schema, httpPart);
  });
  api.addHook('preHandler', async (request) => {
    const faults = faultsIn(request);
    if (faults.length > 0 && request.routeOptions.config.tellsFaults !== true)
      throw new ValidationError(faults);
  });
}
