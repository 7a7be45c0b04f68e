import type { Log } from '../observe/log.js';
import type { Running } from './core.js';

/** Does something again and again, so long after it last ended; what fails is logged and tried again. */
export function every(ms: number, log: Log, work: () => Promise<void>): Running {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  const round = async (): Promise<void> => {
    await work().catch((error: unknown) => log.warn('a round of housekeeping failed', { error }));
    if (!stopped) schedule();
  };
  function schedule(): void {
    timer = setTimeout(() => {
      current = round();
    }, ms);
  }
  schedule();
  return {
    async close() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
