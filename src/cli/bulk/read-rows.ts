import { CsvError, type Options, Parser } from 'csv-parse';

/** A row by the line that it begins in; or why it is none, and how that line stands there. */
export type Row =
  | {
      readonly line: number;
      readonly cells: readonly string[];
      readonly isCut: boolean;
    }
  | { readonly line: number; readonly text: string; readonly fault: string };

/** In bytes: a longer row is a quote that nobody closed. */
const LONGEST_ROW = 64 * 1024;
const [LF, CR] = [0x0a, 0x0d];

/** As spreadsheets are lenient: any line ends, blanks around cells and quotes, quotes inside of unquoted cells. */
export const DIALECT = {
  bom: false,
  trim: true,
  relax_quotes: true,
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  max_record_size: LONGEST_ROW,
} as const satisfies Options;

export type RowsOptions = {
  readonly delimiter: string;
  /** Whether what was read as one row, over several lines, is more than one: a quote was not closed. */
  readonly swallows: (lines: readonly string[]) => boolean;
};

/**
 * Reads rows out of UTF-8 as it comes, those of one chunk together. A line that begins no row is one fault; reading goes
 * on in the next line.
 */
export async function* readRows(
  source: AsyncIterable<Buffer>,
  options: RowsOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const reader = createReader(options);
  for await (const chunk of source) yield await reader.read(chunk, false);
  yield await reader.read(Buffer.alloc(0), true);
}

function createReader({ delimiter, swallows }: RowsOptions) {
  let parsing = startParser(delimiter);
  const kept = createKept();

  function rejectLine(code: string, isEnd: boolean): Row {
    const { line } = kept;
    const text = kept.takeLine(isEnd).toString();
    parsing = startParser(delimiter);
    return { line, text: text.trimEnd(), fault: wordsOf(code, text) };
  }

  /** The rows that the parser has found, up to one that holds others. */
  function takeRows(isEnd: boolean): readonly Row[] {
    const rows: Row[] = [];
    for (const { cells, end } of parsing.found()) {
      const { line } = kept;
      const raw = kept.bytes().subarray(0, end);
      const lines = countLines(raw);
      if (lines > 1 && swallows(raw.toString().split(/\r\n|\r|\n/))) {
        return [...rows, rejectLine('CSV_QUOTE_NOT_CLOSED', isEnd)];
      }
      kept.take(end, lines);
      rows.push({ line, cells, isCut: isEnd && !endsLine(raw) });
    }
    return rows;
  }

  return {
    async read(chunk: Buffer, isEnd: boolean): Promise<readonly Row[]> {
      const rows: Row[] = [];
      let input = kept.add(chunk);
      for (;;) {
        const before = parsing;
        const error = await before.feed(input, isEnd);
        for (const row of takeRows(isEnd)) rows.push(row);
        // A parser that was started anew has to be given what is left.
        if (parsing === before && error === null) return rows;
        if (parsing === before && error !== null) rows.push(rejectLine(error.code, isEnd));
        input = kept.bytes();
        if (input.length === 0) return rows;
      }
    },
  };
}

/** What has not become a row yet. */
function createKept() {
  let bytes: Buffer = Buffer.alloc(0);
  let line = 1;
  /** The rest of a line that is too long is passed over. */
  let isPassing = false;

  function passOver(chunk: Buffer): Buffer {
    const end = endOfLine(chunk);
    if (end < 0) return Buffer.alloc(0);
    isPassing = false;
    line += 1;
    return chunk.subarray(end);
  }

  function take(end: number, lines: number): Buffer {
    const taken = bytes.subarray(0, end);
    bytes = bytes.subarray(end);
    line += lines;
    return taken;
  }

  return {
    get line() {
      return line;
    },
    bytes: () => bytes,
    take,
    /** Returns what of the chunk counts. */
    add(chunk: Buffer): Buffer {
      const added = isPassing ? passOver(chunk) : chunk;
      bytes = bytes.length === 0 ? added : Buffer.concat([bytes, added]);
      return added;
    },
    takeLine(isEnd: boolean): Buffer {
      const end = endOfLine(bytes);
      isPassing = end < 0 && !isEnd;
      return end < 0 ? take(bytes.length, 0) : take(end, 1);
    },
  };
}

type Found = { readonly cells: readonly string[]; readonly end: number };

/** A parser that is asked for its rows: a stream would lose those in front of an error. */
function startParser(delimiter: string) {
  let rows: Found[] = [];
  let taken = 0;
  const parser = new Parser({
    ...DIALECT,
    delimiter,
    on_record: (cells: string[], { bytes }: { bytes: number }) => {
      rows.push({ cells, end: bytes - taken });
      taken = bytes;
      return null;
    },
  });
  parser.on('error', () => undefined);
  return {
    /** With where each ends, counted from the end of the one before. */
    found(): readonly Found[] {
      const found = rows;
      rows = [];
      return found;
    },
    async feed(chunk: Buffer, isEnd: boolean): Promise<CsvError | null> {
      const error = chunk.length === 0 ? null : await called((done) => parser.write(chunk, done));
      return error === null && isEnd ? called((done) => parser.end(done)) : error;
    },
  };
}

/** @throws whatever is no fault of the table */
async function called(call: (done: (error?: Error | null) => void) => void): Promise<CsvError | null> {
  const error = await new Promise<Error | null>((resolve) => call((failed) => resolve(failed ?? null)));
  if (error === null || error instanceof CsvError) return error;
  throw error;
}

/** Never the parser's own words: they hold what stands in the file. */
function wordsOf(code: string, text: string): string {
  if (code === 'CSV_MAX_RECORD_SIZE' && Buffer.byteLength(text) >= LONGEST_ROW) {
    return `is longer than ${LONGEST_ROW} bytes`;
  }
  const isOpen = (text.match(/"/g)?.length ?? 0) % 2 === 1;
  return isOpen || code !== 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE'
    ? 'a quote is opened and not closed: write " inside of a quoted cell as ""'
    : 'there is text behind a closing quote: write " inside of a quoted cell as ""';
}

/** Behind the first line's end; -1: it has none yet. */
function endOfLine(bytes: Buffer): number {
  const at = bytes.findIndex((byte) => byte === LF || byte === CR);
  if (at < 0) return -1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
}

function endsLine(bytes: Buffer): boolean {
  const last = bytes.at(-1);
  return last === LF || last === CR;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) count += 1;
  }
  return count;
}
