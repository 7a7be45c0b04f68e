import { createAccountDirectory, listAccounts } from '../redis/accounts.js';
import { createCallbackStore } from '../redis/callback-store.js';
import { startWebhookServer } from '../webhooks/server.js';
import { type Core, closeRedis, openRedis, type Running } from './core.js';
import { tellWebhooks } from './tell-webhooks.js';

/** A webhook consumer, and where it listens. */
export type RunningWebhooks = Running & { readonly address: string; readonly port: number };

/** Starts to take the provider's callbacks. Redis may be away: callers get 503 until it is back. */
export async function runWebhooks(core: Core): Promise<RunningWebhooks> {
  const { config, secrets, log, observer, effects } = core;
  const { prefix } = config;
  const redis = openRedis(core, 'fails');
  const directory = createAccountDirectory(() => listAccounts(redis, prefix), effects.now);
  const names = new Map(config.accounts.map(({ from, name }) => [from, name]));

  async function isAccount(from: string): Promise<boolean> {
    if (names.has(from)) return true;
    const account = await directory.find(from);
    if (account !== undefined) names.set(from, account.name);
    return account !== undefined;
  }

  const server = await startWebhookServer({
    ...config.listen.webhooks,
    tokens: () => secrets.webhookTokens(),
    allow: (config.webhooks.allow ?? []).map(({ address, prefix: bits }) => `${address}/${bits}`),
    trustProxy: config.trustProxy,
    store: createCallbackStore({ redis, prefix, isAccount }),
    observer: tellWebhooks({ observer, nameOf: (from) => names.get(from) ?? 'unlisted', now: effects.now }),
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
      await closeRedis(redis);
    },
  };
}
