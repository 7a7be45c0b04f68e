import { maskNumber } from '../../src/domain/mask.js';
import { type Board, hasEnded, latest, type Row, type RowStatus } from '../board.js';
import { noteOf } from '../words.js';
import { type Paint, paintStatus } from './paint.js';
import { toWidth } from './text.js';

/** How the table is drawn: characters in a line, and colours. */
export type TableStyle = { readonly width: number; readonly paint: Paint };

type Column = {
  readonly title: string;
  readonly width: number;
  /** The narrowest line that still has room for it. */
  readonly from: number;
  readonly text: (row: Row) => string;
  readonly colour?: (row: Row, paint: Paint) => (text: string) => string;
};

/** The ticks that people know from their phones. */
const TICKS: Readonly<Partial<Record<RowStatus, string>>> = { sent: '✓', delivered: '✓✓', read: '✓✓' };

const COLUMNS: readonly Column[] = [
  { title: 'client', width: 6, from: 0, text: ({ client }) => client },
  { title: 'number', width: 7, from: 84, text: ({ to }) => maskNumber(to) },
  { title: 'file', width: 11, from: 52, text: ({ file }) => file },
  {
    title: 'status',
    width: 12,
    from: 0,
    text: (row) => statusText(latest(row)?.status),
    colour: (row, paint) => paintStatus(paint, latest(row)?.status),
  },
];

const GAP = '  ';

/** In fewer characters a table says nothing. */
export const LEAST_WIDTH = 24;

/** The batch as a table, line by line; none is longer than the style's width, which is at least `LEAST_WIDTH`. */
export function drawTable(board: Board, { width, paint }: TableStyle): readonly string[] {
  const columns = COLUMNS.filter(({ from }) => width >= from);
  const heading = columns.map((column) => toWidth(column.title, column.width)).join(GAP);
  const ended = board.filter(hasEnded).length;
  return [
    paint.dim(heading.trimEnd()),
    ...board.map((row) => drawRow(row, columns, { width, paint })),
    paint.dim(`${ended} of ${board.length} done`),
  ];
}

function drawRow(row: Row, columns: readonly Column[], { width, paint }: TableStyle): string {
  const cells = columns.map(({ text, width: cellWidth, colour }) => {
    const cell = toWidth(text(row), cellWidth);
    return colour === undefined ? cell : colour(row, paint)(cell);
  });
  const used = columns.reduce((sum, column) => sum + column.width + GAP.length, 0);
  return [...cells, toWidth(noteOf(row), width - used).trimEnd()].join(GAP).trimEnd();
}

function statusText(status: RowStatus | undefined): string {
  if (status === undefined) return '';
  const ticks = TICKS[status];
  return ticks === undefined ? status : `${status} ${ticks}`;
}
