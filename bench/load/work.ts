import { startProcess } from '../lab/process.js';
import { startProvider } from '../lab/provider.js';
import { until } from '../lab/until.js';
import type { Rival } from '../rivals/rival.js';

export type Work = { readonly what: string; readonly isDone: () => Promise<boolean> };

const CONCURRENCY = 200;
const TIMEOUT_MS = 600_000;

/** Lets one worker of a rival run on a Redis until so much is done; nothing is measured. */
export async function work(rival: Rival, redisUrl: string, { what, isDone }: Work): Promise<void> {
  const provider = await startProvider({ latencyMs: 0 });
  const env = rival.env({ redisUrl, providerUrl: provider.url, concurrency: CONCURRENCY });
  const worker = startProcess(rival.worker, { env });
  try {
    await Promise.race([until(isDone, { what, timeoutMs: TIMEOUT_MS }), worker.died]);
  } finally {
    await worker.close();
    await provider.close();
  }
}
