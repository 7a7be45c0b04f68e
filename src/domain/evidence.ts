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
  /** Messages that may be ours, and none is certain to be: somebody else sends from our number, or it shows otherwise. */
  | { readonly kind: 'ambiguous'; readonly uniques: readonly string[] }
  | { readonly kind: 'none' };

/** How far the provider's clock may be behind ours. */
const CLOCK_TOLERANCE_MS = 5 * SECOND;

/** When the span in which the attempt's message would have been taken begins. */
export function spanStart({ startedAt }: DoubtfulAttempt): number {
  return startedAt - CLOCK_TOLERANCE_MS;
}

/**
 * Looks for the attempt among a conversation's messages; `isOwned`: another delivery has that message. What it may look
 * like in a history is only partly known, so that nothing counts as absent beside a message that nobody owns.
 */
export function findEvidence(
  attempt: DoubtfulAttempt,
  messages: readonly SeenMessage[],
  isOwned: (unique: string) => boolean,
): Evidence {
  const possible = messages.filter((message) => mayBe(attempt, message) && !isOwned(message.unique));
  const byUnique = new Map(possible.map((message) => [message.unique, message]));
  const [shown, ...more] = [...byUnique.values()].filter((message) => shows(attempt, message));
  if (shown !== undefined && more.length === 0) {
    return { kind: 'found', unique: shown.unique, timestamp: shown.timestamp };
  }
  return byUnique.size > 0 ? { kind: 'ambiguous', uniques: [...byUnique.keys()] } : { kind: 'none' };
}

/** Whether it was sent in the attempt's time, and is of a kind that ours may be. */
function mayBe(attempt: DoubtfulAttempt, { direction, type, timestamp }: SeenMessage): boolean {
  // A template may be shown as the text that it came to.
  if (direction !== 'out' || (type === 'text' && attempt.template === null)) return false;
  // Not a moment beyond the horizon: from then on the conversation's next delivery may be sending the same file.
  return timestamp >= spanStart(attempt) && timestamp <= attempt.horizonAt;
}

/** Whether it shows what the attempt sent. */
function shows(attempt: DoubtfulAttempt, message: SeenMessage): boolean {
  if (message.type === 'text') return false;
  if (showsLink(attempt, message)) return true;
  return attempt.template === null
    ? showsCaption(attempt, message)
    : showsTemplate(attempt.template, message);
}

function showsLink({ fileUrl }: DoubtfulAttempt, { text }: SeenMessage): boolean {
  return text !== null && linkForm(text) === linkForm(fileUrl);
}

function showsCaption({ caption }: DoubtfulAttempt, { text, caption: shown }: SeenMessage): boolean {
  const wanted = textForm(caption ?? '');
  return wanted !== '' && textForm(shown ?? text ?? '') === wanted;
}

/** How a history shows a template is not documented: by its name, as far as it can be told from other messages. */
function showsTemplate(name: string, { type, text }: SeenMessage): boolean {
  return type === 'template' && text !== null && textForm(text) === textForm(name);
}

/**
 * The form in which our text and the history's are compared: nobody promises that a history shows it byte for byte.
 * Letters, digits and WhatsApp's own marks count; blanks, line breaks, invisible characters and the shape of quotation
 * marks do not. Captions that differ in nothing else look alike here, and two such messages are ambiguous.
 */
function textForm(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\t-\r\u0085]+/g, ' ')
    .replace(/\p{Cf}|\p{Cc}|\uFE0E|\uFE0F/gu, '')
    .replace(/[\u2018\u2019\u201A\u201B]/g, "'")
    .replace(/[\u201C\u201D\u201E\u201F]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A link without its query, which may be signed anew, however its path is percent-encoded. */
function linkForm(text: string): string {
  const link = text.trim();
  if (!URL.canParse(link)) return link.replace(/[?#].*$/s, '');
  const { origin, pathname } = new URL(link);
  return JSON.stringify([origin, ...pathname.split('/').map(decoded)]);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment).normalize('NFC');
  } catch {
    return segment;
  }
}
