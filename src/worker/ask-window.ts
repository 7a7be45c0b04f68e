import { recollect, WINDOW_MS } from '../domain/window.js';
import { readHistory } from './read-history.js';
import type { DeliverDeps, Run } from './run.js';

/** Asks the history when the client last wrote; the next claim acts upon what it told, or sends where it told nothing. */
export async function askWindow(run: Run, now: number, deps: DeliverDeps): Promise<null> {
  const asked = {
    since: now - WINDOW_MS,
    enough: ({ direction }: { direction: string }) => direction === 'in',
  };
  const { messages, complete } = await readHistory(run, asked, deps);
  await deps.store.recall(run.delivery, recollect(messages, complete));
  return null;
}
