import { operationInWords, otherOperations } from '../domain/operation.js';
import { lookInWords } from '../domain/preflight.js';
import {
  attemptInWords,
  foundInWords,
  reasonInWords,
  receiptInWords,
  whyInWords,
} from '../domain/reason-words.js';
import { formatSpan } from '../domain/span.js';
import type { Status } from '../domain/status.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { type Paint, plain } from './output.js';
import { formatTime } from './times.js';

/** `+23 h 59 min`. */
const SPAN_WIDTH = 12;

type Line = { readonly at: number; readonly mark: string; readonly text: string };

/**
 * A delivery's life, drawn: what it was and how long after its beginning, and between these what was tried, read and
 * reported. In the order in which it came, so that what is new is at the end.
 */
export function timelineText(view: DeliveryView, paint: Paint): string[] {
  const lines = [...attemptLines(view, paint), ...statusLines(view, paint), ...otherLines(view, paint)];
  // An attempt is noted just before the status that it led to; the sort is stable.
  return lines.sort((one, other) => one.at - other.at).map((line) => draw(line, view.createdAt, paint));
}

function draw({ at, mark, text }: Line, begunAt: number, paint: Paint): string {
  const after = `+${formatSpan(at - begunAt)}`.padStart(SPAN_WIDTH);
  return `  ${paint.faint(`${formatTime(at)} ${after}`)}  ${mark} ${text}`.trimEnd();
}

function statusLines(view: DeliveryView, paint: Paint): readonly Line[] {
  return view.timeline.map(({ at, status, reason }) => {
    const colour = paintStatus(status, paint);
    const why = plain(whyInWords({ ...view, status, reason }));
    return { at, mark: colour('●'), text: `${colour(status.padEnd(9))} ${why}` };
  });
}

function attemptLines({ attempts }: DeliveryView, paint: Paint): readonly Line[] {
  return attempts.map((attempt) => between(attempt.at, attemptText(attempt), paint));
}

/** Readings of the history, what was done by hand, looks at the link, and receipts that came when the status was beyond them already. */
function otherLines(view: DeliveryView, paint: Paint): readonly Line[] {
  const { asked, operations, preflights, receipts, timeline } = view;
  const readings = asked.map(({ at, found }) => between(at, `history: ${plain(foundInWords(found))}`, paint));
  const looks = preflights.map(({ at, found, detail }) => between(at, lookText(found, detail), paint));
  const byHand = otherOperations(operations).map((done) =>
    between(done.at, plain(operationInWords(done)), paint),
  );
  const late = Object.entries(receipts).filter(
    ([receipt]) => !timeline.some(({ status }) => status === receipt),
  );
  return [
    ...readings,
    ...looks,
    ...byHand,
    ...late.map(([receipt, at]) => between(at, `receipt: ${receiptInWords(receipt)}`, paint)),
  ];
}

function lookText(found: string, detail: string): string {
  const words = lookInWords(found) ?? plain(reasonInWords(found));
  return `link: ${words}${detail === '' ? '' : `, ${plain(detail)}`}`;
}

function between(at: number, text: string, paint: Paint): Line {
  return { at, mark: paint.faint('│'), text: paint.faint(text) };
}

function attemptText(attempt: DeliveryView['attempts'][number]): string {
  const { number, send, outcome } = attempt;
  const why = plain(attemptInWords(attempt));
  return `attempt ${number} (${send}): ${outcome ?? 'no outcome'}${why === '' ? '' : `, ${why}`}`;
}

export function paintStatus(status: Status, paint: Paint): (text: string) => string {
  if (['accepted', 'sent', 'delivered', 'read'].includes(status)) return paint.good;
  return ['failed', 'expired'].includes(status) ? paint.bad : paint.pending;
}
