import { stripVTControlCharacters } from 'node:util';
import { createColors } from 'picocolors';
import type { Env } from '../app/boot.js';

/** A stream that lines go to. */
export type Sink = {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** How wide the terminal is now. */
  readonly columns?: number | undefined;
};

/** Colours by what they say; plain text where there are none. */
export type Paint = Readonly<
  Record<'good' | 'bad' | 'pending' | 'faint' | 'strong', (text: string) => string>
>;

/** Results go to stdout, all else to stderr. */
export type Output = {
  readonly paint: Paint;
  line(text: string): void;
  lines(texts: readonly string[]): void;
  /** One object, one line. */
  json(value: unknown): void;
  note(text: string): void;
  complain(text: string): void;
  /** Takes whole lines of a log. */
  readonly log: Pick<Sink, 'write'>;
  /** Writes over the last line of a terminal's stderr, as far as it is wide; null where there is no terminal. */
  readonly draw: ((text: string) => void) | null;
  /** How much `draw` has room for. */
  room(): number;
};

/** Of a terminal that does not tell. */
const COLUMNS = 80;

export type Streams = { readonly stdout: Sink; readonly stderr: Sink; readonly env: Env };

export function createOutput({ stdout, stderr, env }: Streams): Output {
  const paint = paintFor(stdout, env);
  const paintNotes = paintFor(stderr, env);
  const line = (text: string): void => void stdout.write(`${text}\n`);
  // In its last column some terminals would begin a new line, which is not written over.
  const room = () => (stderr.columns || COLUMNS) - 1;
  return {
    paint,
    line,
    lines: (texts) => texts.forEach(line),
    json: (value) => line(JSON.stringify(forPrograms(value))),
    note: (text) => void stderr.write(`${paintNotes.faint(text)}\n`),
    complain: (text) => void stderr.write(`${paintNotes.bad('waybill:')} ${text}\n`),
    log: stderr,
    draw:
      stderr.isTTY === true && env.TERM !== 'dumb'
        ? (text) => void stderr.write(`\r\x1b[2K${text.slice(0, room())}`)
        : null,
    room,
  };
}

const TIME = /^(?:at|now|since|until)$|At$/;
/** What an app has sent stays as it is. */
const SENT = ['metadata', 'request'];

/** As over HTTP: a time is ISO 8601, and a text that is missing null. */
function forPrograms(value: unknown, field = ''): unknown {
  if (value === '') return null;
  if (typeof value === 'number' && TIME.test(field)) return isoOf(value);
  if (Array.isArray(value)) return value.map((each) => forPrograms(each, field));
  if (typeof value !== 'object' || value === null || SENT.includes(field)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, forPrograms(each, name)]));
}

/** Null, as in any JSON, for a number that is none. */
function isoOf(time: number): string | null {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function paintFor({ isTTY }: Sink, env: Env): Paint {
  const wanted = isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const { green, red, yellow, dim, bold } = createColors(wanted);
  return { good: green, bad: red, pending: yellow, faint: dim, strong: bold };
}

/** Text from elsewhere on one line, without anything that would steer a terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Columns side by side, each as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column]))));
  return all.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}
