import { SECOND } from './time.js';

/** A message as a history tells of it. `timestamp`: epoch milliseconds by the provider's clock. */
export type SeenMessage = {
  readonly unique: string;
  readonly timestamp: number;
  readonly direction: 'in' | 'out';
  readonly type: string | null;
  readonly text: string | null;
  readonly caption: string | null;
};

/** An attempt of which nobody knows what became. Times in epoch milliseconds. */
export type DoubtfulAttempt = {
  /** The template's name; null when the file itself was sent. */
  readonly template: string | null;
  readonly fileUrl: string;
  readonly caption: string | null;
  readonly startedAt: number;
  /** When no sender could still be sending it. */
  readonly horizonAt: number;
};

/** What a complete reading of the conversation says. */
export type Evidence =
  | { readonly kind: 'found'; readonly unique: string; readonly timestamp: number }
  /** More than one message may be ours: somebody else sent the same from our number. */
  | { readonly kind: 'ambiguous'; readonly uniques: readonly string[] }
  | { readonly kind: 'none' };

/** How far the provider's clock may be behind ours. */
const CLOCK_TOLERANCE_MS = 5 * SECOND;

/** When the span in which the attempt's message would have been taken begins. */
export function spanStart({ startedAt }: DoubtfulAttempt): number {
  return startedAt - CLOCK_TOLERANCE_MS;
}

/** Looks for the attempt among a conversation's messages; `isOwned`: another delivery has that message. */
export function findEvidence(
  attempt: DoubtfulAttempt,
  messages: readonly SeenMessage[],
  isOwned: (unique: string) => boolean,
): Evidence {
  const candidates = messages.filter((message) => mayBe(attempt, message) && !isOwned(message.unique));
  const [first, ...more] = new Map(candidates.map((message) => [message.unique, message])).values();
  if (first === undefined) return { kind: 'none' };
  if (more.length > 0) return { kind: 'ambiguous', uniques: [first, ...more].map(({ unique }) => unique) };
  return { kind: 'found', unique: first.unique, timestamp: first.timestamp };
}

function mayBe(attempt: DoubtfulAttempt, message: SeenMessage): boolean {
  const { direction, type, timestamp } = message;
  if (direction !== 'out' || type === 'text') return false;
  // Not a moment beyond the horizon: from then on the conversation's next delivery may be sending the same file.
  if (timestamp < spanStart(attempt) || timestamp > attempt.horizonAt) return false;
  if (attempt.template !== null)
    return showsTemplate(attempt.template, message) || showsLink(attempt, message);
  return showsLink(attempt, message) || showsCaption(attempt, message);
}

function showsLink({ fileUrl }: DoubtfulAttempt, { text }: SeenMessage): boolean {
  return text !== null && withoutQuery(text) === withoutQuery(fileUrl);
}

function showsCaption({ caption }: DoubtfulAttempt, { text, caption: shown }: SeenMessage): boolean {
  return caption !== null && caption !== '' && (shown ?? text) === caption;
}

/** How a history shows a template is not documented: by its name, as far as it can be told from other messages. */
function showsTemplate(name: string, { type, text }: SeenMessage): boolean {
  return type === 'template' && text === name;
}

function withoutQuery(link: string): string {
  return link.trim().replace(/[?#].*$/s, '');
}
