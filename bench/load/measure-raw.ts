import { startProcess } from '../lab/process.js';
import { startProvider } from '../lab/provider.js';

export type RawLoad = { readonly count: number; readonly latencyMs: number; readonly concurrency: number };

/** POSTs a second of one process that does nothing else. */
export async function measureRaw({ count, latencyMs, concurrency }: RawLoad): Promise<number> {
  const provider = await startProvider({ latencyMs });
  const from = Math.max(1, Math.round(count / 3));
  const to = Math.max(from + 1, count - concurrency);
  const watch = await provider.watch([from, to]);
  const env = { PROVIDER_URL: provider.url, CONCURRENCY: String(concurrency), COUNT: String(count) };
  const sender = startProcess('raw-sender', { env });
  try {
    const reached = (mark: number) => Promise.race([watch.reached(mark), sender.died]);
    const [begun, ended] = [await reached(from), await reached(to)];
    return ((to - from) * 1000) / (ended - begun);
  } finally {
    await sender.close();
    await provider.close();
  }
}
