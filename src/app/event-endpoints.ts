import type { Endpoints } from '../producer/http/routes/endpoints.js';
import { orUnavailable } from '../producer/unavailable.js';
import type { Redis } from '../redis/connection.js';
import { createPushStore } from '../redis/push-store.js';
import { type Core, sealerOf } from './core.js';
import { testEndpoint } from './test-endpoint.js';

/** The event endpoints that this process's settings name: how they stand, and a test event for one. */
export function openEndpoints(core: Pick<Core, 'config' | 'secrets'>, redis: Redis): Endpoints {
  const { prefix, eventEndpoints } = core.config;
  const store = createPushStore(redis, prefix, sealerOf(core));
  return {
    named: eventEndpoints,
    all: () =>
      orUnavailable(() =>
        Promise.all(
          eventEndpoints.map(async ({ name, types, accounts }) => ({
            name,
            types,
            accounts,
            deadEvents: await store.countDead(name),
          })),
        ),
      ),
    test: (name) => testEndpoint(core, name),
  };
}
