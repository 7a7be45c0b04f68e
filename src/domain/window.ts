import type { SeenMessage } from './evidence.js';
import { HOUR } from './time.js';

/** The customer window: how long after the client's last message a file may be sent. */
export const WINDOW_MS = 24 * HOUR;

/** What is known of a conversation's window; null: nothing has been seen yet. Epoch milliseconds. */
export type WindowFacts = { readonly closesAt: number | null; readonly lastInboundAt: number | null };

export type WindowState = 'open' | 'closed' | 'unknown';

export function windowState(facts: WindowFacts, now: number): WindowState {
  if (facts.closesAt === null) return 'unknown';
  return now < facts.closesAt ? 'open' : 'closed';
}

/** A client's message opens the window for 24 h; an older one that comes late changes nothing. */
export function openByInbound(facts: WindowFacts, inboundAt: number): WindowFacts {
  return {
    closesAt: latest(facts.closesAt, inboundAt + WINDOW_MS),
    lastInboundAt: latest(facts.lastInboundAt, inboundAt),
  };
}

/** `templateTimeLeft` of an answer: it may lengthen the window, never shorten it. */
export function lengthenByAnswer(facts: WindowFacts, answeredAt: number, leftMs: number): WindowFacts {
  return { ...facts, closesAt: latest(facts.closesAt, answeredAt + leftMs) };
}

/** FAIL 7/8 closes the window, unless the client wrote as the attempt began or after. */
export function closeByRefusal(facts: WindowFacts, attemptStartedAt: number, now: number): WindowFacts {
  if (facts.lastInboundAt !== null && facts.lastInboundAt >= attemptStartedAt) return facts;
  return { ...facts, closesAt: facts.closesAt === null ? now : Math.min(facts.closesAt, now) };
}

function latest(known: number | null, seen: number): number {
  return known === null ? seen : Math.max(known, seen);
}

/** What a history tells of a window; `unread`: it could not be read, or not back far enough. */
export type Recollection =
  | { readonly kind: 'wrote'; readonly at: number }
  | { readonly kind: 'silent' | 'unread' };

/** The client's newest message among these; `complete`: nothing of the last day is missing from them. */
export function recollect(messages: readonly SeenMessage[], complete: boolean): Recollection {
  const written = messages.filter(({ direction }) => direction === 'in').map(({ timestamp }) => timestamp);
  if (written.length > 0) return { kind: 'wrote', at: Math.max(...written) };
  return { kind: complete ? 'silent' : 'unread' };
}
