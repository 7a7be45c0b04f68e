import type { AttemptFacts } from '../domain/explain/facts.js';
import { isOutcome } from '../domain/outcome.js';
import { isStatus, type Status } from '../domain/status.js';

export type TimelineEntry = { readonly at: number; readonly status: Status; readonly reason: string };

/** A reading of the history that did not settle an unknown outcome, and what it found in a word. */
export type AskedView = { readonly at: number; readonly found: string };

/** A look at the file's link, and what it found in a word. */
export type PreflightView = { readonly at: number; readonly found: string; readonly detail: string };

export type Timeline = {
  readonly timeline: readonly TimelineEntry[];
  readonly attempts: readonly AttemptFacts[];
  readonly asked: readonly AskedView[];
  readonly preflights: readonly PreflightView[];
};

/** Reads the lines that the scripts have noted in a record; those of a later version are passed over. */
export function readTimeline(record: Readonly<Record<string, string>>): Timeline {
  const timeline: TimelineEntry[] = [];
  const attempts: AttemptFacts[] = [];
  const asked: AskedView[] = [];
  const preflights: PreflightView[] = [];
  for (const line of linesOf(record)) {
    const [kind, time, ...fields] = line.split('\t');
    const at = Number(time);
    if (kind === 'status') timeline.push(...readStatus(at, fields));
    if (kind === 'attempt') attempts.push(readAttempt(at, fields));
    if (kind === 'preflight') preflights.push({ at, found: fields[0] ?? '', detail: fields[1] ?? '' });
    if (kind === 'asked') asked.push({ at, found: fields[0] ?? '' });
  }
  return { timeline, attempts, asked, preflights };
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
