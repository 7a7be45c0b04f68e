import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { describeError, type WebhookLog } from './log.js';
import { type Refusal, refusalCode, refuse, type WebhookObserver } from './refusal.js';

export type FaultDeps = { readonly observer: WebhookObserver; readonly log: WebhookLog };

// The client hung up halfway: nobody is left to be refused.
const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

const REFUSAL_BY_ERROR = new Map<string, Refusal>([
  ['BODY_TOO_LARGE', 'too_large'],
  ['BODIES_TOO_MANY', 'busy'],
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'too_slow'],
]);

/** Answers what no route did. Fastify's own answers quote the URL, and ours holds the token. */
export function createFaultAnswers({ observer, log }: FaultDeps) {
  return {
    unknownPath: (_request: FastifyRequest, reply: FastifyReply) => refuse(reply, 'path', observer),

    fault: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      // The client is gone: nobody to answer, and if we cut it, that is counted already.
      if (request.raw.destroyed && !request.raw.complete) return reply.code(refusalCode('malformed')).send();
      const why = REFUSAL_BY_ERROR.get(error.code) ?? (isClientFault(error) ? 'malformed' : 'bug');
      if (why === 'bug') log.error('a webhook request met a bug', describeError(error));
      return refuse(reply, why, observer);
    },

    /** What is not HTTP, or too slow in coming: a bare answer, and the connection is cut. */
    brokenClient: (error: NodeJS.ErrnoException, socket: Socket) => {
      if (!HANG_UPS.has(error.code ?? '') && socket.writable) {
        const why = REFUSAL_BY_ERROR.get(error.code ?? '') ?? 'malformed';
        observer.refused(refusalCode(why), why);
        socket.write(`HTTP/1.1 ${refusalCode(why)} \r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      }
      socket.destroy();
    },
  };
}

function isClientFault(error: FastifyError): boolean {
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
}
