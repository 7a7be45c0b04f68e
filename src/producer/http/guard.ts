import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Role } from '../../domain/caller.js';
import type { Signature } from '../../domain/operation.js';
import { authenticate, type Callers } from './auth.js';
import { ProblemError } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard, before anything else is done for the call. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** One of them is needed; a route that names none is closed. */
    roles?: readonly Role[];
  }
}

/** Lets in whom we know and whose key has a role for the route, before the body is read. */
export function createGuard(callers: Callers) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = authenticate(request.headers.authorization, callers(), 'bearer');
    if (caller === null) {
      reply.header('www-authenticate', 'Bearer realm="waybill"');
      throw new ProblemError('unauthorized', 'send a valid key as "Authorization: Bearer <key>"');
    }
    const { roles = [] } = request.routeOptions.config;
    if (!roles.some((role) => caller.roles.includes(role))) {
      throw new ProblemError('forbidden', `this call wants the role ${roles.join(' or ')}`);
    }
    request.caller = caller;
  };
}

/** The caller of a call that has passed the guard. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new ProblemError('unauthorized', 'send a valid key');
  return caller;
}

/** Who asks for something to be done, from where and why. `address`: the caller's, or that of a proxy in between. */
export function signatureOf(
  request: Pick<FastifyRequest, 'caller' | 'ip'>,
  {
    source = 'API',
    reason,
  }: { readonly source?: 'API' | 'page'; readonly reason?: string | null | undefined } = {},
): Signature {
  return { who: callerOf(request).name, source, reason, address: request.ip };
}
