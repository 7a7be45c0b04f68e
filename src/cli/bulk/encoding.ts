import { TextDecoder } from 'node:util';
import { UsageError } from '../usage-error.js';

/** Enough to tell a byte order mark from a workbook. */
const FEWEST_BYTES = 8;

/**
 * A text file's bytes in UTF-8, without a byte order mark. UTF-16 is read where a mark says so.
 * @throws UsageError before anything has been read of what is no text in either
 */
export async function* inUtf8(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const head = await headOf(chunks);
    const { encoding, markBytes } = encodingOf(head);
    const decode = encoding === 'utf-8' ? asItIs : decoderOf(encoding);
    yield decode(head.subarray(markBytes), true);
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      yield decode(next.value, true);
    }
    yield decode(new Uint8Array(), false);
  } finally {
    await chunks.return?.();
  }
}

async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < FEWEST_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

function asItIs(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

function decoderOf(encoding: string): (chunk: Uint8Array, stream: boolean) => Buffer {
  const decoder = new TextDecoder(encoding);
  return (chunk, stream) => Buffer.from(decoder.decode(chunk, { stream }));
}

type Encoding = { readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be'; readonly markBytes: number };

const MARKS: readonly (readonly [mark: string, found: Encoding])[] = [
  ['efbbbf', { encoding: 'utf-8', markBytes: 3 }],
  ['fffe', { encoding: 'utf-16le', markBytes: 2 }],
  ['feff', { encoding: 'utf-16be', markBytes: 2 }],
];

const HOW_TO_SAVE =
  'Save it again: in Excel as "CSV UTF-8 (Comma delimited)", in LibreOffice with the character set "Unicode (UTF-8)", in Numbers and Google Sheets as CSV';

/** What begins like this is no text. */
const OTHERS: readonly (readonly [start: string, what: string])[] = [
  ['504b0304', 'it is a workbook (.xlsx, .ods or .numbers) or another zip file, not a text'],
  ['d0cf11e0', 'it is a workbook of an old Excel (.xls), not a text'],
  ['1f8b', 'it is compressed'],
  ['fffe0000', 'it is in UTF-32'],
  ['0000feff', 'it is in UTF-32'],
];

function encodingOf(head: Buffer): Encoding {
  const start = head.subarray(0, FEWEST_BYTES).toString('hex');
  const other = OTHERS.find(([bytes]) => start.startsWith(bytes));
  if (other !== undefined) throw new UsageError(`${other[1]}. ${HOW_TO_SAVE}`);
  const marked = MARKS.find(([mark]) => start.startsWith(mark));
  if (marked !== undefined) return marked[1];
  if (head.includes(0)) throw new UsageError(`it is in UTF-16 without a mark, or no text. ${HOW_TO_SAVE}`);
  checkUtf8(head);
  return { encoding: 'utf-8', markBytes: 0 };
}

/** A damaged row is that row's fault; where hardly anything reads as UTF-8, the file is in another encoding. */
function checkUtf8(head: Buffer): void {
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  const lost = countLost(text) - countLost(head.toString('latin1'), '\xef\xbf\xbd');
  const foreign = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  if (lost === 0 || lost * 2 < foreign) return;
  const line = text.slice(0, text.indexOf('\ufffd')).split(/\r\n|\r|\n/).length;
  throw new UsageError(
    `it is not UTF-8 (see line ${line}), but perhaps Windows-1252, Windows-1255 or Mac Roman. ${HOW_TO_SAVE}`,
  );
}

function countLost(text: string, mark = '\ufffd'): number {
  return text.split(mark).length - 1;
}
