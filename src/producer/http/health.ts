import type { Api } from './api.js';

/** The state of what the process depends on, in a word each. */
export type Dependencies = () => Readonly<Record<string, string>>;

/** `/healthz`: the process answers. `/readyz`: it does not drain; dependencies are told, and decide nothing. */
export function addHealth(api: Api, dependencies: Dependencies, isDraining: () => boolean): void {
  api.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'alive' }));
  api.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const ready = !isDraining();
    const status = ready ? 'ready' : 'not_ready';
    return reply.code(ready ? 200 : 503).send({ status, dependencies: dependencies() });
  });
}
