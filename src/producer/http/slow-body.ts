import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerBrokenClient } from './answer.js';
import type { Api } from './api.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body comes as fast as it is taken in, and may take as long as the server lets any request. */
    readonly longBody?: boolean;
  }
}

/** Cuts the connection of a body that has not ended by then, answered or not; before that it tells why. */
export function cutSlowBodies(api: Api, withinMs: number): void {
  api.addHook('onRequest', async (request, reply) => {
    const { headers, raw } = request;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
    const timer = setTimeout(() => cutUnlessEnded(request, reply), withinMs).unref();
    for (const end of ['end', 'close']) raw.once(end, () => clearTimeout(timer));
  });
}

function cutUnlessEnded({ raw, routeOptions }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete) return;
  // A refused one is not read: what still comes of it is nobody's batch.
  if (routeOptions.config.longBody === true && reply.statusCode < 400) return;
  if (reply.raw.headersSent) raw.socket.destroy();
  else
    answerBrokenClient(
      Object.assign(new Error('slow body'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      raw.socket,
    );
}
