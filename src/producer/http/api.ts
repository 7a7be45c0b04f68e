import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginCallback, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

/** Where routes are added; their schemas are zod's. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Routes with hooks and body parsers of their own, for `register`. */
export function scoped(add: (scope: Api) => void | Promise<void>): FastifyPluginCallback {
  return (scope, _options, done) => {
    const added = async (): Promise<void> => add(scope.withTypeProvider<ZodTypeProvider>());
    added().then(() => done(), done);
  };
}
