import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { request } from 'undici';
import { findPrivatePort } from '../../dev/private-port.js';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { parseMetrics } from '../observe/metrics-text.js';
import { type Child, loadChild, startChild } from '../support/child.js';
import { asUser, withUser } from '../support/least-rights.js';
import { SHOP, TOKEN } from '../support/stack.js';
import { eventually } from '../support/wait.js';

/** A webhook endpoint in a process of its own, on a port that those who take its place have too. */
export type Endpoint = {
  readonly port: number;
  readonly child: Child;
  /** Resolves when it is connected to its Redis. */
  ready(): Promise<unknown>;
  /** Loads another; the returned function kills the present one, and the other takes its place. */
  loadHeir(): Promise<() => Promise<void>>;
};

/** A durable Redis, and an endpoint for one row; both are cleared away. */
export async function withEndpoint<T>(
  work: (endpoint: Endpoint, redis: PrivateRedis) => Promise<T>,
): Promise<T> {
  const redis = await startPrivateRedis(withUser({ appendonly: true, appendfsync: 'always' }));
  try {
    const endpoint = await startEndpoint(redis.url);
    try {
      return await work(endpoint, redis);
    } finally {
      await endpoint.child.close();
    }
  } finally {
    await redis.stop();
  }
}

export async function startEndpoint(
  redisUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Endpoint> {
  const port = await findPrivatePort();
  const env = {
    REDIS_URL: asUser(redisUrl),
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_WEBHOOK_TOKEN: TOKEN,
    WAYBILL_LISTEN_WEBHOOKS: `127.0.0.1:${port}`,
    // As many lines as there are callbacks are a matter of the log's own speed.
    WAYBILL_LOG_LEVEL: 'error',
    ...more,
  };
  let child = await startChild('webhooks', env);
  const ready = () => eventually(() => hasRedis(port), { timeoutMs: 30_000, what: 'Redis being there' });
  await ready();
  return {
    port,
    ready,
    get child() {
      return child;
    },
    async loadHeir() {
      const spare = await loadChild('webhooks', env);
      return async () => {
        child.kill('SIGKILL');
        await child.exited;
        child = await spare.start();
      };
    },
  };
}

async function hasRedis(port: number): Promise<boolean> {
  const answer = await request(`http://127.0.0.1:${port}/readyz`);
  return (await answer.body.text()).includes('"redis":"ready"');
}

/** How many callbacks it has taken, by kind and result. */
export async function takenBy({ metricsPort }: Child, kind: string, result: string): Promise<number> {
  const answer = await request(`http://127.0.0.1:${metricsPort}/metrics`);
  const { samples } = parseMetrics(await answer.body.text());
  const found = samples.find(
    ({ name, labels }) =>
      name === 'waybill_webhook_events_total' && labels.kind === kind && labels.result === result,
  );
  return found?.value ?? 0;
}

/** The memory that a process has in use. */
export function residentMegabytes({ pid }: Child): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/** How much else the machine had to do in the last minute: what is timed beside that says little. */
export function loadBefore(): { readonly loadBefore: number } {
  return { loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
}

/** The p-th part of the values, 0 to 1, as whole milliseconds. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0);
}
