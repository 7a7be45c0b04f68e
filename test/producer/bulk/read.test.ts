import { readElements } from '../../../src/producer/bulk/read-elements.js';
import { type Line, readLines } from '../../../src/producer/bulk/read-lines.js';
import { parseLine } from '../../../src/producer/bulk/read-records.js';

type Reader = (source: AsyncIterable<Uint8Array>, limitBytes: number) => AsyncIterable<readonly Line[]>;

/** The same text in chunks of every size, which must make no difference. */
async function readInChunks(reader: Reader, text: string | Uint8Array, limitBytes = 100): Promise<Line[]> {
  const bytes = Buffer.from(text);
  const results = await Promise.all(
    [1, 2, 3, 7, bytes.length || 1].map((size) => collect(reader(chunksOf(bytes, size), limitBytes))),
  );
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0] ?? [];
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(batches: AsyncIterable<readonly Line[]>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

describe('readLines', () => {
  const read = (text: string | Uint8Array, limit?: number) => readInChunks(readLines, text, limit);

  it('counts empty lines and leaves them out', async () => {
    expect(await read('{"a":1}\n\n  \r\n{"b":2}\r\n')).toEqual([
      { line: 1, text: '{"a":1}' },
      { line: 4, text: '{"b":2}' },
    ]);
  });

  it('takes a last line without an end, and a byte order mark', async () => {
    expect(await read('\ufeffone\nzwei é 🎉')).toEqual([
      { line: 1, text: 'one' },
      { line: 2, text: 'zwei é 🎉' },
    ]);
  });

  it('goes on after a line that is too long', async () => {
    expect(await read(`${'x'.repeat(101)}\n${'y'.repeat(100)}\n`)).toEqual([
      { line: 1, fault: 'too_long' },
      { line: 2, text: 'y'.repeat(100) },
    ]);
  });

  it('tells which line is not UTF-8', async () => {
    expect(await read(Buffer.from('good\nbad \xe9\ngood', 'latin1'))).toEqual([
      { line: 1, text: 'good' },
      { line: 2, fault: 'not_utf8' },
      { line: 3, text: 'good' },
    ]);
  });

  it('reads nothing out of nothing', async () => {
    expect(await read('')).toEqual([]);
  });
});

describe('readElements', () => {
  const read = (text: string, limit?: number) => readInChunks(readElements, text, limit);
  const texts = async (text: string) => (await read(text)).map((each) => ('text' in each ? each.text : each));

  it.each([
    ['[]', []],
    [' [ ] \n', []],
    ['[1]', ['1']],
    ['\ufeff[{"a":[1,2]}, {"b":"],}"}]', ['{"a":[1,2]}', '{"b":"],}"}']],
    ['["\\"],", "\\\\", [[],{}]]', ['"\\"],"', '"\\\\"', '[[],{}]']],
    ['[1,,2]', ['1', '', '2']],
    ['[1,]', ['1', '']],
  ])('cuts %s', async (text, elements) => {
    expect(await texts(text)).toEqual(elements);
  });

  it.each([
    ['{"a":1}', [{ line: 1, fault: 'no_array' }]],
    ['', [{ line: 1, fault: 'no_array' }]],
    ['[1', [{ line: 1, fault: 'cut_off' }]],
    ['[1,{"a"', ['1', { line: 2, fault: 'cut_off' }]],
    ['[1] 2', ['1', { line: 2, fault: 'no_array' }]],
    ['[1]]', ['1', { line: 2, fault: 'no_array' }]],
  ])('tells what is wrong with %s', async (text, elements) => {
    expect(await texts(text)).toEqual(elements);
  });

  it('goes on after an element that is too long', async () => {
    expect(await read(`["${'x'.repeat(100)}",1]`)).toEqual([
      { line: 1, fault: 'too_long' },
      { line: 2, text: '1' },
    ]);
  });
});

describe('parseLine', () => {
  it('reads JSON', () => {
    expect(parseLine({ line: 3, text: '{"to":"1"}' })).toMatchObject({ line: 3, request: { to: '1' } });
  });

  it.each([
    ['{"to":', 'is not JSON'],
    ['', 'is not JSON'],
  ])('says of %j that it %s', (text, detail) => {
    expect(parseLine({ line: 1, text })).toMatchObject({ error: { errors: [{ pointer: '', detail }] } });
  });

  it.each(['too_long', 'not_utf8', 'no_array', 'cut_off'] as const)('has words for %s', (fault) => {
    expect(parseLine({ line: 1, fault })).toMatchObject({ line: 1, error: { code: 'VALIDATION' } });
  });
});
