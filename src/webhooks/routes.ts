import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AddressCheck, clientAddress } from './address.js';
import type { Admission } from './admission.js';
import type { TokenCheck } from './auth.js';
import { readBody } from './body.js';
import { DeadlineError } from './deadline.js';
import type { BodyLabels } from './decode.js';
import type { Keep } from './keep.js';
import { describeError, type WebhookLog } from './log.js';
import type { ReadText } from './read-text.js';
import { type Refusal, refuse, type WebhookObserver } from './refusal.js';
import { SpoolFullError } from './spool/spool.js';

export type RouteDeps = {
  /** Makes a body durable. */
  readonly keep: Keep;
  readonly readText: ReadText;
  readonly observer: WebhookObserver;
  readonly log: WebhookLog;
  readonly isValidToken: TokenCheck;
  readonly isAllowed: AddressCheck;
  /** True of an address that has not been met yet. */
  readonly isStranger: (address: string) => boolean;
  /** How many proxies stand in front. */
  readonly trustProxy: number;
  readonly admission: Admission;
  readonly now: () => number;
};

/** `POST /webhooks/{token}`: authenticate, read, admit, keep; 200 with an empty body once all is durable. */
export function registerWebhookRoute(app: FastifyInstance, deps: RouteDeps): void {
  readBodiesAsText(app, deps.readText);
  app.post<{ Params: { token: string } }>('/webhooks/:token', {
    // Before the body is read: a stranger cannot make us hold one.
    onRequest: (request, reply, done) => {
      const refusal = authenticate(request.params.token, request, deps) ?? whileDraining(deps.admission);
      // The framework refuses a type that it cannot parse. Ours reads the body whatever it is called.
      delete request.headers['content-type'];
      if (refusal === undefined) done();
      else refuse(reply, refusal, deps.observer);
    },
    onResponse: (_request, reply, done) => {
      deps.observer.answered(reply.statusCode, reply.elapsedTime);
      done();
    },
    // Only now that the body has come: those who are slow in sending one take no place of others.
    handler: async (request, reply) => {
      const refusal = admit(reply, deps.admission) ?? (await receive(request.body, deps));
      return refusal === undefined ? reply.code(200).send() : refuse(reply, refusal, deps.observer);
    },
  });
}

/** Of every type and as text: what is not understood is kept as it came. */
function readBodiesAsText(app: FastifyInstance, readText: ReadText): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, body: IncomingMessage) =>
    readText({
      body,
      announcedBytes: Number(request.headers['content-length'] ?? 0),
      labels: () => labelsOf(body),
    }),
  );
}

/** As they were sent: of the framework's own the type has been taken away. */
function labelsOf({ rawHeaders, headers }: IncomingMessage): BodyLabels {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const contentType = at < 0 ? '' : (rawHeaders[at + 1] ?? '');
  return { contentType, contentEncoding: headers['content-encoding'] ?? '' };
}

/** A wrong address is answered like a wrong token, but counted apart: there, the token is in strange hands. */
function authenticate(token: string, request: FastifyRequest, deps: RouteDeps): Refusal | undefined {
  if (!deps.isValidToken(token)) return 'token';
  const address = clientAddress(request.socket.remoteAddress, forwardedFor(request), deps.trustProxy);
  if (deps.isAllowed(address)) return undefined;
  if (deps.isStranger(address ?? '')) {
    deps.log.error('a valid webhook token came from an address that is not allowed', { address });
  }
  return 'address';
}

// Not Fastify's own `request.ip`: as of 5.12 it trusts no hop when told only how many there are.
function forwardedFor(request: FastifyRequest): string | undefined {
  const header = request.headers['x-forwarded-for'];
  return typeof header === 'string' ? header : header?.join(',');
}

function whileDraining(admission: Admission): Refusal | undefined {
  return admission.draining ? 'draining' : undefined;
}

function admit(reply: FastifyReply, admission: Admission): Refusal | undefined {
  const answer = admission.enter();
  if (answer !== 'entered') return answer;
  // `close` comes once, whether the answer went out or the client went away.
  reply.raw.once('close', admission.leave);
  return undefined;
}

async function receive(given: unknown, deps: RouteDeps): Promise<Refusal | undefined> {
  const text = typeof given === 'string' ? given : '';
  const at = deps.now();
  const body = readBody(text, at);
  try {
    await deps.keep({ text, at, body });
  } catch (error) {
    deps.log.error('callbacks not stored', describeError(error));
    return refusalOf(error);
  }
  return body.kind === 'not_json' ? body.kind : undefined;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof DeadlineError) return 'store_late';
  return error instanceof SpoolFullError ? 'spool_full' : 'store_failed';
}
