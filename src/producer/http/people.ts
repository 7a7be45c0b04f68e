import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../domain/caller.js';
import { authenticate, type Callers } from './auth.js';
import { ProblemError } from './problem.js';

/** Lets people in by their browser: any user name, and a key as the password. */
export function createPeopleGuard(callers: Callers) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = authenticate(request.headers.authorization, callers(), 'any');
    if (caller === null) {
      reply.header('www-authenticate', 'Basic realm="waybill", charset="UTF-8"');
      throw new ProblemError('unauthorized', 'give any user name, and a key as the password');
    }
    const { roles = [] } = request.routeOptions.config;
    if (!roles.some((role) => caller.roles.includes(role))) {
      const wanted =
        roles.length === 0
          ? 'nobody may do this here'
          : `this wants a key with the role ${roles.join(' or ')}`;
      throw new ProblemError('forbidden', wanted);
    }
    request.caller = caller;
  };
}

/**
 * Goes with every form that changes something. Made from the key's digest, which no other site knows and which all
 * processes have: a form may be answered by another one than has written it.
 */
export function formTokenOf({ name, sha256 }: Caller): string {
  return createHmac('sha256', sha256).update(`form:${name}`).digest('base64url');
}

/** Browsers send a key along wherever a form comes from: only our own pages' count. @throws ProblemError forbidden */
export function checkForm(request: FastifyRequest, caller: Caller, token: string): void {
  const digest = (text: string) => createHmac('sha256', caller.sha256).update(text).digest();
  const isOurs = timingSafeEqual(digest(token), digest(formTokenOf(caller)));
  if (isOurs && isSameOrigin(request)) return;
  throw new ProblemError('forbidden', 'this form did not come from a page of ours: open the page anew');
}

/** Old browsers tell the origin alone; behind a proxy that ends TLS only its host can be compared. */
function isSameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Nothing from elsewhere, nothing inline, in nobody's frame, and kept nowhere. */
export async function setPageHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-security-policy': POLICY,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}
