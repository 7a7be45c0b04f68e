import { HOUR } from './time.js';

/** The paid conversation: from our first accepted message, however many follow in it. */
export const SESSION_MS = 24 * HOUR;

export type Session = { readonly openedAt: number; readonly messages: number };

/**
 * The sessions that a conversation's accepted messages make, by accept time (epoch milliseconds, any order):
 * a message outside the running session opens the next one.
 */
export function foldSessions(acceptedAt: readonly number[]): readonly Session[] {
  const sessions: Session[] = [];
  for (const at of [...acceptedAt].sort((one, other) => one - other)) {
    const running = sessions.at(-1);
    if (running === undefined || at >= running.openedAt + SESSION_MS) {
      sessions.push({ openedAt: at, messages: 1 });
      continue;
    }
    sessions[sessions.length - 1] = { ...running, messages: running.messages + 1 };
  }
  return sessions;
}

/**
 * The sessions that another sender's messages may have opened: those of the messages that are in none of ours. Ours
 * stand as they are, since nobody tells whether another's message was billed.
 */
export function foldOtherSessions(sentAt: readonly number[], ours: readonly number[]): readonly Session[] {
  return foldSessions(
    sentAt.filter((at) => !ours.some((openedAt) => at >= openedAt && at < openedAt + SESSION_MS)),
  );
}

/** `2026-11` in the account's time zone: the month whose bill a session opened at this time is on. */
export function billingMonth(openedAt: number, timeZone: string): string {
  // American English puts it as 11/2026 in every version of ICU.
  return monthFormat(timeZone).format(openedAt).split('/').reverse().join('-');
}

/** Kept: making one takes as long as formatting hundreds of times, and a ledger has many rows. */
const monthFormats = new Map<string, Intl.DateTimeFormat>();

function monthFormat(timeZone: string): Intl.DateTimeFormat {
  const known = monthFormats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit' });
  monthFormats.set(timeZone, made);
  return made;
}
