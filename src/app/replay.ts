import { WaybillError } from '../errors.js';
import { orUnavailable, PATIENCE_MS } from '../producer/unavailable.js';
import { type Replayed, replay, wantedBy } from '../push/replay.js';
import type { PushResult } from '../push/sender.js';
import { whenReady } from '../redis/connection.js';
import { keptEvents } from '../redis/kept-events.js';
import { createPushStore, type DeadEvent } from '../redis/push-store.js';
import { openAccounts } from './accounts.js';
import type { Settings } from './boot.js';
import { connectConfigured, sealerOf, systemEffects } from './core.js';
import { explainRedis } from './explain-redis.js';
import { accountsOf, type Endpoint, namesOf, openSender } from './push.js';

export type { Endpoint, Replayed };

/** What an operator does about events that are to be posted once more. */
export type Replaying = {
  /** The configured endpoints; the one of this name. @throws WaybillError UNKNOWN_ENDPOINT */
  endpoints(name?: string): readonly Endpoint[];
  /** Posts all events that are kept since then (epoch ms) to an endpoint. */
  since(endpoint: Endpoint, since: number): Promise<Replayed>;
  countSince(endpoint: Endpoint, since: number): Promise<number>;
  dead(endpoint: Endpoint): AsyncIterable<DeadEvent>;
  countDead(endpoint: Endpoint): Promise<number>;
  /** Posts the dead letters of an endpoint; those that it takes now are dead no more. */
  revive(endpoint: Endpoint): Promise<Replayed>;
};

/** Opens a connection to the configured Redis for one command. */
export async function withReplaying<T>(
  settings: Settings,
  use: (replaying: Replaying) => Promise<T>,
): Promise<T> {
  const { config, secrets } = settings;
  const redis = connectConfigured(settings, 'fails');
  redis.on('error', () => undefined);
  const sealer = sealerOf(settings);
  const store = createPushStore(redis, config.prefix, sealer);

  async function post(
    endpoint: Endpoint,
    events: Parameters<typeof replay>[0],
    onSent: (result: PushResult) => Promise<void> = async () => undefined,
  ): Promise<Replayed> {
    const sender = openSender(settings, endpoint, systemEffects.now);
    try {
      return await replay(events, { endpoint, send: sender.send, onSent: (_, result) => onSent(result) });
    } finally {
      await sender.close();
    }
  }

  async function revive(endpoint: Endpoint): Promise<Replayed> {
    let [taken, failed] = [0, 0];
    for await (const { id, event } of store.dead(endpoint.name)) {
      const one = await post({ ...endpoint, types: [] }, once(event), async ({ kind }) => {
        if (kind === 'taken') await store.exhume(endpoint.name, id);
      });
      [taken, failed] = [taken + one.taken, failed + one.failed];
    }
    return { taken, failed };
  }

  const accounts = openAccounts({ config, secrets, redis });
  async function* keptSince(endpoint: Endpoint, since: number) {
    const all = await accounts.all();
    const from = accountsOf(endpoint, all);
    yield* keptEvents(redis, config.prefix, { from, since, sealer, nameOf: namesOf(all) });
  }

  try {
    await orUnavailable(() => whenReady(redis, PATIENCE_MS));
    return await use({
      endpoints: (name) => pick(config.eventEndpoints, name),
      since: (endpoint, since) => post(endpoint, keptSince(endpoint, since)),
      countSince: (endpoint, since) => countOf(wantedBy(endpoint, keptSince(endpoint, since))),
      dead: ({ name }) => store.dead(name),
      countDead: ({ name }) => countOf(store.dead(name)),
      revive,
    });
  } catch (error) {
    throw explainRedis(error, config);
  } finally {
    redis.disconnect();
  }
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _each of items) count += 1;
  return count;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** @throws WaybillError UNKNOWN_ENDPOINT */
export function findEndpoint(endpoints: readonly Endpoint[], name: string): Endpoint {
  return endpoints.find((endpoint) => endpoint.name === name) ?? refuse(endpoints);
}

function pick(endpoints: readonly Endpoint[], name: string | undefined): readonly Endpoint[] {
  if (name !== undefined) return [findEndpoint(endpoints, name)];
  return endpoints.length > 0 ? endpoints : refuse(endpoints);
}

function refuse(endpoints: readonly Endpoint[]): never {
  const names = endpoints.map((endpoint) => endpoint.name).join(', ');
  const choice = names === '' ? 'WAYBILL_EVENT_ENDPOINTS names none here' : `there are ${names}`;
  throw new WaybillError('UNKNOWN_ENDPOINT', `No such endpoint: ${choice}`);
}
