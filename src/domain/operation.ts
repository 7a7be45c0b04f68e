import { brokenCharacter, countCharacters } from './characters.js';

/** What people and apps do by hand. */
export const VERBS = ['cancel', 'amend', 'resend', 'resolve', 'erase', 'pause', 'resume'] as const;
/**
 * What was done by hand.
 * @useDeclaredType
 */
export type Verb = (typeof VERBS)[number];

/** Who asks for something to be done, from where and why, as far as it is said. */
export type Signature = {
  /** A person's or app's name. */
  readonly who?: string | null | undefined;
  /** As in "from the page"; the library's default names itself and the host. */
  readonly source?: string | null | undefined;
  /** Why, for those who ask later. */
  readonly reason?: string | null | undefined;
  /** For the log alone: who is connected to the API, the caller or a proxy in between. */
  readonly address?: string;
};

/** Who did something, from where and why; null: not said. */
export type Actor = {
  /** A person's or app's name. */
  readonly who: string | null;
  /** From where, as in "page". */
  readonly source: string | null;
  /** Why. */
  readonly reason: string | null;
};

/** What was done to a delivery. Epoch milliseconds by Redis's clock. */
export type Operation = Actor & {
  /** When. */
  readonly at: number;
  /** What. */
  readonly verb: Verb;
};

/** What the log tells of it; null: not said, or about no account that is known. */
export type OperationDone = Actor & {
  readonly verb: Verb;
  /** By name. */
  readonly account: string | null;
  readonly deliveryId?: string;
  /** Of an erasure; the log masks it. */
  readonly recipient?: string;
  readonly address?: string;
};

/** In characters. */
export const LONGEST = { who: 64, source: 100, reason: 200 } as const;

/** A signature, with what `base` says where it is silent. Each text is one line and no longer than it may be. */
export function signed(said: Signature, base: Signature = {}): Actor {
  return {
    who: oneLine(said.who ?? base.who, LONGEST.who),
    source: oneLine(said.source ?? base.source, LONGEST.source),
    reason: oneLine(said.reason ?? base.reason, LONGEST.reason),
  };
}

/** Spaces for tabs, line breaks and what else would steer a terminal or part the fields of a timeline's line. */
function oneLine(text: string | null | undefined, longest: number): string | null {
  const line = (text ?? '')
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  return Array.from(line).slice(0, longest).join('') || null;
}

/** What is wrong with a text of a signature; null: nothing. */
export function faultOfText(name: keyof typeof LONGEST, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const longest = LONGEST[name];
  const fits = typeof value === 'string' && value.trim() !== '' && countCharacters(value) <= longest;
  if (!fits) return `must be a string of 1 to ${longest} characters`;
  return brokenCharacter(value);
}

export function isVerb(text: string | undefined): text is Verb {
  return (VERBS as readonly unknown[]).includes(text);
}

/** `by anna from the page: wrong file`; who is not known is an operator. */
export function actorInWords({ who, source, reason }: Actor): string {
  const from = source === null ? '' : ` from the ${source}`;
  return `by ${who ?? 'an operator'}${from}${reason === null ? '' : `: ${reason}`}`;
}

const DONE: Readonly<Record<Verb, string>> = {
  cancel: 'cancelled',
  amend: 'changed',
  resend: 'resent as a new delivery',
  resolve: 'resolved',
  erase: 'erased',
  pause: 'paused',
  resume: 'resumed',
};

/** `resolved by anna from the page: the client has it` */
export function operationInWords(operation: Operation): string {
  return `${DONE[operation.verb]} ${actorInWords(operation)}`;
}

/** The cancellations stand with the status that they led to; these are the others, each a line of its own. */
export function otherOperations(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ verb }) => verb !== 'cancel');
}
