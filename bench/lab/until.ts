import { setTimeout as sleep } from 'node:timers/promises';
import { clockMs } from './clock.js';

const PAUSE_MS = 20;

export type UntilOptions = { readonly what: string; readonly timeoutMs: number };

/** Asks until the answer is yes. @throws Error at the deadline, telling what was awaited */
export async function until(isSo: () => Promise<boolean>, { what, timeoutMs }: UntilOptions): Promise<void> {
  for (const deadline = clockMs() + timeoutMs; !(await isSo()); ) {
    if (clockMs() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(PAUSE_MS);
  }
}
