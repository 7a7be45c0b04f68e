import type { FastifyInstance } from 'fastify';
import type { Admission } from './admission.js';

/** `ready`: started; the state of dependencies is told, and decides nothing. */
export type Readiness = {
  readonly ready: boolean;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** `/healthz`: the process answers. `/readyz`: it has started and does not drain. Neither asks Redis here. */
export function registerHealthRoutes(
  app: FastifyInstance,
  readiness: () => Readiness,
  admission: Pick<Admission, 'draining'>,
): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { ready, dependencies } = readiness();
    const open = ready && !admission.draining;
    return reply.code(open ? 200 : 503).send({ ready: open, dependencies });
  });
}
