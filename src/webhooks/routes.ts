import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AddressCheck, clientAddress } from './address.js';
import type { Admission } from './admission.js';
import { type ApplyDeps, applyCallback } from './apply.js';
import { isValidToken } from './auth.js';
import { type ReceivedCallback, readBody } from './body.js';
import { DeadlineError } from './deadline.js';
import { describeError, type WebhookLog } from './log.js';
import { type Refusal, refuse, type WebhookObserver } from './refusal.js';

export type RouteDeps = Omit<ApplyDeps, 'observer'> & {
  readonly observer: WebhookObserver;
  readonly log: WebhookLog;
  readonly tokens: () => readonly string[];
  readonly isAllowed: AddressCheck;
  /** How many proxies stand in front. */
  readonly trustProxy: number;
  readonly admission: Admission;
};

/** `POST /webhooks/{token}`: authenticate, admit, read, apply; 200 with an empty body once all is durable. */
export function registerWebhookRoute(app: FastifyInstance, deps: RouteDeps): void {
  readBodiesAsText(app);
  app.post<{ Params: { token: string } }>('/webhooks/:token', {
    // Before the body is read: a stranger cannot make us hold one.
    onRequest: async (request, reply) => {
      const refusal = authenticate(request.params.token, request, deps) ?? admit(reply, deps.admission);
      if (refusal !== undefined) return refuse(reply, refusal, deps.observer);
    },
    onResponse: async (_request, reply) => deps.observer.answered(reply.statusCode, reply.elapsedTime),
    handler: async (request, reply) => {
      const refusal = await receive(request.body, deps);
      return refusal === undefined ? reply.code(200).send() : refuse(reply, refusal, deps.observer);
    },
  });
}

/** Only JSON is taken (else 415), and as text: what is not understood is kept as it came. */
function readBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  for (const contentType of ['application/json', 'text/json', /^application\/[\w.-]+\+json\b/]) {
    app.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  }
}

/** A wrong address is answered like a wrong token, but counted apart: there, the token is in strange hands. */
function authenticate(token: string, request: FastifyRequest, deps: RouteDeps): Refusal | undefined {
  if (!isValidToken(token, deps.tokens())) return 'token';
  const address = clientAddress(request.socket.remoteAddress, forwardedFor(request), deps.trustProxy);
  if (deps.isAllowed(address)) return undefined;
  deps.log.warn('a valid webhook token came from an address that is not allowed', { address });
  return 'address';
}

// Not Fastify's own `request.ip`: as of 5.12 it trusts no hop when told only how many there are.
function forwardedFor(request: FastifyRequest): string | undefined {
  const header = request.headers['x-forwarded-for'];
  return typeof header === 'string' ? header : header?.join(',');
}

function admit(reply: FastifyReply, admission: Admission): Refusal | undefined {
  const answer = admission.enter();
  if (answer !== 'entered') return answer;
  // `close` comes once, whether the answer went out or the client went away.
  reply.raw.once('close', admission.leave);
  return undefined;
}

async function receive(text: unknown, deps: RouteDeps): Promise<Refusal | undefined> {
  const body = readBody(typeof text === 'string' ? text : '', deps.now());
  return body.kind === 'not_json' ? body.kind : applyAll(body.callbacks, deps);
}

/** All or a repetition: what was applied before one failed is a duplicate the next time. */
async function applyAll(
  callbacks: readonly ReceivedCallback[],
  deps: RouteDeps,
): Promise<Refusal | undefined> {
  try {
    await Promise.all(callbacks.map((received) => applyCallback(received, deps)));
    return undefined;
  } catch (error) {
    deps.log.error('callbacks not stored', describeError(error));
    return error instanceof DeadlineError ? 'store_late' : 'store_failed';
  }
}
