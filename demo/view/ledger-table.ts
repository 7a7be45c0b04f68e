import { maskNumber } from '../../src/domain/mask.js';
import { agrees, type ReckonedSession, type Reckoning } from '../reckon.js';
import type { Paint } from './paint.js';

export type LedgerStyle = {
  /** A client's name by number. */
  readonly nameOf: (to: string) => string;
  readonly paint: Paint;
};

/** Our ledger beside the provider's bill, a paid session a line, and in words whether they agree. */
export function drawLedger({ sessions, agree }: Reckoning, style: LedgerStyle): readonly string[] {
  const { paint } = style;
  const [ours, theirs] = [sums(sessions.map(({ ledger }) => ledger)), sums(sessions.map(({ bill }) => bill))];
  return [
    paint.bold("Paid sessions: our ledger beside the provider's bill"),
    paint.dim(line(['client', 'opened', 'ledger', 'bill'])),
    ...sessions.map((session) => drawSession(session, style)),
    line(['in all', '', ours.sessions, theirs.sessions]),
    line(['', '', ours.messages, theirs.messages]),
    '',
    agree
      ? paint.green('Ledger and bill agree.')
      : paint.red('Ledger and bill do not agree: see the lines that end in !'),
  ];
}

function drawSession(session: ReckonedSession, { nameOf, paint }: LedgerStyle): string {
  const { to, openedAt, ledger, bill } = session;
  const client = `${nameOf(to)} ${maskNumber(to)}`;
  const drawn = line([client, timeOfDay(openedAt), messagesIn(ledger), messagesIn(bill)]);
  return agrees(session) ? drawn : paint.red(`${drawn}  !`);
}

const WIDTHS = [13, 8, 10, 10];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join('  ')
    .trimEnd();
}

function messagesIn(count: number | null): string {
  return count === null ? 'none' : counted(count, 'message');
}

function sums(counts: readonly (number | null)[]) {
  const known = counts.filter((count) => count !== null);
  return {
    sessions: counted(known.length, 'session'),
    messages: counted(
      known.reduce((sum, count) => sum + count, 0),
      'message',
    ),
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The clock on the wall of whoever watches. */
function timeOfDay(at: number): string {
  return new Date(at).toTimeString().slice(0, 'hh:mm:ss'.length);
}
