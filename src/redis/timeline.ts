import type { AttemptFacts } from '../domain/explain/facts.js';
import { type Actor, isVerb, type Operation, type Verb } from '../domain/operation.js';
import { isOutcome } from '../domain/outcome.js';
import { isStatus, type Status } from '../domain/status.js';

/** A status that a delivery came to. */
export type TimelineEntry = {
  /** When, epoch milliseconds. */
  readonly at: number;
  /** The status. */
  readonly status: Status;
  /** Why. */
  readonly reason: string;
};

/** A reading of the history that did not settle an unknown outcome, and what it found in a word. */
export type AskedView = {
  /** When, epoch milliseconds. */
  readonly at: number;
  /** What it found. */
  readonly found: string;
};

/** A look at the file's link, and what it found in a word. */
export type PreflightView = {
  /** When, epoch milliseconds. */
  readonly at: number;
  /** What it found. */
  readonly found: string;
  /** The same with figures. */
  readonly detail: string;
};

/** What happened to a delivery, oldest first. */
export type Timeline = {
  /** The statuses it came to. */
  readonly timeline: readonly TimelineEntry[];
  /** The attempts to send it. */
  readonly attempts: readonly AttemptFacts[];
  /** Readings of the provider's history that did not settle an unknown outcome. */
  readonly asked: readonly AskedView[];
  /** Looks at the file's link before it was sent. */
  readonly preflights: readonly PreflightView[];
  /** What people and apps did to it by hand: who, from where and why. */
  readonly operations: readonly Operation[];
};

/** Reads the lines that the scripts have noted in a record; those of a later version are passed over. */
export function readTimeline(record: Readonly<Record<string, string>>): Timeline {
  const timeline: TimelineEntry[] = [];
  const attempts: AttemptFacts[] = [];
  const asked: AskedView[] = [];
  const preflights: PreflightView[] = [];
  const operations: Operation[] = [];
  for (const line of linesOf(record)) {
    const [kind, time, ...fields] = line.split('\t');
    const at = Number(time);
    if (kind === 'status') timeline.push(...readStatus(at, fields));
    if (kind === 'attempt') {
      attempts.push(readAttempt(at, fields));
      operations.push(...readResolution(at, fields));
    }
    if (kind === 'operation') operations.push(...readOperation(at, fields));
    if (kind === 'preflight') preflights.push({ at, found: fields[0] ?? '', detail: fields[1] ?? '' });
    if (kind === 'asked') asked.push({ at, found: fields[0] ?? '' });
  }
  return { timeline, attempts, asked, preflights, operations };
}

/** Each in a field of its own; an earlier version wrote all of its into one, which come first. */
export function linesOf(record: Readonly<Record<string, string>>): readonly string[] {
  const { timeline = '', lines = 0 } = record;
  const own = Array.from({ length: Number(lines) }, (_, index) => record[`t${index + 1}`] ?? '');
  return [...timeline.split('\n'), ...own];
}

type Fields = readonly string[];

function readStatus(at: number, [status, reason = '']: Fields): readonly TimelineEntry[] {
  return isStatus(status) ? [{ at, status, reason }] : [];
}

function readAttempt(at: number, fields: Fields): AttemptFacts {
  const [number, send = '', outcome, reason = '', detail = ''] = fields;
  const known = isOutcome(outcome) ? outcome : null;
  return { number: Number(number), at, send, outcome: known, reason, detail };
}

/** An operator's word on an attempt stands in its line; an earlier version wrote a name at most. */
function readResolution(at: number, fields: Fields): readonly Operation[] {
  const [, , , reason, ...actor] = fields;
  return reason === 'operator' ? [{ at, verb: 'resolve', ...readActor(actor) }] : [];
}

function readOperation(at: number, [verb, ...actor]: Fields): readonly Operation[] {
  return isVerb(verb) ? [{ at, verb, ...readActor(actor) }] : [];
}

function readActor([who, source, reason]: Fields): Actor {
  return { who: who || null, source: source || null, reason: reason || null };
}

/** An actor as a line has it: fields with tabs between, without those at the end that are not said. */
export function actorFields({ who, source, reason }: Actor): string {
  return [who, source, reason]
    .map((field) => field ?? '')
    .join('\t')
    .trimEnd();
}

/** The same of something that was done, as scripts note it; empty where nobody did it by hand. */
export function operationFields(verb: Verb, actor: Actor | undefined): string {
  return actor === undefined ? '' : `${verb}\t${actorFields(actor)}`;
}
