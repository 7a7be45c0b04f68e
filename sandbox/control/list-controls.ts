import { ENDPOINTS } from '../faults/fault.js';
import type { Stage } from '../stage.js';
import { CONTROL_ROUTES } from './routes.js';

/** What GET / tells: where the provider's calls are, and every control with an example and its input's schema. */
export function listControls({ world, seed }: Stage): unknown {
  const { basePath } = world.options;
  return {
    name: 'waybill sandbox',
    seed,
    now: world.clock.now(),
    provider: ENDPOINTS.map((endpoint) => `POST ${basePath}/${endpoint}`),
    controls: CONTROL_ROUTES.map(({ method, path, what, example, schema }) => ({
      method,
      path,
      what,
      ...(Object.keys(example).length === 0 ? {} : { example }),
      input: schema(),
    })),
  };
}
