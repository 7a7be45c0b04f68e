import { createAccountDirectory } from '../redis/account-directory.js';
import { createCallbackStore } from '../redis/callback-store.js';
import { applyBody } from '../webhooks/apply.js';
import type { Keep } from '../webhooks/keep.js';
import { WEBHOOK_LIMITS } from '../webhooks/limits.js';
import { startWebhookServer } from '../webhooks/server.js';
import { SPOOL_TIMINGS, type SpoolTimings } from '../webhooks/spool/open.js';
import { checkClockOnceReady } from './check-clock.js';
import { type Core, closeRedis, openRedis, type Running } from './core.js';
import { startSpooling } from './spooling.js';
import { tellWebhooks } from './tell-webhooks.js';

/** A webhook consumer, and where it listens. */
export type RunningWebhooks = Running & { readonly address: string; readonly port: number };

/**
 * Starts to take the provider's callbacks. Redis may be away: callers get 503 until it is back, or 200 where a spool
 * keeps what they say.
 * @throws ConfigError where the spool cannot be written to; ListenError
 */
export async function runWebhooks(
  core: Core,
  timings: SpoolTimings = SPOOL_TIMINGS,
): Promise<RunningWebhooks> {
  const { config, secrets, log, observer, effects } = core;
  const { prefix } = config;
  const redis = openRedis(core, 'fails');
  checkClockOnceReady(redis, core);
  const accounts = createAccountDirectory({
    redis,
    prefix,
    configured: secrets.accounts,
    now: effects.now,
  });
  const store = createCallbackStore({
    redis,
    prefix,
    // Removed ones too: their callbacks still tell what became of what was sent.
    isAccount: async (from) => (await accounts.find(from)) !== undefined,
  });
  const nameOf = (from: string) => accounts.known().find((each) => each.from === from)?.name ?? 'unlisted';
  const told = tellWebhooks({ observer, nameOf, now: effects.now });
  const deps = { store, observer: told, deadlines: WEBHOOK_LIMITS };
  const apply: Keep = (received) => applyBody(received, deps);
  const isConnected = () => redis.status === 'ready';
  const spooling = await startSpooling(core, { apply, isConnected, timings });
  const server = await startWebhookServer({
    ...config.listen.webhooks,
    tokens: () => secrets.webhookTokens(),
    allow: (config.webhooks.allow ?? []).map(({ address, prefix: bits }) => `${address}/${bits}`),
    trustProxy: config.trustProxy,
    keep: spooling?.keep ?? apply,
    observer: told,
    ready: () => ({ ready: true, dependencies: { redis: redis.status } }),
    log,
    now: effects.now,
  });
  return {
    address: server.address,
    port: server.port,
    dependencies: () => ({ redis: redis.status }),
    async close() {
      await server.close();
      await spooling?.close();
      await closeRedis(redis);
    },
  };
}
