import { spellingsOf } from '../domain/spellings.js';
import type { HistoryMessage } from '../provider/history.js';
import type { DeliverDeps, Run } from './run.js';

/** So many pages of 50 messages are read; a conversation with more since the time proves no absence. */
const MOST_PAGES = 10;

/** What the history shows of a conversation since a time; complete when nothing of it can have been missed. */
export type Reading = { readonly messages: readonly HistoryMessage[]; readonly complete: boolean };

type Asked = { readonly since: number; readonly enough?: (message: HistoryMessage) => boolean };
type Deps = Pick<DeliverDeps, 'provider' | 'apiKeyOf'>;

/**
 * Reads the history of the run's conversation back to `since`, or until it has `enough`. A provider that keeps it under
 * the other spelling of the number may know nothing under ours: all are asked.
 */
export async function readHistory({ delivery }: Run, asked: Asked, deps: Deps): Promise<Reading> {
  const readings: Reading[] = [];
  for (const to of spellingsOf(delivery.to)) {
    readings.push(await readPages({ from: delivery.from, to }, asked, deps));
  }
  return {
    messages: readings.flatMap(({ messages }) => messages),
    complete: readings.every(({ complete }) => complete),
  };
}

async function readPages(
  { from, to }: { readonly from: string; readonly to: string },
  { since, enough }: Asked,
  deps: Deps,
): Promise<Reading> {
  const messages: HistoryMessage[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await deps.provider.getHistory({ apiKey: deps.apiKeyOf(from), from, to, page });
    if (answer.kind === 'failed' || answer.skipped > 0) return { messages, complete: false };
    messages.push(...answer.messages);
    const reachedBack = answer.messages.some(({ timestamp }) => timestamp < since);
    if (reachedBack || answer.messages.length === 0) return { messages, complete: true };
    if (enough !== undefined && answer.messages.some(enough)) return { messages, complete: false };
  }
  return { messages, complete: false };
}
