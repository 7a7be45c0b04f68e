import type { SandboxOptionsInput } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import type { Running } from '../../src/app/core.js';
import { runWebhooks } from '../../src/app/webhooks.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill } from '../../src/index.js';
import { createCore } from './process.js';
import { type RedisAt, redisAt } from './redis-at.js';

export const FROM = '972771234567';
/** The account of most tests, as its owner would configure it. */
export const SHOP = { from: FROM, name: 'shop', apiKey: 'key-of-shop', ratePerSecond: 1000 };
export const TOKEN = 'test-token-0123456789';

export type StackOptions = {
  readonly sandbox?: SandboxOptionsInput;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly workers?: number;
};

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** Sandbox, webhook consumer, workers and the library, in this process and on a real Redis. */
export async function startStack(redis: string | RedisAt, options: StackOptions = {}) {
  const at = redisAt(redis);
  const account = { ...SHOP, ...options.account };
  const env = {
    ...at.env,
    WAYBILL_ACCOUNTS: JSON.stringify([account]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_RETRY_BASE_MS: '20',
    WAYBILL_RETRY_CAP_MS: '100',
    ...options.env,
  };
  const webhookCore = createCore(env);
  const webhooks = await runWebhooks(webhookCore.core);
  const webhookUrl = `http://127.0.0.1:${webhooks.port}/webhooks/${TOKEN}`;
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: 'key-of-shop' }],
    ...options.sandbox,
    webhook: { url: webhookUrl },
  });
  const cores = Array.from({ length: options.workers ?? 1 }, () =>
    createCore({ ...env, WAYBILL_PROVIDER_URL: sandbox.url }),
  );
  const workers: Running[] = await Promise.all(cores.map(({ core }) => runWorker(core)));
  const dataKey = options.env?.WAYBILL_DATA_KEY;
  const waybill = createWaybill({ redis: at.redis, ...(dataKey === undefined ? {} : { dataKey }) });

  return {
    sandbox,
    waybill,
    webhooks,
    webhookUrl,
    workers,
    /** Every log line so far. */
    lines: () => [webhookCore, ...cores].flatMap(({ lines }) => lines),
    async close(): Promise<void> {
      await waybill.close();
      await Promise.all(workers.map((worker) => worker.close()));
      await webhooks.close();
      await sandbox.close();
    },
  };
}

/** A request that is fine as it is. */
export function requestTo(to: string, more: Readonly<Record<string, unknown>> = {}) {
  return { from: 'shop', to, fileUrl: 'https://files.example.com/invoice.pdf', ...more };
}
