import type { SandboxOptionsInput } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill } from '../../src/index.js';
import type { Timings } from '../../src/worker/timings.js';
import { createCore } from '../support/process.js';
import { FROM, SHOP } from '../support/stack.js';

/** What is due soon in a worker's life is due at once here, so that no test waits for it. */
export const QUICK: Timings = {
  lockMs: 2000,
  stalledCheckMs: 250,
  sweepEveryMs: 50,
  sweeperLeaseMs: 2000,
  firstProbeMs: 15_000,
  lockedAgainMs: 500,
  forgetEveryMs: 1000,
};

export type LineOptions = {
  readonly sandbox?: SandboxOptionsInput;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly timings?: Partial<Timings>;
};

export type Line = Awaited<ReturnType<typeof openLine>>;

/** The provider's stand-in and the library; workers join when they are told to. */
export async function openLine(redisUrl: string, options: LineOptions = {}) {
  const sandbox = await startSandbox({
    accounts: [{ from: FROM, apiKey: 'key-of-shop' }],
    windowsOpen: true,
    ...options.sandbox,
  });
  const account = { ...SHOP, ...options.account };
  const env = {
    REDIS_URL: redisUrl,
    WAYBILL_ACCOUNTS: JSON.stringify([account]),
    WAYBILL_PROVIDER_URL: sandbox.url,
    WAYBILL_RETRY_BASE_MS: '20',
    WAYBILL_RETRY_CAP_MS: '100',
    ...options.env,
  };
  const waybill = createWaybill({ redis: redisUrl, accounts: [{ from: FROM, name: 'shop' }] });
  const open: { close(): Promise<void> }[] = [];
  const lines: (readonly string[])[] = [];

  return {
    sandbox,
    waybill,
    /** Every log line of its workers. */
    lines: () => lines.flat(),
    async work(): Promise<void> {
      const { core, lines: kept } = createCore(env);
      lines.push(kept);
      open.push(await runWorker(core, { ...QUICK, ...options.timings }));
    },
    /** The workers go; what they have in hand is given back or ended. */
    async rest(): Promise<void> {
      await Promise.all(open.splice(0).map((worker) => worker.close()));
    },
    /** Captions in the order in which the provider took them. */
    sent: () => sandbox.accepted().map(({ caption }) => caption),
    async close(): Promise<void> {
      await Promise.all(open.map((worker) => worker.close()));
      await waybill.close();
      await sandbox.close();
    },
  };
}
